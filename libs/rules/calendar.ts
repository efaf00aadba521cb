/**
 * Working days as offices in China count them: weekends and public holidays are skipped, weekend days worked in
 * exchange (调休) count. Both come from the yearly notice of the General Office of the State Council and cannot be
 * computed, so beyond the years entered nothing is guessed.
 */
import {
  type Day,
  dayFromNumber,
  dayNumber,
  dayText,
  weekdayOfNumber,
  weekdayText,
  yearOf,
} from './local-date.js';

export type Holiday = { name: string; from: Day; to: Day };
export type YearCalendar = {
  year: number;
  /** The notice: its title, document number (文号) and date. */
  source: { title: string; documentNumber: string | null; issuedOn: Day | null };
  holidays: Holiday[];
  /** Weekend days that are worked in exchange. */
  workdays: Day[];
};
export type DayKind = 'workday' | 'weekend' | 'holiday' | 'make_up_workday';
export type BeyondHorizon = { ok: false; code: 'calendar.beyond_horizon'; neededYear: number };
export type WorkingDayDue = {
  ok: true;
  dueOn: Day;
  /** One Chinese sentence that says how the date came about. */
  explanation: string;
  /** Public holidays on the way, cut to the days that were passed over. */
  skipped: Holiday[];
  /** Weekend days that counted because they are worked in exchange. */
  makeUp: Day[];
};

/** More working days than any deadline has; callers validate their input against it. */
export const MAX_WORKING_DAYS = 1000;

/** The kind of a day, or null beyond the calendars given. */
export function workingDayKind(day: Day, calendars: readonly YearCalendar[]): DayKind | null {
  const number = dayNumber(day);
  return calendars.some((calendar) => calendar.year === yearOf(day))
    ? kindOf(number, tableOf(calendars))
    : null;
}

/** Whether an office works on that day; null beyond the calendars given. */
export function isWorkingDay(day: Day, calendars: readonly YearCalendar[]): boolean | null {
  const kind = workingDayKind(day, calendars);
  return kind === null ? null : kind === 'workday' || kind === 'make_up_workday';
}

/**
 * The `n`-th working day after `from`; the day of `from` does not count. `neededYear` names the first year whose
 * calendar is missing. Throws RangeError unless n is a whole number from 1 to MAX_WORKING_DAYS.
 */
export function addWorkingDays(
  from: Day,
  n: number,
  calendars: readonly YearCalendar[],
): WorkingDayDue | BeyondHorizon {
  if (!Number.isInteger(n) || n < 1 || n > MAX_WORKING_DAYS) {
    throw new RangeError(`working days must be 1 to ${MAX_WORKING_DAYS}: ${n}`);
  }
  const start = dayNumber(from);
  const horizon = horizonOf(yearAfter(from), calendars);
  const table = tableOf(calendars);
  const holidays: number[] = [];
  const makeUp: Day[] = [];
  let left = n;
  let weekends = false;
  for (let at = start + 1; ; at++) {
    if (at > horizon.lastDay) return beyond(horizon.neededYear);
    const kind = kindOf(at, table);
    if (kind === 'holiday') holidays.push(at);
    if (kind === 'weekend') weekends = true;
    if (kind === 'make_up_workday') makeUp.push(dayFromNumber(at));
    if (kind === 'workday' || kind === 'make_up_workday') left--;
    if (left > 0) continue;
    const dueOn = dayFromNumber(at);
    const skipped = runsOf(holidays, table);
    const explanation = explain(from, n, dueOn, skipped, makeUp, weekends);
    return { ok: true, dueOn, explanation, skipped, makeUp };
  }
}

/** Working days after `from` up to and including `to`: the days a step took. 0 when `to` is not after `from`. */
export function workingDaysBetween(
  from: Day,
  to: Day,
  calendars: readonly YearCalendar[],
): { ok: true; days: number } | BeyondHorizon {
  const [start, end] = [dayNumber(from), dayNumber(to)];
  if (end <= start) return { ok: true, days: 0 };
  const horizon = horizonOf(yearAfter(from), calendars);
  if (end > horizon.lastDay) return beyond(horizon.neededYear);
  const table = tableOf(calendars);
  let days = 0;
  for (let at = start + 1; at <= end; at++) {
    const kind = kindOf(at, table);
    if (kind === 'workday' || kind === 'make_up_workday') days++;
  }
  return { ok: true, days };
}

/** The year of the day after: counting begins there. After the last day that can be written comes a year without a calendar. */
const yearAfter = (day: Day): number => yearOf(day) + (day.endsWith('-12-31') ? 1 : 0);

/** What is entered ends here: the last day of the years that follow on `year` without a gap, and the year that lacks. */
function horizonOf(year: number, calendars: readonly YearCalendar[]) {
  let neededYear = year;
  while (calendars.some((calendar) => calendar.year === neededYear)) neededYear++;
  return { neededYear, lastDay: dayNumber(`${String(neededYear - 1).padStart(4, '0')}-12-31`) };
}

function beyond(neededYear: number): BeyondHorizon {
  return { ok: false, code: 'calendar.beyond_horizon', neededYear };
}

type Table = { holidays: ReadonlyMap<number, string>; workdays: ReadonlySet<number> };

/** Calendars are read again and again and never change in place, so each list is laid out once. */
const tables = new WeakMap<readonly YearCalendar[], Table>();

function tableOf(calendars: readonly YearCalendar[]): Table {
  const known = tables.get(calendars);
  if (known) return known;
  const holidays = new Map<number, string>();
  const workdays = new Set<number>();
  for (const calendar of calendars) {
    for (const { name, from, to } of calendar.holidays) {
      for (let at = dayNumber(from); at <= dayNumber(to); at++) holidays.set(at, name);
    }
    for (const day of calendar.workdays) workdays.add(dayNumber(day));
  }
  const table = { holidays, workdays };
  tables.set(calendars, table);
  return table;
}

function kindOf(at: number, table: Table): DayKind {
  if (table.holidays.has(at)) return 'holiday';
  if (table.workdays.has(at)) return 'make_up_workday';
  return weekdayOfNumber(at) > 5 ? 'weekend' : 'workday';
}

/** Joins consecutive holidays of one name. */
function runsOf(numbers: number[], table: Table): Holiday[] {
  const runs: Holiday[] = [];
  for (const at of numbers) {
    const [name, day] = [table.holidays.get(at) as string, dayFromNumber(at)];
    const run = runs.at(-1);
    if (run && run.name === name && dayNumber(run.to) === at - 1) run.to = day;
    else runs.push({ name, from: day, to: day });
  }
  return runs;
}

/** Says only what lies on the way: `weekends` that were passed over beside the holidays. */
function explain(
  from: Day,
  n: number,
  dueOn: Day,
  skipped: Holiday[],
  makeUp: Day[],
  weekends: boolean,
): string {
  const short = (day: Day) => (yearOf(day) === yearOf(from) ? dayText(day).slice(5) : dayText(day));
  const range = (holiday: Holiday) =>
    holiday.from === holiday.to ? short(holiday.from) : `${short(holiday.from)}至${short(holiday.to)}`;
  const parts = [
    `自${dayText(from)}起算（当日不计），第${n}个工作日为${dayText(dueOn)}（${weekdayText(dueOn)}）`,
  ];
  if (skipped.length > 0) {
    parts.push(`其间${skipped.map((holiday) => `${holiday.name}放假（${range(holiday)}）`).join('、')}不计`);
  }
  if (makeUp.length > 0) {
    parts.push(`${makeUp.map((day) => `${short(day)}（${weekdayText(day)}）`).join('、')}为调休上班日，计入`);
  }
  if (weekends) parts.push(`${skipped.length + makeUp.length > 0 ? '其余' : ''}周末不计`);
  return `${parts.join('；')}。`;
}
