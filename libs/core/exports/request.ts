import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { enqueue, record } from '../history/events.js';
import { type IssueFilter, momentOf } from '../issues/filter.js';
import { Export, type ExportFormat } from './export.entity.js';
import { type ExportView, showExport } from './find.js';

export type ExportRequest = { kind: 'issues'; format: ExportFormat; filter: IssueFilter };

/**
 * Asks for a large download. The worker writes it, seeing what the requester may see at that moment.
 * @throws request.invalid for the ledger as of an instant to come
 */
export async function requestExport(ctx: Ctx, request: ExportRequest): Promise<ExportView> {
  momentOf(ctx, request.filter.asOf);
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
