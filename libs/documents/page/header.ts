/** 版头: the red heading, the document number and the red rule (GB/T 9704—2012, 7.2). */

import type { Flow } from './flow.js';
import { draws, openFont } from './fonts.js';
import { AREA, AREA_RIGHT, ASCENT, BODY_TRACKING, baseline, LINE, mm, RED, SIZE } from './geometry.js';
import { widthOf } from './line-breaking.js';
import { drawGlyphs, drawRule, drawText } from './sheet.js';

/** The office chooses the size; it must stay on one line and be larger than the title. */
const LARGEST = 46;

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
  const size = Math.min(LARGEST, (AREA.width / widthOf(glyphs, 1)) * 0.995);
  // 上边缘至版心上边缘 35 mm is measured at the ink, not at the em box.
  const font = openFont('title');
  const tops = [...heading].map((char) => {
    const code = char.codePointAt(0) as number;
    return draws('title', code) ? font.glyphForCodePoint(code).bbox.maxY / font.unitsPerEm : ASCENT;
  });
  const y = AREA.top + mm(35) + Math.max(0, ...tops) * size;
  const x = AREA.left + (AREA.width - widthOf(glyphs, size)) / 2;
  drawGlyphs(sheet, glyphs, x, y, { size, color: RED });

  const numberTop = y + size * (1 - ASCENT) + 2 * LINE;
  const numberBase = baseline(numberTop, SIZE.third);
  drawText(sheet, documentNumber, AREA.left + AREA.width / 2, numberBase, {
    face: 'fang',
    size: SIZE.third,
    tracking: BODY_TRACKING,
    align: 'center',
  });
  const rule = numberBase + SIZE.third * (1 - ASCENT) + mm(4);
  drawRule(sheet, AREA.left, rule, AREA_RIGHT, rule, 1.5, RED);
  flow.y = rule + 2 * LINE;
}
