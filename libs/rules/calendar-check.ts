/** A year's calendar as an office enters it from the notice, checked before it decides any deadline. */
import type { YearCalendar } from './calendar.js';
import { dayFromNumber, dayNumber, dayText, isDay, weekday, yearOf } from './local-date.js';

export type CalendarFault = { pointer: string; code: string; message: string };

/** Every fault with a JSON pointer into the calendar; empty when it can be used. */
export function calendarFaults(calendar: YearCalendar): CalendarFault[] {
  const faults: CalendarFault[] = [];
  const fault = (pointer: string, code: string, message: string) =>
    faults.push({ pointer, code: `calendar.${code}`, message });
  const taken = new Set<string>();

  for (const [index, { name, from, to }] of calendar.holidays.entries()) {
    const at = `/holidays/${index}`;
    if (name.trim() === '') fault(`${at}/name`, 'name_missing', '请填写节日名称');
    if (!isDay(from)) fault(`${at}/from`, 'not_a_day', '放假起始日不是有效日期');
    if (!isDay(to)) fault(`${at}/to`, 'not_a_day', '放假结束日不是有效日期');
    if (!isDay(from) || !isDay(to)) continue;
    if (yearOf(from) !== calendar.year) fault(`${at}/from`, 'other_year', `放假日期应在${calendar.year}年内`);
    if (yearOf(to) !== calendar.year) fault(`${at}/to`, 'other_year', `放假日期应在${calendar.year}年内`);
    const length = dayNumber(to) - dayNumber(from) + 1;
    if (length < 1) fault(`${at}/to`, 'ends_before_start', '放假结束日早于起始日');
    if (length > LONGEST) fault(`${at}/to`, 'too_long', `一次放假不会超过${LONGEST}天，请核对`);
    for (let offset = 0; offset < Math.min(length, LONGEST); offset++) {
      const day = dayFromNumber(dayNumber(from) + offset);
      if (taken.has(day)) fault(at, 'overlap', `${dayText(day)}重复列为放假日`);
      taken.add(day);
    }
  }
  for (const [index, day] of calendar.workdays.entries()) {
    const at = `/workdays/${index}`;
    if (!isDay(day)) fault(at, 'not_a_day', '调休上班日不是有效日期');
    else if (yearOf(day) !== calendar.year) fault(at, 'other_year', `调休上班日应在${calendar.year}年内`);
    else if (weekday(day) < 6) fault(at, 'not_a_weekend', `${dayText(day)}本来就是工作日，不是调休上班日`);
    else if (taken.has(day)) fault(at, 'overlap', `${dayText(day)}不能既放假又上班，也不能重复`);
    taken.add(day);
  }
  return faults;
}

/** No holiday has been longer than nine days; a fortnight leaves room and still catches a wrong month. */
const LONGEST = 14;
