/**
 * The change feed: every unit once at first, then whatever became another, oldest first. It is read by numbers that are
 * given out only to committed changes (numbering.ts), so a late commit is never skipped. What an inspector came to reach or
 * ceased to reach by an assignment beyond the own zones stands in the same series (`assignment_changes`).
 */
import { scopeOf } from '#rules/actor.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { decodeCursor, encodeCursor, isCursorId } from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { numberChanges } from './numbering.js';
import {
  COMPLIANCE_SELECT,
  type ComplianceRow,
  type ComplianceView,
  complianceView,
  isClosed,
} from './unit-status.js';

export type Tombstone = { unit: { id: string }; deleted: true; reason: 'closed' | 'out_of_scope' };
export type Changes = { items: (ComplianceView | Tombstone)[]; nextCursor: string; hasMore: boolean };

/**
 * `seen`: the number of the last change shown. `places`: the zones and units that the reader reached then, and the own id of
 * who reaches units by assignment. `lost`: those since lost and not yet told.
 */
type Cursor = { seen: number; places: string[]; lost: string[] };
type FeedRow = ComplianceRow & { seq: number; mine: boolean };

/**
 * Changes after a cursor; without one, from the beginning (every unit). Items carry the unit's *present* status. A unit
 * that closed, or that the reader no longer reaches, is a tombstone. There is always a next cursor to come back with.
 * @throws cursor.expired (410) for a cursor of another district or of a future that a restored backup does not know
 */
export async function changesSince(ctx: Ctx, since: string | undefined, limit = 50): Promise<Changes> {
  await numberChanges(ctx);
  const cursor = await startOf(ctx, since);
  const rows = await changedUnits(ctx, cursor, limit + 1);
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const seen = shown[shown.length - 1]?.seq ?? cursor.seen;
  const next: Cursor = { ...cursor, seen, lost: hasMore ? cursor.lost : [] };
  return { items: shown.map((row) => itemOf(ctx, row)), nextCursor: encode(ctx, next), hasMore };
}

function itemOf(ctx: Ctx, row: FeedRow): ComplianceView | Tombstone {
  const gone = (reason: Tombstone['reason']): Tombstone => ({ unit: { id: row.id }, deleted: true, reason });
  if (!row.mine) return gone('out_of_scope');
  return isClosed(row, ctx.today) ? gone('closed') : complianceView(row, ctx.today);
}

async function changedUnits(ctx: Ctx, cursor: Cursor, limit: number): Promise<FeedRow[]> {
  const { actor } = ctx;
  const where = new Where().and('u.district_id = ?', actor.districtId);
  const places = [...cursor.places, ...cursor.lost];
  // An assignment matters beyond the own zones and unit; within them it changes nothing.
  const by = places.includes(actor.userId) ? where.param(actor.userId) : null;
  const seen = where.param(cursor.seen);
  const known = where.param(places);
  const beyond = `CASE WHEN u.zone_id = ANY(${known}::uuid[]) OR u.id = ANY(${known}::uuid[]) THEN NULL ELSE a.change_seq END`;
  const seq = by ? `greatest(f.change_seq, ${beyond})` : 'f.change_seq';
  where.and(by ? `f.change_seq > ${seen} OR ${beyond} > ${seen}` : `f.change_seq > ${seen}`);
  const mine = withinScope(new Where(), actor, {
    district: 'u.district_id',
    unit: 'u.id',
    zone: 'u.zone_id',
  });
  // The scope's own placeholders follow those already taken.
  const scope = String(mine).replace(/\$(\d+)/g, (_, n) => where.param(mine.params[Number(n) - 1]));
  where.and(`${scope} OR u.id = ANY(${known}::uuid[]) OR u.zone_id = ANY(${known}::uuid[])
    OR f.former_zone_ids && ${known}::uuid[]${by ? ' OR a.user_id IS NOT NULL' : ''}`);
  const sql = COMPLIANCE_SELECT.replace('FROM units', `, ${seq} AS seq, (${scope}) AS mine FROM units`);
  const assigned = by
    ? `LEFT JOIN assignment_changes a ON a.district_id = u.district_id AND a.unit_id = u.id AND a.user_id = ${by}`
    : '';
  return ctx.em.query(`${sql} ${assigned} WHERE ${where} ORDER BY seq LIMIT ${limit}`, where.params);
}

/** What an actor reaches, as a cursor remembers it; nothing for who sees the whole district. */
function placesOf(ctx: Ctx): string[] {
  const scope = scopeOf(ctx.actor);
  if (scope.all) return [];
  return [...scope.zoneIds, ...scope.unitIds, ...(scope.assignedTo ? [scope.assignedTo] : [])].sort();
}

async function startOf(ctx: Ctx, since: string | undefined): Promise<Cursor> {
  const places = placesOf(ctx);
  if (since === undefined) return { seen: 0, places, lost: [] };
  const cursor = await decode(ctx, since);
  if (cursor.places.join() === places.join()) return cursor;
  // The reader's own reach changed: from the beginning again, with what was lost as tombstones.
  const lost = [...cursor.places, ...cursor.lost].filter((place) => !places.includes(place));
  return { seen: 0, places, lost };
}

const encode = (ctx: Ctx, { seen, places, lost }: Cursor): string =>
  encodeCursor([ctx.actor.districtId, seen, places.join(), lost.join()]);

async function decode(ctx: Ctx, text: string): Promise<Cursor> {
  const [district, seen, places, lost] = decodeCursor(text, 4);
  const ids = (list: unknown): string[] | null =>
    list === '' ? [] : typeof list === 'string' && list.split(',').every(isCursorId) ? list.split(',') : null;
  const [held, gone] = [ids(places), ids(lost)];
  if (!Number.isSafeInteger(seen) || (seen as number) < 0 || !held || !gone) {
    throw problem('request.cursor_invalid', '请使用上一次返回的 nextCursor');
  }
  const [{ last }]: [{ last: number }] = await ctx.em.query(
    `SELECT last_value AS last FROM unit_facts_change_seq`,
  );
  if (district !== ctx.actor.districtId || (seen as number) > last) {
    throw problem('cursor.expired', '请不带 since 重新同步，并以新结果替换原有数据');
  }
  return { seen: seen as number, places: held, lost: gone };
}
