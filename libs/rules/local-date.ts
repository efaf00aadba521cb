/**
 * Days of the calendar in Asia/Shanghai. The zone has been +08:00 without summer time since 1991, so a day is plain
 * arithmetic: no time zone data, and the same answer in the browser, on the server and in a test.
 */

/** A local date, `YYYY-MM-DD`. Days compare correctly as text. */
export type Day = string;
/** A local month, `YYYY-MM`. */
export type Month = string;

const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * 3_600_000;
const WEEKDAYS = ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'] as const;

/** Whether the text is a date that exists: `2026-02-29` is not. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, date] = text.split('-').map(Number) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, date));
  return at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === date;
}

/** Days since 1970-01-01. Throws RangeError for what is no day. */
export function dayNumber(day: Day): number {
  if (!isDay(day)) throw new RangeError(`not a day: ${day}`);
  return Date.parse(day) / DAY_MS;
}

/** The inverse of `dayNumber`. Throws RangeError outside the years 0100–9999. */
export function dayFromNumber(number: number): Day {
  const at = new Date(number * DAY_MS);
  const day = Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10);
  if (!isDay(day)) throw new RangeError(`not a day number: ${number}`);
  return day;
}

/** The local day in which an instant falls. Throws RangeError for an invalid date. */
export function localDay(instant: Date): Day {
  return dayFromNumber(Math.floor((instant.getTime() + OFFSET_MS) / DAY_MS));
}

/** The local minute in which an instant falls: `2026-09-08 18:20`. */
export function localMinute(instant: Date): string {
  return new Date(instant.getTime() + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** The first instant of a local day: 16:00 UTC of the day before. */
export function startOfDay(day: Day): Date {
  return new Date(dayNumber(day) * DAY_MS - OFFSET_MS);
}

/** The first instant after a local day (exclusive end); a deadline on `day` has passed from this instant on. */
export function endOfDay(day: Day): Date {
  // Not by the next day's name: 9999-12-31, which people type for "without end", has none.
  return new Date(startOfDay(day).getTime() + DAY_MS);
}

/** The day `count` days later, or earlier when negative. */
export function addDays(day: Day, count: number): Day {
  return dayFromNumber(dayNumber(day) + count);
}

/** Days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from);
}

/** 1 for Monday to 7 for Sunday. */
export function weekday(day: Day): number {
  return weekdayOfNumber(dayNumber(day));
}

/** `weekday` for a day number: 1970-01-01 was a Thursday. */
export function weekdayOfNumber(number: number): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

/** 星期一 to 星期日. */
export function weekdayText(day: Day): string {
  return WEEKDAYS[weekday(day) - 1] as string;
}

/** 2026年10月8日, as documents write it (GB/T 9704: no leading zeros). */
export function dayText(day: Day): string {
  dayNumber(day);
  const [year, month, date] = day.split('-').map(Number);
  return `${year}年${month}月${date}日`;
}

/** 2026年11月22日至23日, 2026年11月30日至12月1日; one day alone as `dayText` has it. */
export function daysText(from: Day, to: Day): string {
  const end = dayText(to);
  if (from >= to) return end;
  const shared = monthOf(from) === monthOf(to) ? '月' : yearOf(from) === yearOf(to) ? '年' : '';
  return `${dayText(from)}至${shared ? end.slice(end.indexOf(shared) + 1) : end}`;
}

/** 2026年9月. */
export function monthText(month: Month): string {
  const first = dayText(firstDayOfMonth(month));
  return first.slice(0, first.indexOf('月') + 1);
}

/** The local minute up to which something counts: `2026-10-01 00:00` → 2026年9月30日24时, `2026-10-09 15:04` → 2026年10月9日15时4分. */
export function minuteText(local: string): string {
  const [day = '', time = ''] = local.split(/[ T]/);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  if (hour === 0 && minute === 0) return `${dayText(addDays(day, -1))}24时`;
  return `${dayText(day)}${hour}时${minute === 0 ? '' : `${minute}分`}`;
}

export function yearOf(day: Day): number {
  return Number(day.slice(0, 4));
}

export function isMonth(text: unknown): text is Month {
  return typeof text === 'string' && isDay(`${text}-01`);
}

export function monthOf(day: Day): Month {
  dayNumber(day);
  return day.slice(0, 7);
}

export function firstDayOfMonth(month: Month): Day {
  const day = `${month}-01`;
  dayNumber(day);
  return day;
}

export function lastDayOfMonth(month: Month): Day {
  return addDays(firstDayOfMonth(shiftMonth(month, 1)), -1);
}

/** The month `count` months later, or earlier when negative. */
export function shiftMonth(month: Month, count: number): Month {
  const first = firstDayOfMonth(month);
  const at = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1 + count;
  const shifted = `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}`;
  if (!isMonth(shifted)) throw new RangeError(`no month ${count} from ${month}`);
  return shifted;
}

/** The same date `count` months away; the last of the month where that month is shorter (31 January → 28 February). */
export function addMonths(day: Day, count: number): Day {
  const last = lastDayOfMonth(shiftMonth(monthOf(day), count));
  const same = `${last.slice(0, 8)}${day.slice(8)}`;
  return same < last ? same : last;
}
