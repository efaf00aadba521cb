import { drawRule, type Sheet } from '../page/sheet.js';

/** A hairline frame. Points from the upper left corner of the sheet. */
export function frame(sheet: Sheet, x: number, y: number, width: number, height: number): void {
  for (const [x1, y1, x2, y2] of [
    [x, y, x + width, y],
    [x, y + height, x + width, y + height],
    [x, y, x, y + height],
    [x + width, y, x + width, y + height],
  ] as const) {
    drawRule(sheet, x1, y1, x2, y2, 0.5);
  }
}
