import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { enqueue, record } from '../history/events.js';
import { type IssueFilter, momentOf } from '../issues/filter.js';
import { Export, type ExportFormat } from './export.entity.js';
import { type ExportView, showExport } from './find.js';

export type ExportRequest = { kind: 'issues'; format: ExportFormat; filter: IssueFilter };

/** Exports that one person may be waiting for at the same time. */
const MOST_UNFINISHED = 20;

/**
 * Asks for a large download. The worker writes it, seeing what the requester may see at that moment.
 * @throws request.invalid for the ledger as of an instant to come; export.too_many (429)
 */
export async function requestExport(ctx: Ctx, request: ExportRequest): Promise<ExportView> {
  momentOf(ctx, request.filter.asOf, '/filter/asOf');
  await requireFew(ctx);
  const row: Export = {
    districtId: ctx.actor.districtId,
    id: newId(ctx.now),
    kind: request.kind,
    format: request.format,
    filter: request.filter,
    status: 'queued',
    progress: 0,
    rowCount: null,
    storageKey: null,
    size: null,
    sha256: null,
    error: null,
    requestedBy: ctx.actor.userId,
    createdAt: ctx.now,
    finishedAt: null,
  };
  await ctx.em.insert(Export, row);
  await record(ctx, {
    subjectType: 'export',
    subjectId: row.id,
    action: 'export.requested',
    data: { kind: row.kind, format: row.format, filter: row.filter },
  });
  await enqueue(ctx, 'export.write', `export.write:${row.id}`, {
    districtId: row.districtId,
    exportId: row.id,
  });
  return showExport(row);
}

/** One request of a person at a time passes here, so that many at once are counted too. */
async function requireFew(ctx: Ctx): Promise<void> {
  const { districtId, userId } = ctx.actor;
  await ctx.em.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 12))`, [userId]);
  const [{ n }]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*)::integer AS n FROM exports
     WHERE district_id = $1 AND requested_by = $2 AND status IN ('queued', 'running')`,
    [districtId, userId],
  );
  if (n < MOST_UNFINISHED) return;
  throw problem('export.too_many', {
    detail: `您已有 ${n} 个导出在等待，请等其中一些完成`,
    retryAfter: 30,
  });
}
