/** How a row names its unit and fact; a disputed issue is counted and never named. */
import { type CircularUnit, DISPUTED_FINDING, DISPUTED_UNIT, officeDelay } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { SIZE } from '../page/geometry.js';

export const nameOf = (unit: CircularUnit | null): string => unit?.name ?? DISPUTED_UNIT;
export const factOf = (row: { unit: CircularUnit | null; finding: string }): string =>
  row.unit === null ? DISPUTED_FINDING : row.finding;

/** The office's own delay on a line under the status, where there is one. */
export function besideStatus(issue: Parameters<typeof officeDelay>[0]): string {
  const delay = officeDelay(issue);
  return delay === null ? '' : `\n（${delay}）`;
}

/** 五号: lists of many columns. */
export const SMALL = { size: SIZE.fifth, pitch: 15 };

/** Room for `WT2026-100000` on one line of a list in 五号, in points. */
export const NUMBER_WIDTH = 84;

/** `10月9日` of the period's year, `2027年1月9日` of another, as a list has room for. */
export function shortDate(date: string, period: string): string {
  const words = dayText(date);
  return date.slice(0, 4) === period.slice(0, 4) ? words.replace(/^\d{4}年/, '') : words;
}
