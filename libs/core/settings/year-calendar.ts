import type { YearCalendar } from '#rules/calendar.js';
import { calendarFaults } from '#rules/calendar-check.js';
import { problem } from '#rules/problems.js';
import { NATIONAL_CALENDARS } from '../directory/calendars.js';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { record } from '../history/events.js';

/** `national`: the State Council's notice as the product brings it; `district`: the district's own edition. */
export type CalendarView = YearCalendar & { edition: 'national' | 'district' };

/** @throws resource.not_found where the year is not kept: nothing is guessed */
export async function showCalendar(ctx: Ctx, year: number): Promise<CalendarView> {
  const found = await findCalendar(ctx, year);
  if (!found) throw problem('resource.not_found', `还没有 ${year} 年的工作日历，请按国务院办公厅的通知录入`);
  return found;
}

/** The years that are kept, district's editions over national ones. */
export async function listCalendars(ctx: Ctx): Promise<{ items: CalendarView[] }> {
  const own: { data: YearCalendar }[] = await ctx.em.query(
    `SELECT data FROM calendars WHERE district_id = $1`,
    [ctx.actor.districtId],
  );
  const years = new Map<number, CalendarView>(
    NATIONAL_CALENDARS.map((calendar) => [calendar.year, view(calendar, 'national')]),
  );
  for (const { data } of own) years.set(data.year, view(data, 'district'));
  return { items: [...years.values()].sort((a, b) => a.year - b.year) };
}

/**
 * Keeps the district's edition of a year. Deadlines set before stay as they are.
 * @throws calendar.invalid (400) with every fault, request.stale (412)
 */
export async function putCalendar(ctx: Ctx, calendar: YearCalendar): Promise<CalendarView> {
  const { districtId, userId } = ctx.actor;
  // The row may not exist yet: two editors wait for each other on the district.
  await ctx.em.query(`SELECT 1 FROM districts WHERE id = $1 FOR UPDATE`, [districtId]);
  const before = await findCalendar(ctx, calendar.year);
  await requireFresh(ctx, () => before ?? {});
  const faults = calendarFaults(calendar);
  if (faults.length) {
    throw problem('calendar.invalid', {
      detail: faults[0]?.message,
      errors: faults,
    });
  }
  await ctx.em.query(
    `INSERT INTO calendars (district_id, year, data, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (district_id, year) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at,
       updated_by = excluded.updated_by, revision = calendars.revision + 1`,
    [districtId, calendar.year, JSON.stringify(calendar), ctx.now, userId],
  );
  await record(ctx, {
    subjectType: 'calendar',
    subjectId: districtId,
    action: 'updated',
    data: { year: calendar.year, from: before, to: calendar },
  });
  await announce(ctx, 'district', districtId);
  return showCalendar(ctx, calendar.year);
}

async function findCalendar(ctx: Ctx, year: number): Promise<CalendarView | null> {
  const [own]: { data: YearCalendar }[] = await ctx.em.query(
    `SELECT data FROM calendars WHERE district_id = $1 AND year = $2`,
    [ctx.actor.districtId, year],
  );
  if (own) return view(own.data, 'district');
  const national = NATIONAL_CALENDARS.find((calendar) => calendar.year === year);
  return national ? view(national, 'national') : null;
}

/** jsonb keeps no order of fields: the same calendar must have the same ETag. */
const view = (calendar: YearCalendar, edition: CalendarView['edition']): CalendarView => ({
  year: calendar.year,
  edition,
  source: {
    title: calendar.source.title,
    documentNumber: calendar.source.documentNumber,
    issuedOn: calendar.source.issuedOn,
  },
  holidays: calendar.holidays.map(({ name, from, to }) => ({ name, from, to })),
  workdays: calendar.workdays,
});
