import type { EntityManager } from 'typeorm';
import { queryPrepared } from '#platform/database.js';
import { type Actor, scopeOf } from '#rules/actor.js';
import type { ComplianceStatus } from '#rules/compliance.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  decodeCursor,
  type Page,
  type PageQuery,
  pageOf,
  shownCount,
} from '../foundation/paging.js';
import { isAssignedTo, withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { COMPLIANCE_SELECT, type ComplianceRow, type ComplianceView, complianceView } from './unit-status.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UNIT_COLUMNS = { district: 'u.district_id', unit: 'u.id', zone: 'u.zone_id' };
/** Units read at a time where the status, which no column holds, is the filter. */
const BATCH = 500;

export const unknownSubject = () => problem('compliance.subject_unknown', '没有这个单位，请核对编号或代码');

/** One row about one unit of the district, by id or code. Whether the actor may see it is `mayRead`'s question. */
export async function readCompliance(
  em: EntityManager,
  districtId: string,
  idOrCode: string,
): Promise<ComplianceRow | undefined> {
  const by = UUID.test(idOrCode) ? 'id' : 'code';
  const [row] = await queryPrepared<ComplianceRow>(
    em,
    `${COMPLIANCE_SELECT} WHERE u.district_id = $1 AND u.${by} = $2`,
    [districtId, by === 'id' ? idOrCode.toLowerCase() : idOrCode],
    { shared: true },
  );
  return row;
}

/** `withinScope` for a unit already at hand; only an inspector beyond the own zones costs a query. */
export async function mayRead(ctx: Ctx, unit: { id: string; zoneId: string | null }): Promise<boolean> {
  return reaches(ctx.actor, unit) || isAssignedTo(ctx, unit.id);
}

/** As far as the actor's own zones and unit go; asks nobody. */
export function reaches(actor: Actor, unit: { id: string; zoneId: string | null }): boolean {
  const scope = scopeOf(actor);
  if (scope.all) return true;
  return scope.unitIds.includes(unit.id) || (unit.zoneId !== null && scope.zoneIds.includes(unit.zoneId));
}

/** @throws compliance.subject_unknown where there is no such unit or it is not the actor's to see */
export async function findCompliance(ctx: Ctx, idOrCode: string): Promise<ComplianceRow> {
  const row = await readCompliance(ctx.em, ctx.actor.districtId, idOrCode);
  if (!row || !(await mayRead(ctx, row))) throw unknownSubject();
  return row;
}

export type UnitsFilter = { status?: ComplianceStatus; zoneId?: string; kind?: ComplianceRow['kind'] };

/** Units of the actor's scope that have not closed, by code, with their present status. */
export async function listCompliance(
  ctx: Ctx,
  query: UnitsFilter & PageQuery,
): Promise<Page<ComplianceView>> {
  const limit = query.limit ?? 50;
  const after = query.cursor ? String(decodeCursor(query.cursor, 1)[0]) : '';
  const found = await take(ctx, query, after, limit + 1);
  const page = pageOf(
    found,
    limit,
    (view) => view,
    (view) => [view.unit.code],
  );
  if (!query.count) return page;
  return { ...page, count: shownCount((await take(ctx, query, '', COUNT_LIMIT + 1)).length) };
}

async function take(ctx: Ctx, filter: UnitsFilter, after: string, most: number): Promise<ComplianceView[]> {
  const found: ComplianceView[] = [];
  for (let last = after; ; ) {
    const batch = await openUnits(ctx, filter, last);
    for (const row of batch) {
      const view = complianceView(row, ctx.today);
      if (!filter.status || view.status === filter.status) found.push(view);
      if (found.length === most) return found;
    }
    if (batch.length < BATCH) return found;
    last = batch[batch.length - 1]!.code;
  }
}

/** Rows of the scope's units that have not closed, by code; all of them unless `after` is given (then a batch). */
export async function openUnits(
  ctx: Ctx,
  filter: Pick<UnitsFilter, 'zoneId' | 'kind'>,
  after?: string,
): Promise<ComplianceRow[]> {
  const where = withinScope(new Where(), ctx.actor, UNIT_COLUMNS);
  where.and('u.closed_on IS NULL OR u.closed_on > ?', ctx.today);
  if (filter.zoneId) where.and('u.zone_id = ?', filter.zoneId);
  if (filter.kind) where.and('u.kind = ?', filter.kind);
  if (after) where.and('u.code > ?', after);
  const limit = after === undefined ? '' : `LIMIT ${BATCH}`;
  return ctx.em.query(`${COMPLIANCE_SELECT} WHERE ${where} ORDER BY u.code ${limit}`, where.params);
}
