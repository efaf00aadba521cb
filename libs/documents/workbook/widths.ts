/** How wide a column must be. In characters of the workbook's type: a Chinese character is as wide as two figures. */

const NARROW = /[\u0020-\u007e\u00a0-\u024f\u2018-\u201d\u2026]/;
/** What a cell keeps free at its sides, and what the arrow of a filter takes. */
const MARGIN = 2;
const ARROW = 3;

/** The width of the longest line of a text. */
const textWidth = (text: string): number => Math.max(...text.split('\n').map(lineWidth));

function lineWidth(line: string): number {
  let width = 0;
  for (const char of line) width += NARROW.test(char) ? 1 : 2;
  return width;
}

/** The width of a column with a head that filters, and texts: as they are printed, at most `most` wide. */
export function fittingWidth(head: string, texts: Iterable<string>, most: number): number {
  let width = textWidth(head) + ARROW;
  for (const text of texts) {
    if (width >= most) return most;
    // A text far longer than any column is not measured to its end.
    width = Math.max(width, textWidth(text.length > most ? text.slice(0, most) : text) + MARGIN);
  }
  return Math.min(width, most);
}

/** Points of a line of text, and the tallest a row may be. */
const LINE = 13.5;
const TALLEST = 409;

/**
 * The height of a row as an attribute, where text wraps in it: programs that open the file do not all reckon it.
 * `cells`: each text with the width it wraps at, null where it stands in one line.
 */
export function rowHeight(cells: readonly (readonly [text: string, wrapsAt: number | null])[]): string {
  let lines = 1;
  for (const [text, wrapsAt] of cells) {
    if (wrapsAt === null) continue;
    let own = 0;
    for (const line of text.split('\n')) own += Math.max(1, Math.ceil(lineWidth(line) / wrapsAt));
    lines = Math.max(lines, own);
  }
  return lines === 1 ? '' : ` ht="${Math.min(TALLEST, lines * LINE + 2)}"`;
}
