/**
 * The head of a letter (信函格式, GB/T 9704—2012, 10.1): the office's name in red 30 mm from the upper edge, a red double
 * line under it and another 20 mm from the lower edge, the number at the right. The first page carries no page number.
 */
import type { Flow } from '../page/flow.js';
import { draws, openFont } from '../page/fonts.js';
import { AREA_RIGHT, ASCENT, BODY_TRACKING, LINE, mm, PAGE, RED, SIZE } from '../page/geometry.js';
import { widthOf } from '../page/line-breaking.js';
import { addPage, drawGlyphs, drawRule, drawText } from '../page/sheet.js';

const HEAD = mm(30);
const UNDER_HEAD = mm(4);
const FOOT = PAGE.height - mm(20);
const RULE = { left: (PAGE.width - mm(170)) / 2, right: (PAGE.width + mm(170)) / 2 };
const THICK = 2.25;
const THIN = 0.75;
const BETWEEN = 1.2;
/** The office chooses the size; a long name takes a smaller one and stays on one line. */
const LARGEST = 38;

/** Starts the first page and leaves the flow two lines under the number, where the title begins. */
export function openLetter(flow: Flow, office: string, number: string): void {
  const { sheet } = flow;
  addPage(sheet, { numbered: false });
  const glyphs = sheet.shape('title', office);
  const room = RULE.right - RULE.left;
  const size = Math.min(LARGEST, (room / Math.max(1, widthOf(glyphs, 1))) * 0.98);
  const { top, bottom } = inkOf(office);
  const base = HEAD + top * size;
  drawGlyphs(sheet, glyphs, (PAGE.width - widthOf(glyphs, size)) / 2, base, { size, color: RED });

  const upper = base - bottom * size + UNDER_HEAD;
  drawDouble(flow, upper, [THICK, THIN]);
  drawDouble(flow, FOOT - THICK - BETWEEN - THIN, [THIN, THICK]);

  // Seven eighths of a character under the line (10.1), at the right edge of the type area.
  const numberTop = upper + THICK + BETWEEN + THIN + (SIZE.third * 7) / 8;
  const ink = { face: 'fang', size: SIZE.third, tracking: BODY_TRACKING, align: 'right' } as const;
  drawText(sheet, number, AREA_RIGHT, numberTop + SIZE.third * ASCENT, ink);
  flow.y = numberTop + SIZE.third + 2 * LINE;
}

/** Two strokes one under the other, from `top` down. */
function drawDouble(flow: Flow, top: number, [first, second]: [number, number]): void {
  const { left, right } = RULE;
  const below = top + first + BETWEEN + second / 2;
  drawRule(flow.sheet, left, top + first / 2, right, top + first / 2, first, RED);
  drawRule(flow.sheet, left, below, right, below, second, RED);
}

/** How far the ink of a line reaches above and under its base line, in ems. */
function inkOf(text: string): { top: number; bottom: number } {
  const font = openFont('title');
  let top = 0;
  let bottom = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (!draws('title', code)) continue;
    const { bbox } = font.glyphForCodePoint(code);
    top = Math.max(top, bbox.maxY / font.unitsPerEm);
    bottom = Math.min(bottom, bbox.minY / font.unitsPerEm);
  }
  return top > 0 ? { top, bottom } : { top: ASCENT, bottom: ASCENT - 1 };
}
