import type { Ctx } from './context.js';

export type Series = 'issue' | 'self_check' | 'notice' | 'circular' | 'order';

/**
 * Takes `count` numbers of a district's series and year, without gaps: the counter's row stays locked until the
 * transaction ends and is rolled back with it. Call it as late as possible, for everybody else of the district waits.
 * Answers the first of the numbers taken (from 1).
 */
export async function takeNumbers(ctx: Ctx, series: Series, year: number, count = 1): Promise<number> {
  const [row]: [{ value: number }] = await ctx.em.query(
    `INSERT INTO counters (district_id, series, year, value) VALUES ($1, $2, $3, $4)
     ON CONFLICT (district_id, series, year) DO UPDATE SET value = counters.value + excluded.value
     RETURNING value`,
    [ctx.actor.districtId, series, year, count],
  );
  return row.value - count + 1;
}
