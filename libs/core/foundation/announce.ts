import type { Channel, Ctx } from './context.js';

/**
 * Makes every process forget what it remembers of something that changed: others hear it by NOTIFY when this transaction
 * commits, this process is told right after the commit, before the answer is written. Both, because a request that
 * follows the answer must not meet the old state here, and NOTIFY takes a round trip.
 */
export async function announce(ctx: Ctx, channel: Channel, payload: string): Promise<void> {
  await ctx.em.query(`SELECT pg_notify($1, $2)`, [channel, payload]);
  ctx.afterCommit(() => ctx.tellHere?.(channel, payload));
}
