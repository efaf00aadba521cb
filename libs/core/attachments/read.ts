import type { Readable } from 'node:stream';
import type { FileStore } from '#platform/files.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { record } from '../history/events.js';
import type { MediaType } from './formats.js';
import { renditionType } from './images.js';
import { rendition, renditionTag } from './renditions.js';
import { type AttachmentView, attachmentKey, findAttachment } from './store.js';

export type AttachmentFile = { mediaType: MediaType; etag: string; body: Buffer | Readable; size: number };
/** A file that the actor may see: its tag, and how to open it once it is known to be needed. */
export type OpenableAttachment = { etag: string; open(): Promise<AttachmentFile> };

/**
 * A file for whoever may read what it is attached to, or brought it. The office and auditors get the original, others a
 * rendition without position data. Opening it is a view of evidence and stands in the history.
 * @throws resource.not_found
 */
export async function findReadable(ctx: Ctx, files: FileStore, sha256: string): Promise<OpenableAttachment> {
  const found = await requireReadable(ctx, sha256);
  const original = found.mediaType === 'application/pdf' || permits(ctx.actor.roles, 'attachment.original');
  const etag = original ? `"${sha256}"` : renditionTag(sha256, 'plain');
  return {
    etag,
    open: async () => {
      const body = original ? await originalOf(files, found) : await rendition(files, found, 'plain');
      await record(ctx, {
        subjectType: 'attachment',
        subjectId: attachmentId(sha256),
        unitId: found.unitId,
        action: 'attachment.viewed',
        data: { sha256, original },
      });
      return {
        etag,
        body,
        mediaType: original ? found.mediaType : renditionType('plain', found.mediaType),
        size: Buffer.isBuffer(body) ? body.length : found.size,
      };
    },
  };
}

/** A small picture for lists, at most 320 pixels a side. @throws resource.not_found; attachment.no_thumbnail (415) for a PDF */
export async function findThumbnail(ctx: Ctx, files: FileStore, sha256: string): Promise<OpenableAttachment> {
  const found = await requireReadable(ctx, sha256);
  if (found.mediaType === 'application/pdf') {
    throw problem('attachment.no_thumbnail', 'PDF 没有缩略图，请打开原件查看');
  }
  const etag = renditionTag(sha256, 'thumbnail');
  return {
    etag,
    open: async () => {
      const body = await rendition(files, found, 'thumbnail');
      return { etag, body, mediaType: renditionType('thumbnail', found.mediaType), size: body.length };
    },
  };
}

/** The history's id of a file: events name their subject by UUID, and a hash holds more than enough of one (version 8). */
export function attachmentId(sha256: string): string {
  const [a, b, c, d, e] = [
    sha256.slice(0, 8),
    sha256.slice(8, 12),
    sha256.slice(13, 16),
    sha256.slice(17, 20),
    sha256.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}

async function originalOf(files: FileStore, { sha256 }: AttachmentView): Promise<Readable> {
  const stored = await files.get(attachmentKey(sha256));
  if (!stored) throw new Error(`the file of attachment ${sha256} is missing from the store`);
  return stored;
}

/**
 * The unit of anything the file is attached to that the actor may read. Evidence of an inspection becomes the unit's to
 * see when the inspection is submitted, or at once in its own self-check.
 */
async function requireReadable(
  ctx: Ctx,
  sha256: string,
): Promise<AttachmentView & { unitId: string | null }> {
  const { actor } = ctx;
  const missing = problem('resource.not_found', '没有这份附件');
  const found = await findAttachment(ctx, sha256);
  // The technician manages accounts and sees no evidence, not even what was once brought in another role.
  if (!found || !permits(actor.roles, 'issue.read')) throw missing;

  const where = new Where().and('s.sha256 = ?', sha256);
  withinScope(where, actor, { district: 's.district_id', unit: 's.unit_id', zone: 's.zone_id' });
  if (actor.unitId) where.and('s.told OR s.unit_id <> ?', actor.unitId);
  const [reached]: { unitId: string }[] = await ctx.em.query(
    `SELECT s.unit_id AS "unitId" FROM (
       SELECT l.district_id, l.sha256, x.unit_id, u.zone_id,
         (x.submitted_at IS NOT NULL OR x.kind = 'self_check') AS told
       FROM attachment_links l
       JOIN inspections x ON l.subject_type = 'inspection' AND x.district_id = l.district_id AND x.id = l.subject_id
       JOIN units u ON u.district_id = x.district_id AND u.id = x.unit_id
       UNION ALL
       SELECT l.district_id, l.sha256, i.unit_id, u.zone_id, true
       FROM attachment_links l
       JOIN issues i ON l.subject_type = 'issue' AND i.district_id = l.district_id AND i.id = l.subject_id
       JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
       UNION ALL
       SELECT l.district_id, l.sha256, n.unit_id, u.zone_id, true
       FROM attachment_links l
       JOIN notices n ON l.subject_type = 'notice' AND n.district_id = l.district_id AND n.id = l.subject_id
       JOIN units u ON u.district_id = n.district_id AND u.id = n.unit_id
     ) s WHERE ${where} LIMIT 1`,
    where.params,
  );
  if (reached) return { ...found, unitId: reached.unitId };
  const [own]: unknown[] = await ctx.em.query(
    `SELECT 1 FROM attachment_uploads WHERE district_id = $1 AND sha256 = $2 AND user_id = $3`,
    [actor.districtId, sha256, actor.userId],
  );
  if (!own) throw missing;
  return { ...found, unitId: null };
}
