import { seriesNumber } from '#rules/document-number.js';
import type { Ctx } from './context.js';

/** Documents with a number of a series. Issues are numbered where they are registered (issues/register-statement.ts). */
export type Numbered = 'notice' | 'order' | 'circular';

/**
 * The next number of a series in a year: 教督改〔2026〕9号. It follows the highest that any document has of that very text,
 * so that a series put in another's place begins at 1 and goes on where it stood when it is taken up again. The district's
 * counter of such documents stays locked until the transaction ends: nobody else takes a number meanwhile, and none is lost
 * when it is rolled back. Call it as late as possible, for everybody else of the district waits.
 */
export async function nextNumber(ctx: Ctx, kind: Numbered, series: string, year: number): Promise<string> {
  await holdCounter(ctx, kind, year);
  const [last = 0] = await given(ctx, series, year, HIGHEST);
  return seriesNumber(series, year, last + 1);
}

/**
 * The same where numbers are also typed in, and may run ahead: the lowest that nobody has. `isTaken` is asked before one is
 * given, for somebody may be typing it at this moment.
 */
export async function freeNumber(
  ctx: Ctx,
  kind: Numbered,
  series: string,
  year: number,
  isTaken: (number: string) => Promise<boolean>,
): Promise<string> {
  await holdCounter(ctx, kind, year);
  const used = new Set(await given(ctx, series, year));
  for (let n = 1; ; n += 1) {
    const number = seriesNumber(series, year, n);
    if (!used.has(n) && !(await isTaken(number))) return number;
  }
}

/** What the counter says is how many were numbered in the year, whatever their series; who holds it may take a number. */
const holdCounter = (ctx: Ctx, kind: Numbered, year: number): Promise<unknown> =>
  ctx.em.query(
    `INSERT INTO counters (district_id, series, year, value) VALUES ($1, $2, $3, 1)
     ON CONFLICT (district_id, series, year) DO UPDATE SET value = counters.value + 1`,
    [ctx.actor.districtId, kind, year],
  );

/** Numbers of a series and year on documents of every kind: the notices' series of before may be the orders' today. */
async function given(ctx: Ctx, series: string, year: number, which = ''): Promise<number[]> {
  const prefix = `${series}〔${year}〕`;
  const rows: { number: string }[] = await ctx.em.query(
    `SELECT number FROM (
       SELECT number FROM notices WHERE district_id = $1 AND starts_with(number, $2)
       UNION ALL SELECT number FROM supervision_orders WHERE district_id = $1 AND starts_with(number, $2)
       UNION ALL SELECT document_number FROM circulars WHERE district_id = $1 AND starts_with(document_number, $2)
         AND substr(document_number, length($2) + 1) ~ '^[0-9]{1,9}号$') d ${which}`,
    [ctx.actor.districtId, prefix],
  );
  return rows.map(({ number }) => Number(number.slice(prefix.length, -1)));
}

/** No number has padding zeros, so the longest are the highest. */
const HIGHEST = `ORDER BY length(number) DESC, number COLLATE "C" DESC LIMIT 1`;
