/** Forms: rows of label and value, one or two pairs to a row, as on an approval sheet. */
import { ensure, type Flow } from './flow.js';
import { AREA, SIZE } from './geometry.js';
import { type CellText, gridOn, turnPage } from './grid.js';

export interface FormRow {
  /** One or two pairs of label and value. */
  pairs: [label: string, value: string][];
  /** Lines the row is tall at least: room to write. */
  atLeast?: number;
}

const LABEL = 76;

/** Sets a form at the flow. */
export function form(flow: Flow, rows: FormRow[]): void {
  const grid = gridOn(flow, { size: SIZE.smallFourth, pitch: 19 });
  const turn = (): void => turnPage(flow, grid);
  ensure(flow, 60);
  grid.top();
  for (const { pairs, atLeast = 1 } of rows) {
    const share = AREA.width / pairs.length;
    const row = grid.row(
      pairs.flatMap(([label, value], i): CellText[] => [
        { text: label, x: i * share, width: LABEL, face: 'hei', align: 'center', repeat: true },
        { text: value, x: i * share + LABEL, width: share - LABEL, face: 'fang', atLeast },
      ]),
    );
    grid.settle(row, 0, turn);
    grid.draw(row, turn);
  }
}
