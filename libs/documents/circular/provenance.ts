/** Where the figures come from and how a reader verifies that the paper is genuine: source, short hash, QR code. */

import type { CircularImprint } from '#rules/circular.js';
import { type CircularSnapshot, groupedHash } from '#rules/circular.js';
import type { Face } from '../page/fonts.js';
import { AREA, baseline, mm, SIZE } from '../page/geometry.js';
import type { Glyph } from '../page/glyphs.js';
import { breakLines, type Line } from '../page/line-breaking.js';
import { drawQrCode } from '../page/qr-code.js';
import { drawGlyphs, type Sheet } from '../page/sheet.js';
import { sourceRemark } from './attachments.js';

/** The code's side, with the four blank modules around it that readers ask for. */
const CODE = mm(26);
const BETWEEN = mm(4);
const PITCH = 15;

/** Its height in points, and how to draw it with its top at `y`. */
export interface Provenance {
  height: number;
  draw: (y: number) => void;
}

export function provenanceOf(sheet: Sheet, snapshot: CircularSnapshot, meta: CircularImprint): Provenance {
  const { verify } = meta;
  const left = verify ? CODE + BETWEEN : 0;
  const width = AREA.width - left;
  const texts: [Face, string][] = sourceRemark(snapshot, meta.hash)
    .text.split('\n')
    .map((text) => ['fang', text]);
  if (verify) {
    texts.unshift(['hei', `扫码核验　　核验码：${groupedHash(verify.shortHash)}`]);
    texts.push(['fang', `核验网址：${verify.url}`]);
  }
  const lines = texts.flatMap(([face, text]): [Glyph[], Line][] => {
    const glyphs = sheet.shape(face, text);
    const measure = { size: SIZE.fifth, tracking: 0, first: width, rest: width };
    return breakLines(glyphs, measure).map((line) => [glyphs, line]);
  });
  const text = lines.length * PITCH;
  const height = verify ? Math.max(CODE, text) : text;
  return {
    height,
    draw: (y) => {
      if (verify) drawQrCode(sheet, verify.url, AREA.left, y, CODE);
      const top = y + (height - text) / 2;
      lines.forEach(([glyphs, line], i) => {
        const base = baseline(top + i * PITCH, SIZE.fifth, PITCH);
        drawGlyphs(sheet, glyphs, AREA.left + left, base, { size: SIZE.fifth }, line);
      });
    },
  };
}
