/** The words a circular uses for codes; the order is the order of tables. */
import type { CloseoutOutcome } from './circular.js';
import { type IssueStatus, SEVERITIES, type Severity } from './issue-lifecycle.js';

export type { Severity };

/** The gravest first, as tables have it. */
export const SEVERITY_TITLES: Record<Severity, string> = {
  serious: SEVERITIES.serious,
  major: SEVERITIES.major,
  minor: SEVERITIES.minor,
};

export const OUTCOME_TITLES: Record<CloseoutOutcome, string> = {
  closed_by_original: '按原期限销号',
  closed_by_extended: '按延期期限销号',
  closed_late: '逾期后销号',
  open: '未逾期未销号',
  open_overdue: '逾期未销号',
};

const LATE_STEP: Partial<Record<IssueStatus, string>> = {
  close_requested: '督导机构逾期未核验',
  verified: '督导机构逾期未审批',
  objected: '督导机构逾期未答复',
};

/**
 * Said beside the status where the next step is the office's and late (办理逾期), so that nobody takes the delay for the unit's.
 * Null otherwise, and in circulars frozen before it was told.
 */
export const officeDelay = (issue: { status?: string; officeOverdue?: boolean }): string | null =>
  issue.officeOverdue ? (LATE_STEP[issue.status as IssueStatus] ?? null) : null;

/** What stands in place of the name and the fact of an issue disputed at the cut-off, or disputed or withdrawn before it was frozen. */
export const DISPUTED_UNIT = '（不点名）';
export const DISPUTED_FINDING = '申辩正在办理或问题已撤销，事实不予列明。';

export const sumBySeverity = (counts: { minor: number; major: number; serious: number }): number =>
  counts.minor + counts.major + counts.serious;
