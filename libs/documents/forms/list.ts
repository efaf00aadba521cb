/** A list in the small print of forms; what failed is set in another face. */
import type { Flow } from '../page/flow.js';
import { SIZE } from '../page/geometry.js';
import type { Type } from '../page/grid.js';
import { type Cell, type Column, type TableRow, table } from '../page/table.js';

export type ListRow = TableRow<Cell>;

const TYPE: Type = { size: SIZE.fifth, pitch: 14.5 };

/** Sets a list at the flow. */
export const list = (flow: Flow, columns: Column[], rows: Iterable<ListRow>, type: Type = TYPE): void =>
  table(flow, columns, rows, type);
