import { queryPrepared } from '#platform/database.js';
import {
  emptyFacts,
  type TalliedIssue,
  type TalliedVisit,
  tally,
  tallyVisit,
  type UnitFacts,
} from '#rules/compliance.js';
import type { Ctx } from '../foundation/context.js';
import { factsChanged } from './changed.js';

export type FactsChange = {
  issues: { before: TalliedIssue | null; after: TalliedIssue | null }[];
  visit?: TalliedVisit;
};

/**
 * The statement that locks a unit's facts until the commit and answers them, from the placeholders of its values. `quiet`:
 * for what is the school's own affair (a self-check), which nobody is told of by the unit's instant of change or the feed.
 */
export const takeFacts = (district: string, unit: string, now: string, quiet = false): string =>
  `INSERT INTO unit_facts (district_id, unit_id, facts, changed_at) VALUES (${district}, ${unit}, '{}', ${now})
   ON CONFLICT (district_id, unit_id) DO UPDATE SET changed_at = ${
     quiet ? 'unit_facts.changed_at' : 'greatest(unit_facts.changed_at, excluded.changed_at)'
   }
   RETURNING facts`;

/** The statement that writes facts taken before. */
export const putFacts = (district: string, unit: string, facts: string): string =>
  `UPDATE unit_facts SET facts = ${facts}, change_seq = NULL WHERE district_id = ${district} AND unit_id = ${unit}`;

/**
 * What an UPDATE of unit_facts `f` sets from rows `s` (source, facts, now) of a larger statement. Of a self-check, the school's own
 * affair, neither its instant of change nor the feed tells.
 */
const toldAs = (told: string, own: string) => `CASE s.source WHEN 'self_check' THEN ${own} ELSE ${told} END`;
export const FACTS_SET = `facts = s.facts, change_seq = ${toldAs('NULL', 'f.change_seq')},
      changed_at = ${toldAs('greatest(f.changed_at, s.now)', 'f.changed_at')}`;

export function changedFacts(stored: Partial<UnitFacts> | undefined, change: FactsChange): UnitFacts {
  const facts: UnitFacts = { ...emptyFacts(), ...stored };
  for (const { before, after } of change.issues) tally(facts, before, after);
  if (change.visit) tallyVisit(facts, change.visit);
  return facts;
}

/**
 * Brings a unit's compliance facts up to date in the ledger's own transaction. The unit's row stays locked until the
 * commit, so changes at one unit follow each other. Readers are told after the commit (changed.ts).
 */
export async function changeFacts(ctx: Ctx, unitId: string, change: FactsChange): Promise<void> {
  const districtId = ctx.actor.districtId;
  const [row] = await queryPrepared<{ facts: Partial<UnitFacts> }>(ctx.em, takeFacts('$1', '$2', '$3'), [
    districtId,
    unitId,
    ctx.now,
  ]);
  const facts = changedFacts(row?.facts, change);
  await queryPrepared(ctx.em, putFacts('$1', '$2', '$3'), [districtId, unitId, JSON.stringify(facts)]);
  ctx.afterCommit(() => factsChanged(districtId, unitId));
}

/** Marks every unit as changed for the feed: what a status is counted by has changed. */
export async function touchAllFacts(ctx: Ctx): Promise<void> {
  await ctx.em.query(`UPDATE unit_facts SET changed_at = $2, change_seq = NULL WHERE district_id = $1`, [
    ctx.actor.districtId,
    ctx.now,
  ]);
}

/** Marks a unit as changed for the feed without touching its facts (name, zone, closing). */
export async function touchFacts(ctx: Ctx, unitId: string): Promise<void> {
  const { districtId } = ctx.actor;
  await ctx.em.query(
    `INSERT INTO unit_facts (district_id, unit_id, facts, changed_at) VALUES ($1, $2, '{}', $3)
     ON CONFLICT (district_id, unit_id) DO UPDATE SET changed_at = excluded.changed_at, change_seq = NULL`,
    [districtId, unitId, ctx.now],
  );
  ctx.afterCommit(() => factsChanged(districtId, unitId));
}
