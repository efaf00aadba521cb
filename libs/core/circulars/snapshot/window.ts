import {
  type Day,
  firstDayOfMonth,
  lastDayOfMonth,
  localDay,
  type Month,
  shiftMonth,
  startOfDay,
} from '#rules/local-date.js';

/** Which records a circular counts. All instants are inclusive. */
export type Window = {
  districtId: string;
  period: Month;
  /** First and last local day of the period. */
  firstDay: Day;
  lastDay: Day;
  /** First instant of the period. */
  from: Date;
  /** Last instant of the period that counts. */
  until: Date;
  /** Last instant at which a record still counts: what came later, whatever it tells of, is not in this circular. */
  upTo: Date;
  cutoff: Date;
  /** The local day of the cut-off: deadlines before it have passed. */
  day: Day;
};

/** The first instant after a month. */
export const endOfMonth = (period: Month): Date => startOfDay(firstDayOfMonth(shiftMonth(period, 1)));

/** A cut-off at the period's end is exclusive (0:00 belongs to the next month), any other one includes its millisecond. */
export function windowOf(districtId: string, period: Month, cutoff: Date): Window {
  const end = endOfMonth(period).getTime();
  const upTo = cutoff.getTime() === end ? end - 1 : cutoff.getTime();
  return {
    districtId,
    period,
    firstDay: firstDayOfMonth(period),
    lastDay: lastDayOfMonth(period),
    from: startOfDay(firstDayOfMonth(period)),
    until: new Date(Math.min(upTo, end - 1)),
    upTo: new Date(upTo),
    cutoff,
    day: localDay(cutoff),
  };
}
