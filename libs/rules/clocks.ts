/**
 * The two clocks of an issue: the unit's deadline and the office's.
 * Overdue is computed from them, never stored. Days are local days of the district.
 */
import type { IssueStatus } from './issue-lifecycle.js';

export type Clocked = {
  status: IssueStatus;
  dueOn: string | null;
  requestedLate: boolean;
  officeDueOn: string | null;
  /** The local day on which close-out was asked for. */
  closeRequestedOn: string | null;
};

const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

/** Overdue for the unit: the deadline has passed in `rectifying`, or close-out was asked for only after it. */
export function isOverdue(issue: Clocked, today: string): boolean {
  if (!issue.dueOn) return false;
  if (issue.status === 'rectifying') return issue.dueOn < today;
  return (issue.status === 'close_requested' || issue.status === 'verified') && issue.requestedLate;
}

/** Calendar days overdue; 0 when not overdue. The clock stops on the day close-out was asked for. */
export function daysOverdue(issue: Clocked, today: string): number {
  if (!isOverdue(issue, today) || !issue.dueOn) return 0;
  const until = issue.status === 'rectifying' ? today : (issue.closeRequestedOn ?? today);
  return Math.max(0, dayNumber(until) - dayNumber(issue.dueOn));
}

/** Overdue for the office: verification, close-out or a decision on an objection is due and was not given. */
export function isOfficeOverdue(issue: Clocked, today: string): boolean {
  const officeActs =
    issue.status === 'close_requested' || issue.status === 'verified' || issue.status === 'objected';
  return officeActs && issue.officeDueOn !== null && issue.officeDueOn < today;
}
