import type { TalliedIssue } from '#rules/compliance.js';
import type { Issue } from './issue.entity.js';

/**
 * The columns of an issue that actions change. Each event carries them as they stood after it (`data.after`), so that the
 * ledger can be asked for as of an instant (as-of.ts) without replaying anything.
 */
export const MUTABLE = [
  'status',
  'severity',
  'mode',
  'requirements',
  'noticeId',
  'escalation',
  'dueOn',
  'originalDueOn',
  'requestedLate',
  'officeDueOn',
  'servedOn',
  'returnCount',
  'foundAgainCount',
  'extensionCount',
  'extensionPending',
  'recurrenceConfirmed',
  'mergedInto',
  'closeRequestedAt',
  'verifiedAt',
  'verifiedBy',
  'closedAt',
  'closedBy',
  'process',
] as const satisfies readonly (keyof Issue)[];

export type IssueState = Pick<Issue, (typeof MUTABLE)[number]>;

export function stateOf(issue: Issue): IssueState {
  return Object.fromEntries(MUTABLE.map((key) => [key, issue[key]])) as IssueState;
}

/** The state as the history keeps it: what is null is left out, and read back as null. */
export const keptState = (issue: Issue): Partial<IssueState> =>
  Object.fromEntries(MUTABLE.filter((key) => issue[key] !== null).map((key) => [key, issue[key]]));

/** What changed, for the history: column → [before, after]. */
export function changesBetween(before: IssueState, after: IssueState): Record<string, [unknown, unknown]> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  return Object.fromEntries(
    MUTABLE.filter((key) => key !== 'process' && !same(before[key], after[key])).map((key) => [
      key,
      [before[key], after[key]],
    ]),
  );
}

/** What of an issue the unit's compliance facts depend on. */
export const tallied = (issue: Issue): TalliedIssue => ({
  category: issue.category,
  status: issue.status,
  source: issue.source,
  escalation: issue.escalation,
  dueOn: issue.dueOn,
  requestedLate: issue.requestedLate,
});
