/** A picture of unknown origin brought to print: upright, small enough, without its metadata. */
import sharp from 'sharp';
import { takenAt } from '#rules/taken-at.js';

/**
 * The bytes of a JPEG, PNG or WebP, or how to get them: asked for one at a time, so that a hundred photos need not be
 * in memory at once. Bytes alone can be handed to another thread.
 */
export type PictureSource = Uint8Array | (() => Promise<Uint8Array>);

export interface Printable {
  /** JPEG on white; null where the bytes are no picture. */
  picture: Buffer | null;
  /** `2026-09-08 09:12` by the camera's clock, where the file says it. */
  taken: string | null;
}

/** At most `pixels` a side. Rejects where the bytes cannot be fetched: a record without its evidence is no record. */
export async function printable(load: PictureSource, pixels: number): Promise<Printable> {
  const bytes = typeof load === 'function' ? await load() : load;
  try {
    const image = sharp(bytes, { limitInputPixels: 100_000_000 });
    const { exif } = await image.metadata();
    const picture = await image
      .rotate()
      .resize(pixels, pixels, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 82 })
      .toBuffer();
    return { picture, taken: takenAt(exif) };
  } catch {
    // The document says in its place that the picture could not be read, and is still made.
    return { picture: null, taken: null };
  }
}
