import type { Readable } from 'node:stream';
import type { FileStore } from '#platform/files.js';
import { type ProblemCode, problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { MEDIA_TYPES, type MediaType, sniff, structureFault } from './formats.js';
import { inspectPicture, PictureError } from './images.js';
import { type Received, receive } from './receive.js';

export type AttachmentView = {
  sha256: string;
  mediaType: MediaType;
  /** In bytes. */
  size: number;
  /** Upright, in pixels; null for a PDF. */
  width: number | null;
  height: number | null;
};

/** Where the bytes lie. They are named by what they are, so nothing is ever written over. */
export const attachmentKey = (sha256: string): string => `attachments/${sha256.slice(0, 2)}/${sha256}`;

/**
 * Takes a file in under its SHA-256, durable when this answers; the row that names it follows (`nameAttachment`).
 * @throws attachment.too_large (413), attachment.hash_mismatch (400), attachment.unsupported (415), attachment.damaged (400)
 */
export async function storeAttachment(
  ctx: Ctx,
  files: FileStore,
  sha256: string,
  declared: string,
  body: Readable,
): Promise<AttachmentView> {
  requireType(declared);
  return receive(body, async (received) => {
    if (received.sha256 !== sha256) {
      throw problem('attachment.hash_mismatch', '内容与地址中的 SHA-256 不符，请重新上传');
    }
    // Bytes that were found good once need no second look.
    const known = await findAttachment(ctx, sha256);
    if (known) requireMatch(declared, known.mediaType);
    return known ?? (await keep(files, received, declared));
  });
}

/** The file's row in the actor's district. */
export async function findAttachment(ctx: Ctx, sha256: string): Promise<AttachmentView | undefined> {
  const [found]: AttachmentView[] = await ctx.em.query(
    `SELECT sha256, media_type AS "mediaType", size, width, height FROM attachments
     WHERE district_id = $1 AND sha256 = $2`,
    [ctx.actor.districtId, sha256],
  );
  return found;
}

async function keep(files: FileStore, received: Received, declared: string): Promise<AttachmentView> {
  const file = await received.read();
  const { sha256, size } = received;
  const mediaType = sniff(file);
  if (!mediaType) throw refusal('attachment.unsupported', '附件应为 JPEG、PNG、WebP 图片或 PDF');
  requireMatch(declared, mediaType);
  const fault = structureFault(file, mediaType);
  if (fault) throw refusal('attachment.damaged', fault);
  const picture = mediaType === 'application/pdf' ? null : await inspect(file, mediaType);
  await files.put(attachmentKey(sha256), file);
  return { sha256, mediaType, size, width: picture?.width ?? null, height: picture?.height ?? null };
}

async function inspect(file: Buffer, mediaType: MediaType) {
  try {
    return await inspectPicture(file, mediaType);
  } catch (error) {
    if (error instanceof PictureError) throw refusal('attachment.damaged', error.message);
    throw error;
  }
}

/** Writes down who brought a stored file. Answers whether this person had not brought it before: what others brought is nobody's business. */
export async function nameAttachment(ctx: Ctx, file: AttachmentView): Promise<boolean> {
  const added: unknown[] = await ctx.em.query(
    `WITH file AS (
       INSERT INTO attachments (district_id, sha256, media_type, size, width, height, stored_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)
     INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) VALUES ($1, $2, $8, $7)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [
      ctx.actor.districtId,
      file.sha256,
      file.mediaType,
      file.size,
      file.width,
      file.height,
      ctx.now,
      ctx.actor.userId,
    ],
  );
  return added.length > 0;
}

/** A client that does not know what it sends says octet-stream. */
function requireType(declared: string): void {
  const taken = declared === 'application/octet-stream' || MEDIA_TYPES.some((type) => type === declared);
  if (!taken) throw refusal('attachment.unsupported', '附件应为 JPEG、PNG、WebP 图片或 PDF');
}

function requireMatch(declared: string, found: MediaType): void {
  if (declared !== 'application/octet-stream' && declared !== found) {
    throw refusal('attachment.unsupported', `内容类型声明为 ${declared}，实际是 ${found}`);
  }
}

const refusal = (code: ProblemCode, detail: string) => problem(code, detail);
