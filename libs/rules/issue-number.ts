/**
 * Numbers of issues, `WT2026-00042` (of a school's own list `ZC2026-00042`): series, year, and a count that is padded to five
 * digits and goes on beyond them.
 */

/** Characters before the count: series and year. */
export const NUMBER_HEAD = 7;

/**
 * The order of numbers: by series and year, and within them by value, so that 99999 comes before 100000. Negative where `a`
 * comes first. libs/core/issues/number-order.ts says the same in SQL.
 */
export function byNumber(a: string, b: string): number {
  const compared = textOrder(a.slice(0, NUMBER_HEAD), b.slice(0, NUMBER_HEAD));
  return compared || a.length - b.length || textOrder(a, b);
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
