/** Tables with a head that is repeated on every page, and headings of groups that stay with their first row. */
import { type Flow, fits, newPage } from './flow.js';
import { AREA, SIZE } from './geometry.js';
import { type CellText, type GridRow, gridOn, type Type } from './grid.js';

export interface Column {
  title: string;
  /** A share of the table's width. */
  width: number;
  align?: 'left' | 'center' | 'right';
  /** Printed again, with 续, where a row goes on over the page: the row's number. */
  repeat?: boolean;
}

/** A row of cells, or one cell across the whole table (a group's heading). */
export type TableRow = string[] | { span: string };

const USUAL: Type = { size: SIZE.fifth, pitch: SIZE.fifth * 1.4 };

/** Sets a table at the flow. Rows are taken one by one; nothing is held but the row at hand. */
export function table(flow: Flow, columns: Column[], rows: Iterable<TableRow>, type: Type = USUAL): void {
  const grid = gridOn(flow, type);
  const shares = columns.reduce((sum, column) => sum + column.width, 0);
  let x = 0;
  const places = columns.map((column) => {
    const place = { x, width: (column.width / shares) * AREA.width };
    x += place.width;
    return place;
  });
  const cell = (text: string, i: number, more: Pick<CellText, 'face' | 'align' | 'repeat'>): CellText => ({
    ...(places[i] as { x: number; width: number }),
    text,
    ...more,
  });
  const head = grid.row(columns.map((column, i) => cell(column.title, i, { face: 'hei', align: 'center' })));
  const drawHead = (): void => {
    grid.top();
    grid.draw(head, () => newPage(flow));
  };
  const turn = (): void => {
    newPage(flow);
    drawHead();
  };
  const layOut = (row: TableRow): GridRow =>
    Array.isArray(row)
      ? grid.row(
          columns.map(({ align, repeat }, i) => cell(row[i] ?? '', i, { face: 'fang', align, repeat })),
        )
      : grid.row([{ text: row.span, x: 0, width: AREA.width, face: 'hei' }]);

  if (!fits(flow, head.height * 3)) newPage(flow);
  drawHead();
  let group: GridRow | null = null;
  for (const row of rows) {
    const laid = layOut(row);
    if (!Array.isArray(row) && laid.lines <= 4) {
      if (group) grid.draw(group, turn);
      group = laid;
      continue;
    }
    grid.settle(laid, group?.height ?? 0, turn);
    if (group) grid.draw(group, turn);
    group = null;
    grid.draw(laid, turn);
  }
  if (group) grid.draw(group, turn);
}
