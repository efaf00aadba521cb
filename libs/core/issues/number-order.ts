import { NUMBER_HEAD } from '#rules/issue-number.js';
import type { Where } from '../foundation/sql.js';

/**
 * The order of issue numbers in SQL, as `byNumber` of the rules has it: these expressions, in this order, and with the district
 * before them the columns of the index `issues_by_number`.
 */
export const numberKeys = (column: string) =>
  [
    { by: `left(${column}, ${NUMBER_HEAD})`, type: 'text' },
    { by: `length(${column})`, type: 'integer' },
    { by: column, type: 'text' },
  ] as const;

/** What `ORDER BY` takes. */
export const inNumberOrder = (column: string): string =>
  numberKeys(column)
    .map(({ by }) => by)
    .join(', ');

/** One number as equations on all of the index's columns: without the first two it would not be walked. */
export function whereNumber(where: Where, column: string, number: string): void {
  const given = numberKeys('?');
  for (const [i, { by }] of numberKeys(column).entries()) where.and(`${by} = ${given[i]!.by}`, number);
}
