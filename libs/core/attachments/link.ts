import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';

export type AttachmentSubject = { type: 'inspection' | 'issue' | 'notice'; id: string };

/**
 * Attaches uploaded files to what they belong to. Only who uploaded a file may name its hash.
 * `pointer` is the JSON pointer of the list in the request. @throws attachment.unknown (400) naming each hash
 */
export async function linkAttachments(
  ctx: Ctx,
  subject: AttachmentSubject,
  hashes: readonly string[],
  pointer = '/attachments',
): Promise<void> {
  if (hashes.length === 0) return;
  const { districtId, userId } = ctx.actor;
  const known: { sha256: string }[] = await ctx.em.query(
    `SELECT sha256 FROM attachment_uploads WHERE district_id = $1 AND user_id = $2 AND sha256 = ANY($3)`,
    [districtId, userId, hashes],
  );
  const mine = new Set(known.map((row) => row.sha256));
  const missing = hashes.map((hash, i) => ({ hash, i })).filter(({ hash }) => !mine.has(hash));
  if (missing.length) {
    throw problem('attachment.unknown', {
      detail: '请先上传附件，再提交',
      errors: missing.map(({ i }) => ({
        pointer: `${pointer}/${i}`,
        code: 'attachment.unknown',
        message: '该附件尚未上传',
      })),
    });
  }
  await ctx.em.query(
    `INSERT INTO attachment_links (district_id, sha256, subject_type, subject_id, linked_by, linked_at)
     SELECT $1, h, $2, $3, $4, $5 FROM unnest($6::text[]) h ON CONFLICT DO NOTHING`,
    [districtId, subject.type, subject.id, userId, ctx.now, hashes],
  );
}
