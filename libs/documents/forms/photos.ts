/**
 * Photos two to a row, each framed with its caption and when it was taken; a row is never divided. Pictures are brought
 * to print size, upright and without their metadata: a position never leaves with the document.
 */
import { drawLine, type Flow, fits, newPage } from '../page/flow.js';
import { AREA, baseline, LINE, SIZE } from '../page/geometry.js';
import { breakLines } from '../page/line-breaking.js';
import { drawText, type Sheet } from '../page/sheet.js';
import { frame } from './frame.js';
import { type PictureSource, printable } from './picture.js';
import { section } from './section.js';

export interface Photo {
  caption: string;
  load: PictureSource;
  /** Said under the caption where the picture itself does not tell when it was taken: `2026-09-08 09:12 填报`. */
  noted?: string | null;
}

const CELL = AREA.width / 2;
const PAD = 6;
/** Three rows with two-line captions fill a page. */
const HEIGHT = 152;
const TEXT = { size: 9, pitch: 12.5 };
const CAPTION_LINES = 3;
const HEAD = 20;
/** Pixels of the longer side: 200 dpi in print. */
const PIXELS = 640;

/** Photos in the order given, under their title. */
export async function drawPhotos(flow: Flow, title: string, photos: Photo[]): Promise<void> {
  const pairs: [Photo, Photo | null][] = [];
  for (let i = 0; i < photos.length; i += 2) pairs.push([photos[i] as Photo, photos[i + 1] ?? null]);
  await drawPairs(flow, title, null, pairs);
}

/** Two columns side by side, each under its head: 整改前, 整改后. A side with fewer photos says that there are no more. */
export async function drawBeside(
  flow: Flow,
  title: string,
  heads: [string, string],
  left: Photo[],
  right: Photo[],
): Promise<void> {
  const pairs = Array.from(
    { length: Math.max(left.length, right.length) },
    (_, i): [Photo | null, Photo | null] => [left[i] ?? null, right[i] ?? null],
  );
  await drawPairs(flow, title, heads, pairs);
}

async function drawPairs(
  flow: Flow,
  title: string,
  heads: [string, string] | null,
  pairs: [Photo | null, Photo | null][],
): Promise<void> {
  for (const [index, pair] of pairs.entries()) {
    // One after the other: which glyph is met first is written into the file, and the same photos give the same bytes.
    const cells = [];
    for (const photo of pair) cells.push(photo && (await prepare(flow.sheet, photo)));
    const height = HEIGHT + 2 * PAD + Math.max(...cells.map((cell) => cell?.text.length ?? 0)) * TEXT.pitch;
    const above = index === 0 ? LINE / 3 + 23 : 0;
    if (!fits(flow, above + (heads && index === 0 ? HEAD : 0) + height)) {
      newPage(flow);
      if (heads && index > 0)
        drawHeads(
          flow,
          heads.map((head) => `${head}（续）`),
        );
    }
    if (index === 0) {
      section(flow, title);
      if (heads) drawHeads(flow, heads);
    }
    for (const [column, cell] of cells.entries()) {
      drawCell(flow, cell, AREA.left + column * CELL, height, heads !== null);
    }
    flow.y += height;
  }
}

function drawHeads(flow: Flow, heads: string[]): void {
  heads.forEach((head, column) => {
    const x = AREA.left + column * CELL;
    frame(flow.sheet, x, flow.y, CELL, HEAD);
    const y = baseline(flow.y, SIZE.fifth, HEAD);
    drawText(flow.sheet, head, x + CELL / 2, y, { face: 'hei', size: SIZE.fifth, align: 'center' });
  });
  flow.y += HEAD;
}

interface Prepared {
  picture: Buffer | null;
  text: ReturnType<typeof captionLines>;
}

async function prepare(sheet: Sheet, photo: Photo): Promise<Prepared> {
  const { picture, taken } = await printable(photo.load, PIXELS);
  const when = taken ? `拍摄时间：${taken}` : (photo.noted ?? null);
  return { picture, text: captionLines(sheet, photo.caption, when) };
}

function drawCell(
  { sheet, y }: Flow,
  cell: Prepared | null,
  x: number,
  height: number,
  always: boolean,
): void {
  if (cell === null && !always) return;
  frame(sheet, x, y, CELL, height);
  const middle = x + CELL / 2;
  const words = { face: 'fang', size: SIZE.fifth, align: 'center' } as const;
  if (cell === null) {
    drawText(sheet, '—', middle, y + height / 2, words);
    return;
  }
  if (cell.picture) {
    const fit: [number, number] = [CELL - 2 * PAD, HEIGHT];
    sheet.doc.image(cell.picture, x + PAD, y + PAD, { fit, align: 'center', valign: 'center' });
  } else drawText(sheet, '（照片无法读取）', middle, y + PAD + HEIGHT / 2, words);
  cell.text.forEach(({ glyphs, line }, i) => {
    const base = baseline(y + PAD + HEIGHT + 2 + i * TEXT.pitch, TEXT.size, TEXT.pitch);
    const ink = { size: TEXT.size, tracking: 0 };
    drawLine(sheet, glyphs, line, x + PAD, CELL - 2 * PAD, base, ink, 'center');
  });
}

/** The caption in three lines at most, a longer one ending in ……, and when the photo was taken. */
function captionLines(sheet: Sheet, text: string, when: string | null) {
  const width = CELL - 2 * PAD;
  const lay = (words: string) => {
    const glyphs = sheet.shape('fang', words.replace(/\n/g, ' '));
    const measure = { size: TEXT.size, tracking: 0, first: width, rest: width };
    return breakLines(glyphs, measure).map((line) => ({ glyphs, line: { ...line, last: true } }));
  };
  const whole = lay(text);
  const shown = whole.slice(0, CAPTION_LINES);
  const cut = whole.length > CAPTION_LINES && shown.at(-1);
  if (cut) {
    const kept = cut.glyphs.slice(cut.line.start, Math.max(cut.line.start, cut.line.end - 2));
    const glyphs = [...kept, ...sheet.shape('fang', '……')];
    shown[CAPTION_LINES - 1] = {
      glyphs,
      line: { ...cut.line, start: 0, end: glyphs.length, natural: width },
    };
  }
  return when === null ? shown : [...shown, ...lay(when)];
}
