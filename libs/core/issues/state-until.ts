import { type IssueStatus, OPEN_STATUSES } from '#rules/issue-lifecycle.js';

/**
 * The state of an issue until an instant, as the lateral row (`at`, `after`) of its last event: what `keptState` kept, so that
 * `FRESH` and null stand for what is missing. The last is the one that changed the issue last: of two actions at once the one
 * that waited may have been asked for first. `issue` is the alias of a row of `issues`, `until` an expression.
 */
export const stateUntil = (issue: string, until: string): string =>
  `LATERAL (SELECT v.at, v.data -> 'after' AS after FROM events v
     WHERE v.district_id = ${issue}.district_id AND v.subject_id = ${issue}.id AND v.subject_type = 'issue'
       AND v.at <= ${until} AND v.data ? 'after'
     ORDER BY v.id DESC LIMIT 1)`;

/** Statuses in the text, not as a parameter: the planner knows how many rows have them. */
export const statusIn = (column: string, statuses: readonly IssueStatus[]): string =>
  `${column} IN (${statuses.map((one) => `'${one}'`).join(', ')})`;

/** Neither closed, withdrawn nor merged. */
export const openBy = (column: string): string => statusIn(column, OPEN_STATUSES);
