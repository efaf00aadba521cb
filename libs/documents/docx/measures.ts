/**
 * The page of GB/T 9704—2012 in the units of WordprocessingML: twips (1/20 pt), half-points and eighths of a point.
 * The numbers are those of `page/geometry.ts`, so that both renderers keep one standard.
 */
import { CELL, LINE } from '../page/geometry.js';

export const twips = (points: number): number => Math.round(points * 20);
export const mmTwips = (millimetres: number): number => twips((millimetres * 72) / 25.4);

export const PAPER = { width: 11_906, height: 16_838 };
export const MARGIN = {
  top: mmTwips(37),
  left: mmTwips(28),
  right: mmTwips(26),
  bottom: mmTwips(35),
  /** Where the mark of a draft stands. */
  header: mmTwips(17),
  /** Where the lower rules of a letter lie (10.1). */
  footer: mmTwips(20),
};
/** Under a page number: its dashes then lie 7 mm under the type area (7.5). */
export const UNDER_NUMBER = mmTwips(4.5);
export const WIDTH = PAPER.width - MARGIN.left - MARGIN.right;
export const HEIGHT = PAPER.height - MARGIN.top - MARGIN.bottom;
/** A paragraph after a table, which must be there and is not to be seen. */
export const ANCHOR_TWIPS = 20;

/** A table set sideways stands on the same sheet, turned so that its head lies at the sheet's left edge (10.2). */
export const TURNED = { top: MARGIN.left, left: MARGIN.bottom, right: MARGIN.top, bottom: MARGIN.right };
/** The line of a mark at the head of a page. */
export const HEADER_LINE = 320;
export const TURNED_HEADER = mmTwips(12);

/** 22 lines must fit: rounding up would make it 21. */
export const LINE_TWIPS = Math.floor(LINE * 20);
/** What a table's cell keeps blank at either side: less than the PDF, whose figures are narrower than half a character. */
export const CELL_SIDE = 40;
/** The line of a caption, and the room between the text above and a chart. */
export const CAPTION_TWIPS = twips(22);
export const CHART_GAP = twips(8);
/** One character's cell, 1/28 of the line. */
export const CELL_TWIPS = twips(CELL);

/**
 * Twips that 三号 gives up so that 28 characters fit the line, one more than reckoned, for programs round; spreading lines to both edges
 * then fills it. The grid below says the same, but LibreOffice gives a character wider than its cell two of them, so that
 * paragraphs do not lean on it.
 */
export const TRACKING = Math.floor(WIDTH / 28 - 320) - 1;
/** 三号 in 1/4096 pt: what each character gives up so that 28 fill the line. Rounding up would make it 27. */
const CHARACTER_SPACE = Math.floor((WIDTH / 20 / 28 - 16) * 4096);
export const GRID = `<w:docGrid w:type="linesAndChars" w:linePitch="${LINE_TWIPS}" w:charSpace="${CHARACTER_SPACE}"/>`;

/** The width of a text in characters, of which a half-width one is half. */
export function ems(text: string): number {
  let width = 0;
  for (const char of text) width += (char.codePointAt(0) as number) < 0x100 ? 0.5 : 1;
  return width;
}
