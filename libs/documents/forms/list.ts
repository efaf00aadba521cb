/** A ruled list whose cells choose their face: what failed is seen at a glance. The head is repeated on every page. */
import { type Flow, fits, newPage } from '../page/flow.js';
import type { Face } from '../page/fonts.js';
import { AREA, SIZE } from '../page/geometry.js';
import { type CellText, type GridRow, gridOn, type Type } from '../page/grid.js';
import type { Column } from '../page/table.js';

export type Cell = string | { text: string; face: Face };
/** A row of cells, or one cell across the whole list (a group's heading), which stays with its first row. */
export type ListRow = Cell[] | { span: string };

const TYPE: Type = { size: SIZE.fifth, pitch: 14.5 };

/** Sets a list at the flow. */
export function list(flow: Flow, columns: Column[], rowsOf: Iterable<ListRow>, type: Type = TYPE): void {
  const grid = gridOn(flow, type);
  const shares = columns.reduce((sum, column) => sum + column.width, 0);
  let x = 0;
  const places = columns.map(({ width }) => {
    const place = { x, width: (width / shares) * AREA.width };
    x += place.width;
    return place;
  });
  const cells = (row: Cell[], head: boolean): CellText[] =>
    columns.map(({ align, repeat }, i) => {
      const cell = row[i] ?? '';
      const { text, face } = typeof cell === 'string' ? { text: cell, face: 'fang' as Face } : cell;
      const place = places[i] as { x: number; width: number };
      return head
        ? { ...place, text, face: 'hei', align: 'center' }
        : { ...place, text, face, align: align ?? 'left', repeat: repeat ?? false };
    });
  const head = grid.row(
    cells(
      columns.map(({ title }) => title),
      true,
    ),
  );
  const drawHead = (): void => {
    grid.top();
    grid.draw(head, () => newPage(flow));
  };
  const turn = (): void => {
    newPage(flow);
    drawHead();
  };
  if (!fits(flow, head.height * 3)) newPage(flow);
  drawHead();
  let group: GridRow | null = null;
  for (const row of rowsOf) {
    const laid = Array.isArray(row)
      ? grid.row(cells(row, false))
      : grid.row([{ text: row.span, x: 0, width: AREA.width, face: 'hei' }]);
    if (!Array.isArray(row)) {
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
