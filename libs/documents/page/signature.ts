/** 附件说明, 署名 and 成文日期, with room for the seal; a seal is stamped by a person and never drawn (7.3.4, 7.3.5). */
import { ensure, type Flow, toGrid } from './flow.js';
import { AREA, BODY_TRACKING, baseline, CELL, LINE, SIZE } from './geometry.js';
import type { Glyph } from './glyphs.js';
import { breakLines, type Line, widthOf } from './line-breaking.js';
import { drawGlyphs, drawText, type Sheet } from './sheet.js';

const INK = { face: 'fang', size: SIZE.third, tracking: BODY_TRACKING, align: 'center' } as const;

/** Lines above the signature: a seal of 42 mm over it then begins within one line of the text. */
const SEAL_LINES = 2;

/** An office's name is seldom longer than this; then it goes on in a second line. */
const WIDEST = 20 * CELL;

/**
 * Points that the signature needs under the text, with `attachments` lines of the attachment note over it and `office`
 * lines of the office's name.
 */
export const closingHeight = (attachments: number, office = 1): number =>
  ((attachments > 0 ? 1 + attachments : 0) + SEAL_LINES + office + 1) * LINE;

interface NotedName {
  label: string;
  glyphs: Glyph[];
  lines: Line[];
}

const LABEL = '附件：';

/** The names of the note broken into lines, and where they begin: all at one place, behind their numbers. */
function noted(sheet: Sheet, names: string[]): { left: number; names: NotedName[] } {
  const numbers = names.length === 1 ? [''] : names.map((_, index) => `${index + 1}.`);
  const wide = Math.max(
    ...numbers.map((text) => widthOf(sheet.shape('fang', text), SIZE.third, BODY_TRACKING)),
  );
  const left = (2 + LABEL.length) * CELL + wide;
  const width = AREA.width + Math.abs(BODY_TRACKING) - left;
  const measure = { size: SIZE.third, tracking: BODY_TRACKING, first: width, rest: width };
  return {
    left: AREA.left + left,
    names: names.map((name, index) => {
      const glyphs = sheet.shape('fang', name);
      return { label: numbers[index] as string, glyphs, lines: breakLines(glyphs, measure) };
    }),
  };
}

/** Lines that the attachment note takes, without the blank one over it. */
export const noteLines = (sheet: Sheet, names: string[]): number =>
  names.length === 0 ? 0 : noted(sheet, names).names.reduce((sum, { lines }) => sum + lines.length, 0);

/** One blank line, then `附件：1.××` with the names aligned and no mark after them. */
export function drawAttachmentNote(flow: Flow, names: string[]): void {
  if (names.length === 0) return;
  const { sheet } = flow;
  toGrid(flow);
  flow.y += LINE;
  const note = noted(sheet, names);
  note.names.forEach(({ label, glyphs, lines }, index) => {
    lines.forEach((line, i) => {
      ensure(flow, LINE);
      const y = baseline(flow.y, SIZE.third);
      const ink = { size: SIZE.third, tracking: BODY_TRACKING };
      if (index === 0 && i === 0) drawText(sheet, LABEL, AREA.left + 2 * CELL, y, { face: 'fang', ...ink });
      if (i === 0) drawText(sheet, label, note.left, y, { face: 'fang', ...ink, align: 'right' });
      drawGlyphs(sheet, glyphs, note.left, y, ink, line);
      flow.y += LINE;
    });
  });
}

function officeLines(sheet: Sheet, office: string): { glyphs: Glyph[]; lines: Line[] } {
  const glyphs = sheet.shape('fang', office);
  const measure = { size: SIZE.third, tracking: BODY_TRACKING, first: WIDEST, rest: WIDEST };
  return { glyphs, lines: breakLines(glyphs, measure) };
}

/** Lines that the office's name takes in the signature. */
export const signatureLines = (sheet: Sheet, office: string): number =>
  officeLines(sheet, office).lines.length;

/** The date four characters from the right, the office centred over it. */
export function drawSignature(flow: Flow, office: string, date: string): void {
  const { sheet } = flow;
  const { glyphs, lines } = officeLines(sheet, office);
  const dated = widthOf(sheet.shape('fang', date), INK.size, INK.tracking);
  const half = Math.max(dated, ...lines.map((line) => line.natural)) / 2;
  const centre = Math.min(AREA.right - 4 * CELL - dated / 2, AREA.right - half);
  toGrid(flow);
  ensure(flow, closingHeight(0, lines.length));
  flow.y += SEAL_LINES * LINE;
  for (const line of lines) {
    drawGlyphs(sheet, glyphs, centre - line.natural / 2, baseline(flow.y, INK.size), INK, line);
    flow.y += LINE;
  }
  drawText(sheet, date, centre, baseline(flow.y, INK.size), INK);
  flow.y += LINE;
}
