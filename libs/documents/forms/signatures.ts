/** Signatures of a form side by side: the handwriting, or the name as signed, or room to sign by hand. */
import { ensure, type Flow } from '../page/flow.js';
import type { Face } from '../page/fonts.js';
import { AREA, baseline, SIZE } from '../page/geometry.js';
import { widthOf } from '../page/line-breaking.js';
import { drawPicture, type PictureSource } from '../page/photos.js';
import { drawRule, drawText } from '../page/sheet.js';

export interface FormSignature {
  /** `督导组长`, `学校负责人`. */
  role: string;
  /** Empty where nobody has signed. */
  name: string;
  /** Local minute `2026-09-08 17:40`; null while unsigned. */
  signedAt: string | null;
  /** The handwriting, where it was taken on the tablet. */
  image: PictureSource | null;
}

const WIDTH = AREA.width / 2;
const HEIGHT = 78;
const PAD = 8;
const IMAGE = { width: 110, height: 34 };

/** Two to a row, framed; a row is never divided. */
export async function drawSignatures(flow: Flow, signatures: FormSignature[]): Promise<void> {
  const { sheet } = flow;
  const cell = { face: 'fang', size: SIZE.smallFourth } as const;
  for (let i = 0; i < signatures.length; i += 2) {
    ensure(flow, HEIGHT);
    const { y } = flow;
    for (const column of [0, 1]) {
      const x = AREA.left + column * WIDTH;
      for (const [x1, y1, x2, y2] of [
        [x, y, x + WIDTH, y],
        [x, y + HEIGHT, x + WIDTH, y + HEIGHT],
        [x, y, x, y + HEIGHT],
        [x + WIDTH, y, x + WIDTH, y + HEIGHT],
      ] as const) {
        drawRule(sheet, x1, y1, x2, y2, 0.5);
      }
      const signature = signatures[i + column];
      if (!signature) continue;
      drawText(sheet, `${signature.role}（签名）：`, x + PAD, baseline(y + 4, SIZE.smallFourth, 18), {
        ...cell,
        face: 'hei',
      });
      const middle = x + WIDTH / 2;
      if (signature.image) {
        await drawPicture(
          sheet,
          signature.image,
          middle - IMAGE.width / 2,
          y + 22,
          IMAGE.width,
          IMAGE.height,
        );
      } else if (signature.name && signature.signedAt) {
        const { text, size } = fitted(flow, 'kai', signature.name, SIZE.fourth);
        drawText(sheet, text, middle, baseline(y + 22, size, IMAGE.height), {
          face: 'kai',
          size,
          align: 'center',
        });
      }
      const named = signature.name && (signature.image || !signature.signedAt) ? `（${signature.name}）` : '';
      const when = signature.signedAt ?? '　　　　年　　月　　日';
      const { text, size } = fitted(flow, 'fang', `${named}${when}`, SIZE.fifth);
      const foot = baseline(y + HEIGHT - 20, size, 16);
      drawText(sheet, text, x + WIDTH - PAD, foot, { face: 'fang', size, align: 'right' });
    }
    flow.y += HEIGHT;
  }
}

const SMALLEST = 7;

/** A line of any length made to stay on its line: smaller first, then cut with ……. */
function fitted({ sheet }: Flow, face: Face, text: string, largest: number): { text: string; size: number } {
  const room = WIDTH - 2 * PAD;
  const ems = (words: string): number => widthOf(sheet.shape(face, words), 1);
  const size = Math.max(SMALLEST, Math.min(largest, room / Math.max(1, ems(text))));
  if (ems(text) * size <= room + 0.1) return { text, size };
  let kept = '';
  for (const char of text) {
    if (ems(`${kept}${char}……`) * size > room) break;
    kept += char;
  }
  return { text: `${kept}……`, size };
}
