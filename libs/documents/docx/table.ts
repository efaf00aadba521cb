/** Tables: ruled, as wide as the type area, their heads repeated; a row is kept whole unless it is very tall. */
import type { Column, TableRow } from '../page/table.js';
import { ems } from './measures.js';
import { STYLES } from './styles.js';
import { paragraph, run } from './xml.js';

export interface TableContent {
  columns: Column[];
  rows: Iterable<TableRow>;
  /** Points; one of 小四, 五号 and 小五 is taken. */
  size: number;
  /** Twips. */
  width: number;
}

/** Twips that a cell keeps blank at both sides together. */
const PADDING = 120;
/** Lines of small type in a third of a page: a row beyond them may be divided. */
const UNDIVIDED = 16;

const sizeName = (size: number): string => (size >= 11.5 ? '12' : size >= 10 ? '10' : '9');

/** A table as one piece of XML a row, so that nobody holds a long one whole. */
export function* tableXml({ columns, rows, size, width: whole }: TableContent): Generator<string> {
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
  for (const given of rows) {
    if (!Array.isArray(given)) {
      const span = `<w:gridSpan w:val="${columns.length}"/>`;
      yield row([cell(whole, paragraph(`Head${style}`, run(given.span), { jc: 'left' }), span)]);
      continue;
    }
    const lines = given.map((text, i) => linesOf(text, (widths[i] as number) - PADDING, points));
    yield row(
      columns.map(({ align = 'left' }, i) =>
        cell(
          widths[i] as number,
          paragraph(`Cell${style}`, run(given[i] ?? ''), align === 'left' ? {} : { jc: align }),
        ),
      ),
      { kept: Math.max(...lines) <= UNDIVIDED },
    );
  }
  yield '</w:tbl>';
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
