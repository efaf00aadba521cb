import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from '#platform/package-root.js';
import { addWorkingDays, type WorkingDayDue, type YearCalendar } from '#rules/calendar.js';
import type { Day } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';

/** The national years of data/calendars (State Council notices), read once a process. */
export const NATIONAL_CALENDARS: readonly YearCalendar[] = readdirSync(packagePath('data/calendars'))
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(packagePath('data/calendars', file), 'utf8')) as YearCalendar);

const remembered = new WeakMap<Ctx, Promise<YearCalendar[]>>();

/** The working-day calendars of the actor's district: its own editions over the national years. Read once a request; never changed in place. */
export function calendarsOf(ctx: Ctx): Promise<YearCalendar[]> {
  let found = remembered.get(ctx);
  if (!found) {
    found = readCalendars(ctx);
    remembered.set(ctx, found);
  }
  return found;
}

async function readCalendars(ctx: Ctx): Promise<YearCalendar[]> {
  const rows: { data: YearCalendar }[] = await ctx.em.query(
    `SELECT data FROM calendars WHERE district_id = $1 ORDER BY year`,
    [ctx.actor.districtId],
  );
  const years = new Map(NATIONAL_CALENDARS.map((calendar) => [calendar.year, calendar]));
  for (const { data } of rows) years.set(data.year, data);
  return [...years.values()].sort((a, b) => a.year - b.year);
}

/**
 * The n-th working day after `from` with its explanation.
 * @throws calendar.beyond_horizon (422) when the calendar is not kept that far: nothing is guessed
 */
export async function workingDayAfter(ctx: Ctx, from: Day, workingDays: number): Promise<WorkingDayDue> {
  const result = addWorkingDays(from, workingDays, await calendarsOf(ctx));
  if (!result.ok) {
    throw problem('calendar.beyond_horizon', {
      detail: `没有 ${result.neededYear} 年的工作日历，请直接填写期限日期，或先维护该年日历`,
      extra: { neededYear: result.neededYear },
    });
  }
  return result;
}

/** As workingDayAfter, but null beyond the horizon: for clocks that must never make an action or a read fail. */
export async function workingDayAfterOrNull(ctx: Ctx, from: Day, workingDays: number): Promise<Day | null> {
  const result = addWorkingDays(from, workingDays, await calendarsOf(ctx));
  return result.ok ? result.dueOn : null;
}
