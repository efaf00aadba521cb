/** Signatures of a form side by side: the handwriting, or the name as signed, or room to sign by hand. */
import { ensure, type Flow } from '../page/flow.js';
import type { Face } from '../page/fonts.js';
import { AREA, baseline, SIZE } from '../page/geometry.js';
import { widthOf } from '../page/line-breaking.js';
import { drawText } from '../page/sheet.js';
import { frame } from './frame.js';
import { type PictureSource, printable } from './picture.js';

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
/** Of the longer side: 300 dpi in print. */
const PIXELS = 460;

/** Two to a row, framed; a row is never divided. */
export async function drawSignatures(flow: Flow, signatures: FormSignature[]): Promise<void> {
  for (let i = 0; i < signatures.length; i += 2) {
    ensure(flow, HEIGHT);
    for (const column of [0, 1]) {
      const x = AREA.left + column * WIDTH;
      frame(flow.sheet, x, flow.y, WIDTH, HEIGHT);
      const signature = signatures[i + column];
      if (signature) await drawSignature(flow, signature, x);
    }
    flow.y += HEIGHT;
  }
}

async function drawSignature(flow: Flow, { role, name, signedAt, image }: FormSignature, x: number) {
  const { sheet, y } = flow;
  const label = fitted(flow, 'hei', `${role}（签名）：`, SIZE.smallFourth);
  drawText(sheet, label.text, x + PAD, baseline(y + 4, label.size, 18), { face: 'hei', size: label.size });
  const picture = image && (await printable(image, PIXELS)).picture;
  const middle = x + WIDTH / 2;
  if (picture) {
    const fit: [number, number] = [IMAGE.width, IMAGE.height];
    sheet.doc.image(picture, middle - IMAGE.width / 2, y + 22, { fit, align: 'center', valign: 'center' });
  } else {
    const said = image ? '（签名图片无法读取）' : signedAt ? name : '';
    const { text, size } = fitted(flow, 'kai', said, SIZE.fourth);
    const base = baseline(y + 22, size, IMAGE.height);
    drawText(sheet, text, middle, base, { face: 'kai', size, align: 'center' });
  }
  const named = name && (image || !signedAt) ? `（${name}）` : '';
  const { text, size } = fitted(flow, 'fang', `${named}${signedAt ?? '　　　　年　　月　　日'}`, SIZE.fifth);
  const foot = baseline(y + HEIGHT - 20, size, 16);
  drawText(sheet, text, x + WIDTH - PAD, foot, { face: 'fang', size, align: 'right' });
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
