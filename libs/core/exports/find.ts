import type { Readable } from 'node:stream';
import type { FileStore } from '#platform/files.js';
import { localDay } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { KEPT_DAYS } from './expire.js';
import { Export, type ExportFormat, type ExportStatus } from './export.entity.js';

export type ExportView = {
  id: string;
  kind: 'issues';
  format: ExportFormat;
  status: ExportStatus;
  progress: number;
  rows: number | null;
  size: number | null;
  sha256: string | null;
  /** Where the file is, once it is done. */
  url: string | null;
  error: string | null;
  createdAt: Date;
  finishedAt: Date | null;
  /** When the file goes. */
  expiresAt: Date | null;
};

export function showExport(row: Export): ExportView {
  const { id, kind, format, status, progress, size, sha256, error, createdAt, finishedAt } = row;
  const done = status === 'done';
  return {
    id,
    kind,
    format,
    status,
    progress,
    rows: row.rowCount,
    size,
    sha256,
    url: done ? `/api/v1/exports/${id}/file` : null,
    error,
    createdAt,
    finishedAt,
    expiresAt: done && finishedAt ? new Date(finishedAt.getTime() + KEPT_DAYS * 86_400_000) : null,
  };
}

/** The requester's own export; nobody else sees it. @throws resource.not_found */
export async function findExport(ctx: Ctx, id: string): Promise<Export> {
  const { districtId, userId } = ctx.actor;
  const row = await ctx.em.findOneBy(Export, { districtId, id, requestedBy: userId });
  if (!row) throw problem('resource.not_found', '没有这个导出任务');
  return row;
}

export type ExportFile = { stream: Readable; size: number; name: string; format: ExportFormat };

/** The bytes of a finished export. @throws resource.not_found, export.not_ready, export.expired */
export async function openExport(ctx: Ctx, files: FileStore, id: string): Promise<ExportFile> {
  const row = await findExport(ctx, id);
  if (row.status === 'expired')
    throw problem('export.expired', `导出文件只保留 ${KEPT_DAYS} 天，岗位变动后不再提供，请重新导出`);
  if (row.status === 'failed') throw problem('export.not_ready', row.error ?? '导出失败，请重新导出');
  const stream = row.status === 'done' && row.storageKey ? await files.get(row.storageKey) : undefined;
  if (!stream) throw problem('export.not_ready', '请等导出完成后再下载');
  const name = `问题台账-${localDay(row.createdAt)}.${row.format}`;
  return { stream, size: row.size ?? 0, name, format: row.format };
}
