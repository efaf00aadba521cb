import type { Actor } from '#rules/actor.js';
import { endOfDay, isDay, startOfDay } from '#rules/local-date.js';
import { invalid, problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { IN_A_SEAL } from '../history/seal.js';
import { toldToUnit } from '../inspections/find.js';

/** One entry of the history, as it was written. */
export type AuditEntry = {
  id: number;
  at: Date;
  actorId: string | null;
  actorName: string;
  subjectType: string;
  subjectId: string;
  unitId: string | null;
  action: string;
  reason: string | null;
  data: Record<string, unknown>;
  requestId: string | null;
  /** In a sealed batch already; the worker seals within seconds. What was put in by going around the history never is. */
  sealed: boolean;
};
export type AuditFilter = {
  subjectType?: string;
  subjectId?: string;
  actorId?: string;
  unitId?: string;
  action?: string;
  /** A local day (whole) or an instant. */
  from?: string;
  to?: string;
};

function instant(field: 'from' | 'to', text: string, ofDay: (day: string) => Date): Date {
  const at = isDay(text.slice(0, 10)) ? (text.length === 10 ? ofDay(text) : new Date(text)) : null;
  if (at && !Number.isNaN(at.getTime())) return at;
  throw invalid({ pointer: `/${field}`, code: 'instant', message: '应为真实的日期，或带时区的时刻' });
}

/** The text of a timestamptz as PostgreSQL writes it, with a time that exists. */
const isTimestamp = (text: unknown): boolean =>
  typeof text === 'string' &&
  isDay(text.slice(0, 10)) &&
  /^ ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/.test(text.slice(10));

/**
 * Who belongs to a unit, whatever else they are, does not read of visits there that are being prepared or written: not in the
 * entries of the visit, nor in those of its plan or its photos (回避).
 */
function withoutOwnVisits(where: Where, { unitId }: Actor): void {
  if (unitId === null) return;
  const own = `${where.param(unitId)}::uuid`;
  const visit = `SELECT 1 FROM inspections x WHERE x.district_id = e.district_id AND NOT (${toldToUnit('x')})`;
  where.and(`CASE e.subject_type
    WHEN 'inspection' THEN (e.unit_id IS DISTINCT FROM ${own} AND e.data #>> '{before,unitId}' IS DISTINCT FROM ${own}::text)
      OR NOT EXISTS (${visit} AND x.id = e.subject_id)
    WHEN 'plan' THEN position(${own}::text IN e.data::text) = 0
      OR (EXISTS (SELECT 1 FROM inspections t WHERE t.district_id = e.district_id AND t.plan_id = e.subject_id AND t.unit_id = ${own})
        AND NOT EXISTS (${visit} AND x.plan_id = e.subject_id AND x.unit_id = ${own}))
    WHEN 'attachment' THEN NOT EXISTS (${visit} AND x.unit_id = ${own} AND x.id IN (SELECT l.subject_id FROM attachment_links l
      WHERE l.district_id = e.district_id AND l.subject_type = 'inspection' AND l.sha256 = e.data->>'sha256'))
    ELSE true END`);
}

/**
 * The history of the actor's district, the newest first. An auditor to whom only some zones are granted sees what
 * happened at their units; entries without a unit (logins, settings) are then not shown.
 */
export async function listAuditLog(ctx: Ctx, query: AuditFilter & PageQuery): Promise<Page<AuditEntry>> {
  const limit = query.limit ?? 50;
  const where = withinScope(new Where(), ctx.actor, {
    district: 'e.district_id',
    unit: 'e.unit_id',
    zone: 'u.zone_id',
  });
  withoutOwnVisits(where, ctx.actor);
  if (query.subjectType) where.and('e.subject_type = ?', query.subjectType);
  if (query.subjectId) where.and('e.subject_id = ?', query.subjectId);
  if (query.actorId) where.and('e.actor_id = ?', query.actorId);
  if (query.unitId) where.and('e.unit_id = ?', query.unitId);
  if (query.action) where.and('e.action = ?', query.action);
  if (query.from) where.and('e.at >= ?', instant('from', query.from, startOfDay));
  if (query.to) where.and('e.at < ?', instant('to', query.to, endOfDay));
  const joined = 'events e LEFT JOIN units u ON u.district_id = e.district_id AND u.id = e.unit_id';
  const count = query.count ? await countRows(ctx, joined, where) : undefined;
  if (query.cursor) {
    const [at, id] = decodeCursor(query.cursor, 2);
    if (!isTimestamp(at) || !Number.isSafeInteger(id))
      throw problem('request.cursor_invalid', '请从第一页重新查询');
    where.and('(e.at, e.id) < (?::timestamptz, ?::bigint)', at, id);
  }
  const rows: (AuditEntry & { key: string })[] = await ctx.em.query(
    `SELECT e.id, e.at, e.actor_id AS "actorId", e.actor_name AS "actorName", e.subject_type AS "subjectType",
       e.subject_id AS "subjectId", e.unit_id AS "unitId", e.action, e.reason, e.data, e.request_id AS "requestId",
       ${IN_A_SEAL} AS sealed, e.at::text AS key
     FROM ${joined}
     WHERE ${where} ORDER BY e.at DESC, e.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    ({ key: _, ...entry }) => entry,
    (row) => [row.key, row.id],
  );
  return { ...page, ...(count !== undefined && { count }) };
}
