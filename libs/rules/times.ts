/** Times of day as `HH:MM`, up to `29:59`: a bedtime half past midnight is `24:30` and stays later than `23:00`. */
export type TimeOfDay = string;

const LAST = 29 * 60 + 59;

/** Minutes since midnight, or null for what is no time of day. */
export function minutesOf(text: unknown): number | null {
  const match = typeof text === 'string' ? /^([0-2]\d):([0-5]\d)$/.exec(text) : null;
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

export function isTimeOfDay(text: unknown): text is TimeOfDay {
  return minutesOf(text) !== null;
}

/** `HH:MM` of a number of minutes. Throws RangeError outside 00:00–29:59 and for fractions. */
export function timeOfMinutes(minutes: number): TimeOfDay {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > LAST) {
    throw new RangeError(`not minutes of a day: ${minutes}`);
  }
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** 18:30, and 次日0:30 for 24:30, as a reader says it. */
export function timeText(time: TimeOfDay): string {
  const minutes = minutesOf(time);
  if (minutes === null) throw new RangeError(`not a time of day: ${time}`);
  return minutes < 1440 ? time : `次日${Math.floor(minutes / 60) - 24}:${time.slice(3)}`;
}
