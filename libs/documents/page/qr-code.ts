/** A QR code in vector squares: sharp on any printer. */
import encodeQr from 'qr';
import { fillSquares, type Sheet } from './sheet.js';

/** Blank modules around the code (ISO/IEC 18004). */
const QUIET = 4;

/** Draws the code of `text` in a square of `side` points, its blank border included, with the corner at `x`, `y`. */
export function drawQrCode(sheet: Sheet, text: string, x: number, y: number, side: number): void {
  const modules = encodeQr(text, 'raw', { ecc: 'medium', border: QUIET });
  const module = side / modules.length;
  const squares: [x: number, y: number, width: number, height: number][] = [];
  modules.forEach((row, r) => {
    for (let c = 0; c < row.length; c++) {
      if (!row[c]) continue;
      const from = c;
      while (row[c + 1]) c++;
      squares.push([x + from * module, y + r * module, (c + 1 - from) * module, module]);
    }
  });
  fillSquares(sheet, squares);
}
