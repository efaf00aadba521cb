import { problem } from '#rules/problems.js';
import type { Stage } from '#rules/stages.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  decodeCursor,
  type Page,
  type PageQuery,
  pageOf,
  shownCount,
} from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { containing, withinDirectory } from './reach.js';

export type UnitKind = 'school' | 'training_institution' | 'department';
/** Number of pupils by grade (1–12), or in all. */
export type Pupils = Record<string, number> | number;
export type UnitView = {
  id: string;
  kind: UnitKind;
  code: string;
  name: string;
  stages: Stage[];
  ownership: 'public' | 'private' | null;
  boarding: boolean;
  zoneId: string | null;
  pupils: Pupils;
  address: string | null;
  openedOn: string | null;
  closedOn: string | null;
};
export type UnitFilter = { zoneId?: string; stage?: Stage; q?: string; closed?: boolean };

const COLUMNS = `u.id, u.kind, u.code, u.name, u.stages, u.ownership, u.boarding, u.zone_id AS "zoneId", u.pupils, u.address,
  u.opened_on AS "openedOn", u.closed_on AS "closedOn"`;
const KIND_TEXT: Record<UnitKind, string> = {
  school: '学校',
  training_institution: '培训机构',
  department: '部门',
};
export const noSuchUnit = (kind: UnitKind) => problem('resource.not_found', `没有这个${KIND_TEXT[kind]}`);

/** Units of a kind within the actor's reach, by code. */
export async function listUnits(
  ctx: Ctx,
  kind: UnitKind,
  query: UnitFilter & PageQuery,
): Promise<Page<UnitView>> {
  const limit = query.limit ?? 50;
  const where = withinDirectory(new Where(), ctx.actor).and('u.kind = ?', kind);
  if (query.zoneId) where.and('u.zone_id = ?', query.zoneId);
  if (query.stage) where.and('? = ANY(u.stages)', query.stage);
  if (query.q) where.and('u.name ILIKE ? OR u.code ILIKE ?', containing(query.q), containing(query.q));
  if (query.closed === true) where.and('u.closed_on <= ?', ctx.today);
  if (query.closed === false) where.and('u.closed_on IS NULL OR u.closed_on > ?', ctx.today);
  const counted = query.count ? await countUnits(ctx, where) : undefined;
  if (query.cursor) where.and('u.code > ?', String(decodeCursor(query.cursor, 1)[0]));
  const rows: UnitView[] = await ctx.em.query(
    `SELECT ${COLUMNS} FROM units u WHERE ${where} ORDER BY u.code LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.code],
  );
  return counted === undefined ? page : { ...page, count: shownCount(counted) };
}

async function countUnits(ctx: Ctx, where: Where): Promise<number> {
  const [row]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*) AS n FROM (SELECT 1 FROM units u WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) found`,
    where.params,
  );
  return row.n;
}

/** @throws resource.not_found where there is none of this kind or it is not the actor's to see */
export async function showUnit(ctx: Ctx, kind: UnitKind, id: string): Promise<UnitView> {
  const found = await findEntry(ctx, kind, id);
  if (!found) throw noSuchUnit(kind);
  return found;
}

/** The entry as shown, or null; `lock` keeps it as it is until the transaction ends, but for its key, which whoever writes of the unit holds. */
export async function findEntry(
  ctx: Ctx,
  kind: UnitKind,
  id: string,
  lock = false,
): Promise<UnitView | null> {
  const where = withinDirectory(new Where(), ctx.actor).and('u.id = ?', id).and('u.kind = ?', kind);
  const [row]: UnitView[] = await ctx.em.query(
    `SELECT ${COLUMNS} FROM units u WHERE ${where} ${lock ? 'FOR NO KEY UPDATE OF u' : ''}`,
    where.params,
  );
  return row ?? null;
}
