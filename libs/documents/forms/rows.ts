/** The rows of a form: label and value side by side in any shares, and opinions with the signature at their foot. */
import { ensure, type Flow } from '../page/flow.js';
import type { Face } from '../page/fonts.js';
import { AREA, SIZE } from '../page/geometry.js';
import { type CellText, type Grid, type GridRow, gridOn, type Type, turnPage } from '../page/grid.js';
import { widthOf } from '../page/line-breaking.js';
import type { Sheet } from '../page/sheet.js';

export interface Field {
  label: string;
  value: string;
  /** Of the row's width, against the other fields of the row; 1 unless said. */
  share?: number;
  /** Lines the row is tall at least: room to write. */
  atLeast?: number;
  face?: Face;
}

export const FORM: Type = { size: SIZE.smallFourth, pitch: 19 };
const LABEL = 76;
/** What the grid leaves free at either side of a cell. */
const PAD = 3;

/** Sets rows of fields at the flow; a row that goes on over the page repeats its labels. */
export function rows(flow: Flow, fields: Field[][], type: Type = FORM): void {
  const grid = gridOn(flow, type);
  const turn = (): void => turnPage(flow, grid);
  ensure(flow, 60);
  grid.top();
  for (const laid of layOut(grid, fields)) {
    grid.settle(laid, 0, turn);
    grid.draw(laid, turn);
  }
}

/** Points that rows of fields take on one page. */
export const rowsHeight = (flow: Flow, fields: Field[][], type: Type = FORM): number =>
  layOut(gridOn(flow, type), fields).reduce((sum, { height }) => sum + height, 0);

const layOut = (grid: Grid, fields: Field[][]): GridRow[] =>
  fields.map((row) => {
    const whole = row.reduce((sum, field) => sum + (field.share ?? 1), 0);
    let x = 0;
    const cells = row.flatMap(({ label, value, share = 1, atLeast = 1, face = 'fang' }): CellText[] => {
      const left = x;
      const width = (share / whole) * AREA.width;
      x += width;
      return [
        { text: label, x: left, width: LABEL, face: 'hei', align: 'center', repeat: true },
        { text: value, x: left + LABEL, width: width - LABEL, face, atLeast },
      ];
    });
    return grid.row(cells);
  });

/**
 * A field across the whole row that ends with lines to sign on, set at the right. `lines`: what the text takes at least.
 */
export function signedField(
  sheet: Sheet,
  label: string,
  text: string,
  signatures: string[],
  lines = 3,
  { size }: Type = FORM,
): Field {
  const width = AREA.width - LABEL - 2 * PAD;
  const space = '　';
  const signed = signatures.map((one) => {
    const left = width - widthOf(sheet.shape('fang', one), size);
    return space.repeat(Math.max(0, Math.floor(left / size))) + one;
  });
  const taken = text.split('\n').reduce((sum, paragraph) => {
    const ems = widthOf(sheet.shape('fang', paragraph), size) / width;
    return sum + Math.max(1, Math.ceil(ems));
  }, 0);
  // An empty paragraph has no line of its own; one space has.
  const blank = `\n${space}`.repeat(Math.max(0, lines - taken));
  return { label, value: `${text || space}${blank}\n${signed.join('\n')}` };
}

/** A line to sign and date by hand. */
export const toSign = (role: string): string => `${role}（签名）：　　　　　　　　　年　　月　　日`;
