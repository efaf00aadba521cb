/** 版头: the red heading, the document number and the red rule (GB/T 9704—2012, 7.2). */
import type { Flow } from './flow.js';
import { draws, openFont } from './fonts.js';
import { AREA, ASCENT, BODY_TRACKING, baseline, LINE, mm, RED, SIZE } from './geometry.js';
import { widthOf } from './line-breaking.js';
import { drawGlyphs, drawRule, drawText } from './sheet.js';

/** The face of a character is about 0.93 of its type size. */
const FACE = 0.93;
/** Where the standard puts the heading's upper edge under that of the type area (7.2.4), and the rule under the number. */
const HEADING_TOP = mm(35);
const RULE_BELOW = mm(4);
const RULE = 1.5;
/**
 * The size of the heading is the office's to choose. At this one, with the distances of the standard (35 mm, two lines,
 * 4 mm, two lines), the title stands on the eleventh line of the page, and so does all that follows on a line of its own.
 */
const HEADING = (10 * LINE - 4 * LINE - (LINE + SIZE.third) / 2 - HEADING_TOP - RULE_BELOW) / FACE;
/** A long name is set narrower, as offices do, and only then smaller. */
const NARROWEST = 62;

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
  const room = AREA.width / widthOf(glyphs, HEADING);
  const stretch = Math.max(NARROWEST, Math.min(100, Math.floor(room * 100)));
  const size = HEADING * Math.min(1, room / (stretch / 100));
  // 上边缘至版心上边缘 35 mm is measured at the ink, not at the em box.
  const top = AREA.top + HEADING_TOP;
  const width = (widthOf(glyphs, size) * stretch) / 100;
  const x = AREA.left + (AREA.width - width) / 2;
  drawGlyphs(sheet, glyphs, x, top + inkTop(heading) * size, { size, color: RED, stretch });

  const numberTop = top + FACE * size + 2 * LINE;
  const number = { face: 'fang', size: SIZE.third, tracking: BODY_TRACKING, align: 'center' } as const;
  drawText(sheet, documentNumber, AREA.left + AREA.width / 2, baseline(numberTop, SIZE.third), number);
  const rule = numberTop + (LINE + SIZE.third) / 2 + RULE_BELOW;
  drawRule(sheet, AREA.left, rule, AREA.right, rule, RULE, RED);
  flow.y = rule + 2 * LINE;
}

/** How far the highest ink of a text in 小标宋 rises over its base line, in ems. */
export function inkTop(text: string): number {
  const font = openFont('title');
  const tops = [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    return draws('title', code) ? font.glyphForCodePoint(code).bbox.maxY / font.unitsPerEm : ASCENT;
  });
  return tops.length > 0 ? Math.max(...tops) : ASCENT;
}
