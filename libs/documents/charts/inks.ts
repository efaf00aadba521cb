/** The colours and the hatching of charts. One dark blue, its tint and paper: three greys on a black-and-white printer. */
import { BLACK } from '../page/geometry.js';

/** As PDF writes them: red, green and blue from 0 to 1. */
export const INKS = {
  ink: BLACK,
  faint: '0.35 0.35 0.35',
  /** The lines of the scale behind the data. */
  scale: '0.72 0.72 0.72',
  paper: '1 1 1',
  bar: '0.122 0.227 0.373',
  light: '0.86 0.89 0.93',
};

export const HATCH = { weight: 0.7, apart: 3.6 };

/** Rising lines at 45° inside a box, clipped to it: the same in every viewer, which patterns are not. */
export function hatchLines(box: {
  x: number;
  y: number;
  width: number;
  height: number;
}): [x1: number, y1: number, x2: number, y2: number][] {
  const { x, y, width, height } = box;
  const apart = HATCH.apart * Math.SQRT2;
  const lines: [number, number, number, number][] = [];
  // Each line is x + y = c; all boxes share the same c, so that neighbouring ones are hatched alike.
  const first = Math.ceil((x + y) / apart) * apart;
  for (let c = first; c < x + y + width + height; c += apart) {
    const x1 = Math.max(x, c - y - height);
    const x2 = Math.min(x + width, c - y);
    if (x2 > x1) lines.push([x1, c - x1, x2, c - x2]);
  }
  return lines;
}
