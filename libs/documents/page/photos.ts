/** Photos two to a row with their captions. Each is brought to print size, upright and without its metadata. */
import sharp from 'sharp';
import { caption } from './body.js';
import { drawLine, ensure, type Flow } from './flow.js';
import { AREA, baseline, LINE, SIZE } from './geometry.js';
import { breakLines } from './line-breaking.js';
import { drawRule, drawText, type Sheet } from './sheet.js';

/**
 * The bytes of a JPEG, PNG or WebP, or how to get them: asked for one at a time, so that a hundred photos need not be
 * in memory at once. Bytes alone can be handed to another thread.
 */
export type PictureSource = Uint8Array | (() => Promise<Uint8Array>);

export interface Photo {
  caption: string;
  load: PictureSource;
}

const GAP = 14;
const WIDTH = (AREA.width - GAP) / 2;
const HEIGHT = 170;
const CAPTION = { size: SIZE.fifth, pitch: 15 };
const CAPTION_LINES = 3;
const PIXELS = 1000;

const ROW = HEIGHT + CAPTION_LINES * CAPTION.pitch + GAP;

/** Sets photos under their title. One that cannot be read is shown as an empty frame that says so. */
export async function drawPhotos(flow: Flow, title: string, photos: Photo[]): Promise<void> {
  if (photos.length === 0) return;
  flow.y += LINE / 2;
  ensure(flow, ROW + LINE);
  caption(flow, title);
  for (let i = 0; i < photos.length; i += 2) {
    const pair = photos.slice(i, i + 2);
    ensure(flow, ROW);
    for (const [column, photo] of pair.entries()) {
      const x = AREA.left + column * (WIDTH + GAP);
      await drawPicture(flow.sheet, photo.load, x, flow.y, WIDTH, HEIGHT);
      drawCaption(flow, photo.caption, x);
    }
    flow.y += ROW;
  }
}

/** Draws one picture centred in a box, or a frame that says it could not be read. */
export async function drawPicture(
  sheet: Sheet,
  load: PictureSource,
  x: number,
  y: number,
  width: number,
  height: number,
): Promise<void> {
  const picture = await printable(load);
  if (picture === null) {
    for (const [x1, y1, x2, y2] of [
      [x, y, x + width, y],
      [x, y + height, x + width, y + height],
      [x, y, x, y + height],
      [x + width, y, x + width, y + height],
    ] as const) {
      drawRule(sheet, x1, y1, x2, y2, 0.5);
    }
    drawText(sheet, '（照片无法读取）', x + width / 2, y + height / 2, {
      face: 'fang',
      size: SIZE.fifth,
      align: 'center',
    });
    return;
  }
  sheet.doc.image(picture, x, y, { fit: [width, height], align: 'center', valign: 'center' });
}

/** Upright, at most 1,000 pixels a side, JPEG on white; null where the bytes are no picture. */
async function printable(load: PictureSource): Promise<Buffer | null> {
  const bytes = typeof load === 'function' ? await load() : load;
  try {
    return await sharp(bytes, { limitInputPixels: 100_000_000 })
      .rotate()
      .resize(PIXELS, PIXELS, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 82 })
      .toBuffer();
  } catch {
    // The frame in its place says that the picture could not be read: the document is still made.
    return null;
  }
}

function drawCaption(flow: Flow, caption: string, x: number): void {
  const { size, pitch } = CAPTION;
  const glyphs = flow.sheet.shape('fang', caption.replace(/\n/g, ' '));
  const lines = breakLines(glyphs, { size, tracking: 0, first: WIDTH, rest: WIDTH });
  lines.slice(0, CAPTION_LINES).forEach((line, i) => {
    const cut = i === CAPTION_LINES - 1 && lines.length > CAPTION_LINES;
    const y = baseline(flow.y + HEIGHT + 2 + i * pitch, size, pitch);
    drawLine(flow.sheet, glyphs, { ...line, last: true }, x, WIDTH, y, { size, tracking: 0 }, 'center');
    if (cut) drawText(flow.sheet, '……', x + WIDTH, y, { face: 'fang', size, align: 'right' });
  });
}
