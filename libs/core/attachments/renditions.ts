import { type FileStore, readWhole } from '#platform/files.js';
import type { Ctx } from '../foundation/context.js';
import { MEDIA_TYPES, type MediaType } from './formats.js';
import { makeRendition, type Rendition } from './images.js';
import { attachmentKey, findAttachment } from './store.js';

/** Raise a number when its rendition is made differently: the old files are then left alone and new ones made. */
const EDITION: Record<Rendition, string> = { plain: 'plain-1', thumbnail: 'thumbnail-1', print: 'print-2' };

/** Marks the representation in an ETag. */
export const renditionTag = (sha256: string, rendition: Rendition): string =>
  `"${sha256}-${EDITION[rendition]}"`;

const beingMade = new Map<string, Promise<Buffer>>();

/** A rendition of a stored picture, made once and kept. Who may see it is the caller's question. */
export async function rendition(
  files: FileStore,
  picture: { sha256: string; mediaType: MediaType },
  kind: Rendition,
): Promise<Buffer> {
  const { sha256, mediaType } = picture;
  const key = `renditions/${sha256.slice(0, 2)}/${sha256}.${EDITION[kind]}`;
  const kept = await files.get(key);
  if (kept) return readWhole(kept);
  let making = beingMade.get(key);
  if (!making) {
    making = make().finally(() => beingMade.delete(key));
    beingMade.set(key, making);
  }
  return making;

  async function make(): Promise<Buffer> {
    const made = await makeRendition(await originalBytes(files, sha256), mediaType, kind);
    await files.put(key, made);
    return made;
  }
}

async function originalBytes(files: FileStore, sha256: string): Promise<Buffer> {
  const stored = await files.get(attachmentKey(sha256));
  if (!stored) throw new Error(`the file of attachment ${sha256} is missing from the store`);
  return readWhole(stored);
}

/**
 * Loads photos for documents: JPEG of at most 1600 pixels a side, upright, without position; of the metadata
 * only when it was taken is left. Who may see the document
 * may see its photos, so only the district is asked for. Rejects for what is not a stored picture (a PDF, say: `photosAmong`).
 */
export function photoLoader(ctx: Ctx, files: FileStore): (sha256: string) => Promise<Buffer> {
  return async (sha256) => {
    const found = await findAttachment(ctx, sha256);
    if (!found || found.mediaType === 'application/pdf') throw new RangeError(`no picture: ${sha256}`);
    return rendition(files, found, 'print');
  };
}

/** Those of the hashes that are pictures of the district, in their order; the others are PDFs or unknown. */
export async function photosAmong(ctx: Ctx, hashes: readonly string[]): Promise<string[]> {
  const rows: { sha256: string }[] = await ctx.em.query(
    `SELECT sha256 FROM attachments WHERE district_id = $1 AND sha256 = ANY($2) AND media_type = ANY($3)`,
    [ctx.actor.districtId, hashes, MEDIA_TYPES.filter((type) => type.startsWith('image/'))],
  );
  const pictures = new Set(rows.map(({ sha256 }) => sha256));
  return hashes.filter((hash) => pictures.has(hash));
}
