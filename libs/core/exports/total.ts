import type { EntityManager } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { makeCtx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { ledgerAsOf } from '../issues/as-of.js';
import { filtered, type IssueFilter, momentOf } from '../issues/filter.js';

/** How many rows `issuesForExport` will give, so that whoever waits sees how far it is. */
export async function countForExport(
  em: EntityManager,
  actor: Actor,
  filter: IssueFilter,
  now: Date,
): Promise<number> {
  const ctx = makeCtx(em, actor, now);
  const { at, day } = momentOf(ctx, filter.asOf);
  const where = new Where();
  const ledger = at ? ledgerAsOf(em, where, at) : 'issues';
  filtered(where, ctx, filter, day);
  const [{ n }]: [{ n: number }] = await em.query(
    `SELECT count(*) AS n FROM ${ledger} i WHERE ${where}`,
    where.params,
  );
  return n;
}
