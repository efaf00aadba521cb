/** Tables: ruled, as wide as the type area, their heads repeated; a row is kept whole unless it is very tall. */
import type { Column, TableRow } from '../page/table.js';
import { CELL_SIDE, ems } from './measures.js';
import { STYLES } from './styles.js';
import { paragraph, run } from './xml.js';

export interface TableContent {
  columns: Column[];
  rows: Iterable<TableRow>;
  /** Points; one of 小四, 五号 and 小五 is taken. */
  size: number;
  /** Twips. */
  width: number;
  /** The last row stays on the page of what is set under the table. */
  keepNext?: boolean;
}

/** Lines of small type in a third of a page: a row beyond them may be divided. */
const UNDIVIDED = 16;

const sizeName = (size: number): string => (size >= 11.5 ? '12' : size >= 10 ? '10' : '9');

/** A table as one piece of XML a row, so that nobody holds a long one whole. */
export function* tableXml({ columns, rows, size, width: whole, keepNext }: TableContent): Generator<string> {
  const style = sizeName(size);
  const points = STYLES[`Cell${style}`]?.size ?? size;
  const widths = shared(
    columns.map(({ width }) => width),
    whole,
  );
  const cell = (width: number, content: string, span = ''): string =>
    `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${span}<w:vAlign w:val="center"/></w:tcPr>${content}</w:tc>`;
  const row = (cells: string[], { head = false, kept = true } = {}): string =>
    `<w:tr>${kept || head ? `<w:trPr>${kept ? '<w:cantSplit/>' : ''}${head ? '<w:tblHeader/>' : ''}</w:trPr>` : ''}${cells.join('')}</w:tr>`;

  yield '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>' +
    `<w:tblW w:w="${whole}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>` +
    `<w:tblGrid>${widths.map((width) => `<w:gridCol w:w="${width}"/>`).join('')}</w:tblGrid>`;
  yield row(
    columns.map(({ title }, i) => cell(widths[i] as number, paragraph(`Head${style}`, run(title)))),
    { head: true },
  );
  for (const [given, last] of withLast(rows)) {
    const keep = keepNext && last;
    if (!Array.isArray(given)) {
      const span = `<w:gridSpan w:val="${columns.length}"/>`;
      yield row([cell(whole, paragraph(`Head${style}`, run(given.span), { jc: 'left' }), span)]);
      continue;
    }
    const lines = given.map((text, i) => linesOf(text, (widths[i] as number) - 2 * CELL_SIDE, points));
    yield row(
      columns.map(({ align = 'left' }, i) =>
        cell(
          widths[i] as number,
          paragraph(`Cell${style}`, run(given[i] ?? ''), {
            keepNext: keep ?? false,
            ...(align === 'left' ? {} : { jc: align }),
          }),
        ),
      ),
      { kept: Math.max(...lines) <= UNDIVIDED },
    );
  }
  yield '</w:tbl>';
}

/** Each with whether it is the last, of which the end of a list tells only when it is there. */
function* withLast<T>(list: Iterable<T>): Generator<[one: T, last: boolean]> {
  let held: [T] | undefined;
  for (const one of list) {
    if (held) yield [held[0], false];
    held = [one];
  }
  if (held) yield [held[0], true];
}

/** Shares as whole twips that add up to `width`. */
function shared(shares: number[], width: number): number[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  let filled = 0;
  return shares.map((share) => {
    sum += share;
    const end = Math.round((sum / all) * width);
    const own = end - filled;
    filled = end;
    return own;
  });
}

function linesOf(text: string, width: number, points: number): number {
  const perLine = Math.max(1, Math.floor(width / (points * 20)));
  let lines = 0;
  for (const part of text.split('\n')) lines += Math.max(1, Math.ceil(ems(part) / perLine));
  return lines;
}
