import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { decodeCursor, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { record } from '../history/events.js';
import { changesOf, containing } from './reach.js';

/** A supervision zone (督学责任区). Its name is no secret within the district. */
export type ZoneView = { id: string; code: string; name: string; closedOn: string | null; schools: number };
export type ZoneChange = { code?: string; name?: string; closedOn?: string | null };

/** Schools that have not closed are counted. */
const COLUMNS = (today: string) => `z.id, z.code, z.name, z.closed_on AS "closedOn",
  (SELECT count(*) FROM units u WHERE u.district_id = z.district_id AND u.zone_id = z.id AND u.kind = 'school'
     AND (u.closed_on IS NULL OR u.closed_on > ${today})) AS schools`;
const noSuchZone = () => problem('resource.not_found', '没有这个责任区');
const codeTaken = (code: string) => problem('resource.conflict', `代码 ${code} 已被其他责任区使用`);

/** The zones of the district, by code. */
export async function listZones(
  ctx: Ctx,
  query: { q?: string; closed?: boolean } & PageQuery,
): Promise<Page<ZoneView>> {
  const limit = query.limit ?? 50;
  const where = new Where().and('z.district_id = ?', ctx.actor.districtId);
  const today = where.param(ctx.today);
  if (query.q) where.and('z.name ILIKE ? OR z.code ILIKE ?', containing(query.q), containing(query.q));
  if (query.closed === true) where.and(`z.closed_on <= ${today}`);
  if (query.closed === false) where.and(`z.closed_on IS NULL OR z.closed_on > ${today}`);
  // The day is a parameter of the statement whether or not a filter asks for it.
  const from = `zones z CROSS JOIN (SELECT ${today}::date) t`;
  const count = query.count ? await countRows(ctx, from, where) : undefined;
  if (query.cursor) where.and('z.code > ?', String(decodeCursor(query.cursor, 1)[0]));
  const rows: ZoneView[] = await ctx.em.query(
    `SELECT ${COLUMNS(`${today}::date`)} FROM zones z WHERE ${where} ORDER BY z.code LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.code],
  );
  return { ...page, ...(count !== undefined && { count }) };
}

/** @throws resource.not_found */
export async function showZone(ctx: Ctx, id: string): Promise<ZoneView> {
  const [row]: ZoneView[] = await ctx.em.query(
    `SELECT ${COLUMNS('$3::date')} FROM zones z WHERE z.district_id = $1 AND z.id = $2`,
    [ctx.actor.districtId, id, ctx.today],
  );
  if (!row) throw noSuchZone();
  return row;
}

/** @throws resource.conflict (409) where the code is taken */
export async function createZone(ctx: Ctx, given: { code?: string; name: string }): Promise<ZoneView> {
  const id = newId();
  const code = given.code ?? id.slice(-8);
  const inserted: unknown[] = await ctx.em.query(
    `INSERT INTO zones (district_id, id, code, name, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (district_id, code) DO NOTHING RETURNING id`,
    [ctx.actor.districtId, id, code, given.name.trim(), ctx.now],
  );
  if (inserted.length === 0) throw codeTaken(code);
  const zone = await showZone(ctx, id);
  await record(ctx, { subjectType: 'zone', subjectId: id, action: 'created', data: { zone } });
  return zone;
}

/** @throws resource.not_found, request.stale (412), resource.conflict (409: the code is taken, or units are still in it) */
export async function changeZone(ctx: Ctx, id: string, given: ZoneChange): Promise<ZoneView> {
  const locked: unknown[] = await ctx.em.query(
    `SELECT 1 FROM zones WHERE district_id = $1 AND id = $2 FOR UPDATE`,
    [ctx.actor.districtId, id],
  );
  if (locked.length === 0) throw noSuchZone();
  const present = await showZone(ctx, id);
  await requireFresh(ctx, () => present);
  const changes = changesOf(present, {
    ...given,
    ...(given.name !== undefined ? { name: given.name.trim() } : {}),
  });
  if (Object.keys(changes).length === 0) return present;
  if (changes.code) {
    const taken: unknown[] = await ctx.em.query(`SELECT 1 FROM zones WHERE district_id = $1 AND code = $2`, [
      ctx.actor.districtId,
      given.code,
    ]);
    if (taken.length) throw codeTaken(given.code ?? '');
  }
  if (given.closedOn && present.schools > 0) {
    throw problem('resource.conflict', `该责任区还有 ${present.schools} 所学校，请先调整到其他责任区`);
  }
  await ctx.em.query(
    `UPDATE zones SET code = coalesce($3, code), name = coalesce($4, name), closed_on = $5, revision = revision + 1
     WHERE district_id = $1 AND id = $2`,
    [
      ctx.actor.districtId,
      id,
      given.code ?? null,
      given.name?.trim() ?? null,
      given.closedOn === undefined ? present.closedOn : given.closedOn,
    ],
  );
  await record(ctx, {
    subjectType: 'zone',
    subjectId: id,
    action: changes.closedOn ? (given.closedOn ? 'closed' : 'reopened') : 'updated',
    data: { changes },
  });
  return showZone(ctx, id);
}
