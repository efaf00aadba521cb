import type { Ctx } from './context.js';
import { COUNT_LIMIT, shownCount } from './paging.js';
import type { Where } from './sql.js';

/** What `?count=true` shows of `FROM {from} WHERE {where}`; counting stops just beyond 10,000 rows. */
export async function countRows(ctx: Ctx, from: string, where: Where): Promise<number | '10000+'> {
  const [{ n }]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*)::integer AS n FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) counted`,
    where.params,
  );
  return shownCount(n);
}
