import type { EntityManager } from 'typeorm';
import type { Day } from '#rules/local-date.js';
import type { Ctx } from '../foundation/context.js';
import { COMPLIANCE_SELECT, type ComplianceRow, changedAt, flipped } from './unit-status.js';

type Feed = { flippedThrough: Day | null; sameTerms: boolean };

/**
 * Numbers, in the order in which they happened, the committed changes that have no number yet: what was written, what
 * the midnights since the last reader turned over, and whom an assignment brought or took away. One reader of a district numbers at a time, so whoever sees a number
 * has seen every smaller one. No job is needed: the next reader does it.
 */
export async function numberChanges(ctx: Ctx): Promise<void> {
  if (await nothingNew(ctx)) return;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.em.transaction((em) => number(em, ctx.actor.districtId, ctx.today));
    } catch (error) {
      // A writer of several units crossed our way and everything was rolled back: once more.
      if ((error as { code?: string }).code !== '40P01' || attempt === 3) throw error;
    }
  }
}

async function nothingNew(ctx: Ctx): Promise<boolean> {
  const [row]: [{ idle: boolean | null }] = await ctx.em.query(
    `SELECT (SELECT c.flipped_through >= $2 AND c.terms IS NOT DISTINCT FROM d.settings->'terms'
             FROM compliance_feeds c JOIN districts d ON d.id = c.district_id WHERE c.district_id = $1)
       AND NOT EXISTS (SELECT 1 FROM unit_facts WHERE district_id = $1 AND change_seq IS NULL)
       AND NOT EXISTS (SELECT 1 FROM assignment_changes WHERE district_id = $1 AND change_seq IS NULL)
       AND NOT EXISTS (SELECT 1 FROM units u WHERE u.district_id = $1 AND NOT EXISTS
         (SELECT 1 FROM unit_facts f WHERE f.district_id = u.district_id AND f.unit_id = u.id)) AS idle`,
    [ctx.actor.districtId, ctx.today],
  );
  return row.idle === true;
}

async function number(em: EntityManager, districtId: string, today: Day): Promise<void> {
  await em.query(`INSERT INTO compliance_feeds (district_id) VALUES ($1) ON CONFLICT DO NOTHING`, [
    districtId,
  ]);
  const [feed]: [Feed] = await em.query(
    `SELECT c.flipped_through AS "flippedThrough", c.terms IS NOT DISTINCT FROM d.settings->'terms' AS "sameTerms"
     FROM compliance_feeds c JOIN districts d ON d.id = c.district_id WHERE c.district_id = $1 FOR UPDATE OF c`,
    [districtId],
  );
  await em.query(
    `INSERT INTO unit_facts (district_id, unit_id, changed_at) SELECT district_id, id, created_at FROM units u
     WHERE district_id = $1 AND NOT EXISTS
       (SELECT 1 FROM unit_facts f WHERE f.district_id = u.district_id AND f.unit_id = u.id)
     ON CONFLICT DO NOTHING`,
    [districtId],
  );
  const turned = await turnedOver(em, districtId, feed, today);
  // Rows that a writer holds are passed over: their number waits for the commit, so nobody waits for anybody.
  const rows: ComplianceRow[] = await em.query(
    `${COMPLIANCE_SELECT} WHERE u.district_id = $1 AND f.unit_id IN (
       SELECT x.unit_id FROM unit_facts x WHERE x.district_id = $1 AND x.change_seq IS NULL FOR UPDATE SKIP LOCKED)
     UNION ALL ${COMPLIANCE_SELECT} WHERE u.district_id = $1 AND u.id = ANY($2) AND f.change_seq IS NOT NULL`,
    [districtId, turned],
  );
  const inOrder = rows
    .map((row) => ({ id: row.id, at: changedAt(row, today).getTime() }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  await em.query(
    `UPDATE unit_facts f SET change_seq = n.seq
     FROM unnest($2::uuid[], (SELECT array_agg(seq ORDER BY seq)
       FROM (SELECT nextval('unit_facts_change_seq') AS seq FROM generate_series(1, cardinality($2::uuid[]))) s)) AS n(unit_id, seq)
     WHERE f.district_id = $1 AND f.unit_id = n.unit_id`,
    [districtId, inOrder.map(({ id }) => id)],
  );
  await em.query(
    `WITH fresh AS MATERIALIZED (SELECT user_id, unit_id FROM assignment_changes
       WHERE district_id = $1 AND change_seq IS NULL FOR UPDATE SKIP LOCKED)
     UPDATE assignment_changes a SET change_seq = nextval('unit_facts_change_seq')
     FROM fresh WHERE a.district_id = $1 AND (a.user_id, a.unit_id) = (fresh.user_id, fresh.unit_id)`,
    [districtId],
  );
  await em.query(
    `UPDATE compliance_feeds SET flipped_through = greatest(flipped_through, $2), terms =
       (SELECT settings->'terms' FROM districts WHERE id = $1) WHERE district_id = $1`,
    [districtId, today],
  );
}

/** Locks and names the units that a midnight since the last reader turned over; all of them where the terms were set anew. */
async function turnedOver(em: EntityManager, districtId: string, feed: Feed, today: Day): Promise<string[]> {
  const since = feed.flippedThrough;
  if (feed.sameTerms && since !== null && since >= today) return [];
  const rows: ComplianceRow[] = await em.query(
    `${COMPLIANCE_SELECT} WHERE u.district_id = $1 AND f.change_seq IS NOT NULL ORDER BY u.id`,
    [districtId],
  );
  const turned = rows
    .filter((row) => !feed.sameTerms || since === null || flipped(row, since, today))
    .map(({ id }) => id);
  await em.query(
    `SELECT 1 FROM unit_facts WHERE district_id = $1 AND unit_id = ANY($2) ORDER BY unit_id FOR UPDATE`,
    [districtId, turned],
  );
  return turned;
}
