import type { EntityManager } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { localDay } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import { makeCtx, systemActor } from '../foundation/context.js';
import { record } from '../history/events.js';
import { Export } from './export.entity.js';

/** What `export.write` is told; the rest is read when it runs. */
export type ExportJob = { districtId: string; exportId: string };

/**
 * The export to write and its requester as they are now, marked as running. Null when it needs no writing (any more).
 * @throws access.denied when the requester may not export any more: disabled, expired, or of another role by now
 */
export async function beginExport(
  em: EntityManager,
  { districtId, exportId }: ExportJob,
  now: Date,
): Promise<{ row: Export; actor: Actor } | null> {
  const row = await em.findOneBy(Export, { districtId, id: exportId });
  if (!row || !['queued', 'running'].includes(row.status)) return null;
  const actor = await requesterNow(em, row, now);
  if (!actor || !permits(actor.roles, 'export.create')) {
    throw problem('access.denied', '申请人的账号已停用或不再有导出权限');
  }
  await em.update(
    Export,
    { districtId, id: exportId },
    { status: 'running', progress: 0, rowCount: 0, error: null },
  );
  return { row, actor };
}

/** `lock`: nobody changes the person until the transaction ends. */
async function requesterNow(em: EntityManager, row: Export, now: Date, lock = false): Promise<Actor | null> {
  const [user]: (Omit<Actor, 'kind'> & { validUntil: string | null })[] = await em.query(
    `SELECT u.id AS "userId", u.name, u.district_id AS "districtId", u.roles, u.unit_id AS "unitId", u.valid_until AS "validUntil",
       ARRAY(SELECT z.zone_id FROM user_zones z WHERE z.district_id = u.district_id AND z.user_id = u.id ORDER BY z.zone_id) AS "zoneIds"
     FROM users u WHERE u.district_id = $1 AND u.id = $2 AND u.disabled_at IS NULL ${lock ? 'FOR SHARE OF u' : ''}`,
    [row.districtId, row.requestedBy],
  );
  if (!user) return null;
  const { validUntil, ...actor } = user;
  if (validUntil !== null && validUntil < localDay(now)) return null;
  return { kind: 'person', ...actor };
}

export async function noteProgress(
  em: EntityManager,
  { districtId, exportId }: ExportJob,
  rows: number,
  total: number,
): Promise<void> {
  // 100 is said only with the file.
  const progress = Math.min(99, total === 0 ? 99 : Math.floor((rows / total) * 100));
  await em.update(Export, { districtId, id: exportId, status: 'running' }, { rowCount: rows, progress });
}

export type Written = { storageKey: string; rows: number; size: number; sha256: string };

/**
 * The export is done: its row and the history say so, in the caller's transaction. What was written is what the requester
 * reached when it began; whose roles, unit or zones became others meanwhile gets nothing of it, just as finished exports end
 * with the reach they were made under (expire.ts). Assignments come and go with every visit and are as of the beginning.
 * @throws export.reach_changed
 */
export async function finishExport(
  em: EntityManager,
  { row, actor }: { row: Export; actor: Actor },
  written: Written,
  now: Date,
): Promise<void> {
  const { storageKey, size, sha256, rows } = written;
  const present = await requesterNow(em, row, now, true);
  if (!present || reachOf(present) !== reachOf(actor)) {
    throw problem('export.reach_changed', '导出期间您的岗位、单位或责任区有变动，请重新导出');
  }
  const { affected } = await em.update(
    Export,
    { districtId: row.districtId, id: row.id, status: 'running' },
    { status: 'done', progress: 100, rowCount: rows, storageKey, size, sha256, finishedAt: now },
  );
  if (!affected) return; // another run of the same job was first
  await record(makeCtx(em, actor, now), {
    subjectType: 'export',
    subjectId: row.id,
    action: 'export.written',
    data: { rows, size, sha256 },
  });
}

const reachOf = ({ roles, unitId, zoneIds }: Actor): string =>
  JSON.stringify([[...roles].sort(), unitId, zoneIds]);

/** The export will not be made; `message` tells the requester why. */
export async function failExport(
  em: EntityManager,
  { districtId, exportId }: ExportJob,
  message: string,
  now: Date,
): Promise<void> {
  const [rows]: [unknown[], number] = await em.query(
    `UPDATE exports SET status = 'failed', error = $3, finished_at = $4
     WHERE district_id = $1 AND id = $2 AND status IN ('queued', 'running') RETURNING id`,
    [districtId, exportId, message, now],
  );
  if (rows.length === 0) return;
  await record(makeCtx(em, systemActor(districtId), now), {
    subjectType: 'export',
    subjectId: exportId,
    action: 'export.failed',
    reason: message,
  });
}
