/** Pictures of unknown origin, decoded with bounded memory and time. */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { takenAt } from '#rules/taken-at.js';
import type { MediaType } from './formats.js';

// A hostile file reaches only the three decoders that are needed, and no decoded picture is kept for later.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
sharp.cache(false);

/** Cameras of phones have up to 50 megapixels in ordinary use. */
const MOST_PIXELS = 50_000_000;
/** Bytes of decoded pictures held at one time, by all requests together. */
const BUDGET = 128 * 1024 * 1024;
const SECONDS = 10;

/** The picture cannot be decoded, or is larger than any camera makes it. `message` is Chinese. */
export class PictureError extends Error {}

export type Picture = { width: number; height: number };

const open = (file: Buffer): Sharp =>
  sharp(file, { failOn: 'error', limitInputPixels: MOST_PIXELS, sequentialRead: true }).timeout({
    seconds: SECONDS,
  });

/**
 * Decodes the whole picture and answers its size as it is seen (upright).
 * @throws PictureError
 */
export async function inspectPicture(file: Buffer, type: MediaType): Promise<Picture> {
  const known = await readHead(file);
  await withBudget(costOf(known, type), () =>
    // Small on loading: a JPEG's pixels are all read, but not all of them have to be kept.
    open(file)
      .resize({ width: 32, height: 32, fit: 'inside' })
      .raw()
      .toBuffer()
      .catch((cause: unknown) => {
        throw new PictureError('图片无法解码，可能已损坏', { cause });
      }),
  );
  const turned = (known.orientation ?? 1) >= 5;
  return turned ? { width: known.height, height: known.width } : { width: known.width, height: known.height };
}

export type Rendition = 'plain' | 'thumbnail' | 'print';
/** What is made of a picture: always upright and without metadata (position, camera, comments); for print its time stays. */
const RENDITIONS: Record<Rendition, { side: number; type: 'same' | 'jpeg'; quality: number }> = {
  plain: { side: 4096, type: 'same', quality: 88 },
  thumbnail: { side: 320, type: 'jpeg', quality: 78 },
  print: { side: 1600, type: 'jpeg', quality: 82 },
};

export const renditionType = (rendition: Rendition, original: MediaType): MediaType => {
  const { type } = RENDITIONS[rendition];
  return type === 'same' ? original : `image/${type}`;
};

/** The picture turned upright, at most so large, and re-encoded without position or camera. @throws PictureError */
export async function makeRendition(file: Buffer, type: MediaType, rendition: Rendition): Promise<Buffer> {
  const { side, quality } = RENDITIONS[rendition];
  const known = await readHead(file);
  const shown = Math.min(1, side / Math.max(known.width, known.height));
  const kept = known.width * shown * known.height * shown * 4;
  return withBudget(costOf(known, type) + kept, () => {
    const small = open(file)
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    const target = renditionType(rendition, type);
    if (target === 'image/png') return small.png().toBuffer();
    if (target === 'image/webp') return small.webp({ quality }).toBuffer();
    const jpeg = small.flatten({ background: '#ffffff' }).jpeg({ quality });
    const taken = rendition === 'print' ? takenAt(known.exif) : null;
    const time = taken && `${taken.replace(/-/g, ':')}:00`;
    return (time ? jpeg.withExif({ IFD2: { DateTimeOriginal: time } }) : jpeg).toBuffer();
  });
}

type Head = Metadata & { width: number; height: number };

async function readHead(file: Buffer): Promise<Head> {
  const head = await open(file)
    .metadata()
    .catch((cause: unknown) => {
      throw new PictureError('图片无法识别，可能已损坏', { cause });
    });
  const { width, height } = head;
  if (width * height > MOST_PIXELS) throw new PictureError('图片超过 5000 万像素，请缩小后再上传');
  if ((head.pages ?? 1) > 1) throw new PictureError('不支持动图，请上传静态图片');
  return head;
}

/** Bytes that decoding holds at most: formats stored in passes need the whole picture, the others some rows. */
function costOf(head: Head, type: MediaType): number {
  const pixels = head.width * head.height;
  if (type === 'image/webp') return pixels * 4;
  if (head.isProgressive) return pixels * (type === 'image/png' ? head.channels * 2 : 3);
  return Math.min(pixels * 4, head.width * 2048);
}

let free = BUDGET;
const waiting: { cost: number; start: () => void }[] = [];

/** Runs when there is room in the budget, first come first served; what is larger than all of it runs alone. */
async function withBudget<T>(wanted: number, work: () => Promise<T>): Promise<T> {
  const cost = Math.min(Math.ceil(wanted), BUDGET);
  if (waiting.length > 0 || cost > free) {
    await new Promise<void>((start) => waiting.push({ cost, start }));
  } else {
    free -= cost;
  }
  try {
    return await work();
  } finally {
    free += cost;
    while (waiting[0] && waiting[0].cost <= free) {
      const next = waiting.shift()!;
      free -= next.cost;
      next.start();
    }
  }
}
