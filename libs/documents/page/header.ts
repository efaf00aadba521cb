/** 版头: the red heading, the document number and the red rule (GB/T 9704—2012, 7.2). */
import type { Flow } from './flow.js';
import { draws, openFont } from './fonts.js';
import { AREA, ASCENT, BODY_TRACKING, baseline, LINE, mm, RED, SIZE } from './geometry.js';
import { widthOf } from './line-breaking.js';
import { drawGlyphs, drawRule, drawText } from './sheet.js';

/** Where the standard puts the heading's upper edge under that of the type area (7.2.4), and the rule 4 mm under the number. */
const HEADING_TOP = mm(35);
const RULE = 1.5;
/** To the middle of the rule, from the box of the number: the ink of its 〔〕 reaches 0.35 mm lower than that. */
const RULE_BELOW = mm(4.2) + RULE / 2;
/**
 * The size of the heading is the office's to choose. With ink this high and the distances of the standard (35 mm, two
 * lines, 4 mm, two lines) the title stands on the eleventh line of the page, and all that follows on a line of its own.
 */
const HEADING = 10 * LINE - 4 * LINE - (LINE + SIZE.third) / 2 - HEADING_TOP - RULE_BELOW;
/** A long name is set narrower, as offices do, and only then smaller; it keeps a little room at both ends. */
const NARROWEST = 62;
const WIDEST = AREA.width * 0.985;

/** `云教督通[2026]9号` as typed → `云教督通〔2026〕9号`: year in 〔〕, no padding zeros, no 第 (7.2.5). */
export function documentNumberText(typed: string): string {
  return typed
    .trim()
    .replace(/[[(（【〔［](\d{4})[\])）】〕］]/, '〔$1〕')
    .replace(/〕第?0*(\d+)/, '〕$1');
}

/** Draws the head of page 1 and leaves the flow two lines under the red rule. */
export function drawHeader(flow: Flow, heading: string, documentNumber: string): void {
  const { sheet } = flow;
  const glyphs = sheet.shape('title', heading);
  // 上边缘 and the lines under it are measured at the ink, not at the em box.
  const ink = inkOf(heading);
  const full = HEADING / (ink.above + ink.below);
  const room = WIDEST / widthOf(glyphs, full);
  const stretch = Math.max(NARROWEST, Math.min(100, Math.floor(room * 100)));
  const size = full * Math.min(1, room / (stretch / 100));
  const base = AREA.top + HEADING_TOP + ink.above * size;
  const width = (widthOf(glyphs, size) * stretch) / 100;
  drawGlyphs(sheet, glyphs, AREA.left + (AREA.width - width) / 2, base, { size, color: RED, stretch });

  const numberTop = base + ink.below * size + 2 * LINE;
  const number = { face: 'fang', size: SIZE.third, tracking: BODY_TRACKING, align: 'center' } as const;
  drawText(sheet, documentNumber, AREA.left + AREA.width / 2, baseline(numberTop, SIZE.third), number);
  const rule = numberTop + (LINE + SIZE.third) / 2 + RULE_BELOW;
  drawRule(sheet, AREA.left, rule, AREA.right, rule, RULE, RED);
  flow.y = rule + 2 * LINE;
}

/** How far the ink of a text in 小标宋 reaches over and under its base line, in ems. */
export function inkOf(text: string): { above: number; below: number } {
  const font = openFont('title');
  const boxes = [...text]
    .map((char) => char.codePointAt(0) as number)
    .filter((code) => draws('title', code))
    .map((code) => font.glyphForCodePoint(code).bbox);
  if (boxes.length === 0) return { above: ASCENT, below: 1 - ASCENT };
  return {
    above: Math.max(...boxes.map(({ maxY }) => maxY)) / font.unitsPerEm,
    below: -Math.min(...boxes.map(({ minY }) => minY)) / font.unitsPerEm,
  };
}
