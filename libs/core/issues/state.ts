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

/** What an issue begins with, besides nulls. */
export const FRESH = {
  mode: 'time_limited',
  requestedLate: false,
  returnCount: 0,
  foundAgainCount: 0,
  extensionCount: 0,
  extensionPending: false,
  recurrenceConfirmed: false,
  process: {},
} as const satisfies Partial<IssueState>;

const isFresh = (key: (typeof MUTABLE)[number], value: unknown): boolean =>
  value === null ||
  (key in FRESH && (value === FRESH[key as keyof typeof FRESH] || (key === 'process' && isEmpty(value))));
const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0;

/** The state as the history keeps it: what is null or as at the beginning is left out (`FRESH`, and null for the rest). */
export function keptState(issue: Issue): Partial<IssueState> {
  const kept: Record<string, unknown> = {};
  for (const key of MUTABLE) if (!isFresh(key, issue[key])) kept[key] = issue[key];
  return kept;
}

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
