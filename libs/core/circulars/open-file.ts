import type { Readable } from 'node:stream';
import type { FileStore } from '#platform/files.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import type { CircularFormat } from './circular.entity.js';
import { readCircular } from './read.js';

export type OpenedFile = { stream: Readable; size: number; sha256: string; name: string };

/** The bytes of a circular's present document. @throws resource.not_found, circular.not_ready (409) */
export async function openCircularFile(
  ctx: Ctx,
  files: FileStore,
  id: string,
  format: CircularFormat,
): Promise<OpenedFile> {
  const circular = await readCircular(ctx, id);
  const [row]: { key: string; size: number; sha256: string }[] = await ctx.em.query(
    `SELECT f.storage_key AS key, f.size, f.sha256 FROM circular_files f
     JOIN circulars c ON c.district_id = f.district_id AND c.id = f.circular_id AND c.render_revision = f.render_revision
     WHERE f.district_id = $1 AND f.circular_id = $2 AND f.format = $3`,
    [ctx.actor.districtId, id, format],
  );
  const stream = row ? await files.get(row.key) : undefined;
  if (!row && circular.status === 'issued') {
    // Its files are those that it was issued with: none is added.
    throw problem('resource.not_found', '这份通报印发时还没有这种格式的文件');
  }
  if (!row || !stream) {
    const failed = circular.status === 'failed';
    throw problem('circular.not_ready', {
      detail: failed ? '文件生成失败，请先重做' : '文件正在生成，请稍候再取',
      ...(failed ? {} : { retryAfter: 2 }),
    });
  }
  const { size, sha256 } = row;
  return {
    stream,
    size,
    sha256,
    name: `${circular.documentNumber ?? '（草稿）'}${circular.title}.${format}`,
  };
}
