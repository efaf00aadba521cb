/** Tables with a head that is repeated on every page, and headings of groups that stay with their first row. */
import { type Flow, fits, newPage } from './flow.js';
import type { Face } from './fonts.js';
import { LINE, SIZE } from './geometry.js';
import { type CellText, type Grid, type GridRow, gridOn, type Type } from './grid.js';

export interface Column {
  title: string;
  /** A share of the table's width. */
  width: number;
  align?: 'left' | 'center' | 'right';
  /** Printed again, with 续, where a row goes on over the page: the row's number. */
  repeat?: boolean;
}

/** Text in the face of the body, or in another, so that it is seen at a glance. */
export type Cell = string | { text: string; face: Face };

/** A row of cells, or one cell across the whole table (a group's heading). */
export type TableRow<C extends Cell = string> = C[] | { span: string };

const USUAL: Type = { size: SIZE.fifth, pitch: SIZE.fifth * 1.4 };

/**
 * Sets a table at the flow. Rows are taken one by one; nothing is held but the row at hand and the next.
 * `below` points are kept free under the last row, for a remark that belongs to the table.
 */
export function table(
  flow: Flow,
  columns: Column[],
  rows: Iterable<TableRow<Cell>>,
  type: Type = USUAL,
  below = 0,
): void {
  const grid = gridOn(flow, type);
  const layOut = layouts(flow, grid, columns);
  const head = layOut.head();
  const drawHead = (): void => {
    grid.top();
    grid.draw(head, () => newPage(flow));
  };
  const turn = (): void => {
    newPage(flow);
    drawHead();
  };
  let group: GridRow | null = null;
  let begun = false;
  /** The head is never alone at the foot of a page: what stands under it is known first. */
  const begin = (under: number): void => {
    if (begun) return;
    if (!fits(flow, head.height + Math.max(under, 2 * head.height))) newPage(flow);
    drawHead();
    begun = true;
  };
  for (const [row, last] of withLast(rows)) {
    const laid = layOut.row(row);
    if (!Array.isArray(row) && laid.lines <= 4) {
      if (group) begin(group.height);
      if (group) grid.draw(group, turn);
      group = laid;
      continue;
    }
    begin((group?.height ?? 0) + grid.together(laid));
    grid.settle(laid, group?.height ?? 0, turn, last ? below : 0);
    if (group) grid.draw(group, turn);
    group = null;
    grid.draw(laid, turn);
  }
  begin(group?.height ?? 0);
  if (group) grid.draw(group, turn);
}

/** A table of no more rows and no more height than this stays on one page with its caption. */
const SMALL_ROWS = 12;
const SMALL_HEIGHT = 7 * LINE;

/**
 * Points that must stand on the page of a table's caption: a small table whole, of another the head and the first row, so
 * that the caption is not left alone.
 */
export function openingHeight(flow: Flow, columns: Column[], rows: TableRow[], type: Type = USUAL): number {
  const grid = gridOn(flow, type);
  const layOut = layouts(flow, grid, columns);
  const head = layOut.head().height;
  const laid = rows.slice(0, SMALL_ROWS).map((row) => layOut.row(row));
  const whole = laid.reduce((sum, { height }) => sum + height, head);
  if (rows.length <= SMALL_ROWS && whole <= SMALL_HEIGHT) return whole;
  const first = laid.findIndex((_, index) => Array.isArray(rows[index]));
  const opening = laid.slice(0, Math.max(0, first) + 1);
  return opening.reduce((sum, row, index) => sum + (index === first ? grid.together(row) : row.height), head);
}

function layouts(flow: Flow, grid: Grid, columns: Column[]) {
  const { width } = flow.sheet.area;
  const shares = columns.reduce((sum, column) => sum + column.width, 0);
  let x = 0;
  const places = columns.map((column) => {
    const place = { x, width: (column.width / shares) * width };
    x += place.width;
    return place;
  });
  const cell = (given: Cell, i: number, more: Pick<CellText, 'face' | 'align' | 'repeat'>): CellText => ({
    ...(places[i] as { x: number; width: number }),
    ...more,
    ...(typeof given === 'string' ? { text: given } : given),
  });
  return {
    head: (): GridRow =>
      grid.row(columns.map((column, i) => cell(column.title, i, { face: 'hei', align: 'center' }))),
    row: (row: TableRow<Cell>): GridRow =>
      Array.isArray(row)
        ? grid.row(
            columns.map(({ align, repeat }, i) => cell(row[i] ?? '', i, { face: 'fang', align, repeat })),
          )
        : grid.row([{ text: row.span, x: 0, width, face: 'hei' }]),
  };
}

/** Each row with whether it is the last. */
function* withLast<T>(rows: Iterable<T>): Iterable<[row: T, last: boolean]> {
  let held: { row: T } | undefined;
  for (const row of rows) {
    if (held) yield [held.row, false];
    held = { row };
  }
  if (held) yield [held.row, true];
}
