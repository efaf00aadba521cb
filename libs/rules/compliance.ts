/**
 * Compliance status of a unit: the worst that holds of
 * escalated > overdue > rectifying > uninspected > compliant, overall and by category.
 *
 * `UnitFacts` is what follows from ledger and inspections alone and is kept in their transactions;
 * the local date and the terms are added on reading, so midnight and a new term need no job.
 */
import {
  type EscalationStep,
  type IssueStatus,
  isEscalated,
  isOpen,
  type Source,
} from './issue-lifecycle.js';
import { currentTerm, type Term } from './settings.js';

export const COMPLIANCE_STATUSES = {
  escalated: '督办中',
  overdue: '逾期',
  rectifying: '整改中',
  uninspected: '未督导',
  compliant: '达标',
} as const;
export type ComplianceStatus = keyof typeof COMPLIANCE_STATUSES;

export type CategoryFacts = {
  open: number;
  closed: number;
  escalated: number;
  /** Issues that are overdue whatever the date: close-out was asked for only after the deadline. */
  late: number;
  /** Deadlines of issues in `rectifying`: day → how many. Overdue from the day after. */
  due: Record<string, number>;
  /** Met of judged answers of the latest visit that judged anything here, and its day (facts kept before it was noted lack it). */
  met: number;
  judged: number;
  judgedOn?: string;
};
export type UnitFacts = {
  categories: Record<string, CategoryFacts>;
  lastInspectionOn: string | null;
  /** Day of the latest submitted visit with full coverage (self-checks do not count). */
  lastFullInspectionOn: string | null;
};

export const emptyFacts = (): UnitFacts => ({
  categories: {},
  lastInspectionOn: null,
  lastFullInspectionOn: null,
});
const emptyCategory = (): CategoryFacts => ({
  open: 0,
  closed: 0,
  escalated: 0,
  late: 0,
  due: {},
  met: 0,
  judged: 0,
});

/** What of an issue the facts depend on. */
export type TalliedIssue = {
  category: string;
  status: IssueStatus;
  source: Source;
  escalation: EscalationStep | null;
  dueOn: string | null;
  requestedLate: boolean;
};

function count(facts: UnitFacts, issue: TalliedIssue, by: 1 | -1): void {
  if (issue.source === 'self_check') return; // honest schools must not pay for honesty
  facts.categories[issue.category] ??= emptyCategory();
  const category = facts.categories[issue.category]!;
  if (issue.status === 'closed') category.closed += by;
  if (!isOpen(issue.status)) return;
  category.open += by;
  if (isEscalated(issue.escalation)) category.escalated += by;
  if (issue.status === 'rectifying' && issue.dueOn) {
    const left = (category.due[issue.dueOn] ?? 0) + by;
    if (left === 0) delete category.due[issue.dueOn];
    else category.due[issue.dueOn] = left;
  }
  if (issue.requestedLate && (issue.status === 'close_requested' || issue.status === 'verified'))
    category.late += by;
}

/** Changes `facts` in place by one issue's change; `before` null for a new issue. */
export function tally(facts: UnitFacts, before: TalliedIssue | null, after: TalliedIssue | null): UnitFacts {
  if (before) count(facts, before, -1);
  if (after) count(facts, after, 1);
  return facts;
}

export type TalliedVisit = {
  on: string;
  full: boolean;
  /** Met of judged answers, by category. */
  categories: Record<string, { met: number; judged: number }>;
};

/**
 * Changes `facts` in place by a submitted visit (not a self-check). The met rate of a category is that of the latest visit that
 * judged anything in it, in whatever order visits arrive (补录); of two on one day the one submitted last.
 */
export function tallyVisit(facts: UnitFacts, visit: TalliedVisit): UnitFacts {
  const before = facts.lastInspectionOn;
  if (before === null || visit.on >= before) facts.lastInspectionOn = visit.on;
  if (visit.full && (facts.lastFullInspectionOn === null || visit.on >= facts.lastFullInspectionOn)) {
    facts.lastFullInspectionOn = visit.on;
  }
  for (const [name, { met, judged }] of Object.entries(visit.categories)) {
    facts.categories[name] ??= emptyCategory();
    const category = facts.categories[name]!;
    const since = category.judgedOn ?? (category.judged > 0 ? before : null);
    if (judged > 0 && (since === null || visit.on >= since))
      Object.assign(category, { met, judged, judgedOn: visit.on });
  }
  return facts;
}

export type CategoryStatus = {
  category: string;
  status: ComplianceStatus;
  open: number;
  overdue: number;
  metRate: { met: number; judged: number };
};
export type UnitStatus = {
  status: ComplianceStatus;
  categories: CategoryStatus[];
  open: number;
  overdue: number;
  closed: number;
  lastInspectionOn: string | null;
  metRate: { met: number; judged: number };
  nextDueOn: string | null;
};

const ORDER = Object.keys(COMPLIANCE_STATUSES) as ComplianceStatus[];
const worst = (a: ComplianceStatus, b: ComplianceStatus) => (ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b);

/** Inspected this term: a full-coverage visit was submitted in the term that the day belongs to. Without terms, this calendar year. */
function inspectedThisTerm(facts: UnitFacts, today: string, terms: readonly Term[]): boolean {
  const since = currentTerm(today, terms)?.from ?? `${today.slice(0, 4)}-01-01`;
  return facts.lastFullInspectionOn !== null && facts.lastFullInspectionOn >= since;
}

/** The status of a unit on a local day. Pure: the same facts, day and terms give the same answer. */
export function statusOn(facts: UnitFacts, today: string, terms: readonly Term[]): UnitStatus {
  const base: 'compliant' | 'uninspected' = inspectedThisTerm(facts, today, terms)
    ? 'compliant'
    : 'uninspected';
  const total = { open: 0, overdue: 0, closed: 0, met: 0, judged: 0 };
  let status: ComplianceStatus = base;
  let nextDueOn: string | null = null;
  const categories = Object.entries(facts.categories)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, f]): CategoryStatus => {
      let overdue = f.late;
      for (const [day, n] of Object.entries(f.due)) {
        if (day < today) overdue += n;
        else if (nextDueOn === null || day < nextDueOn) nextDueOn = day;
      }
      const own: ComplianceStatus =
        f.escalated > 0 ? 'escalated' : overdue > 0 ? 'overdue' : f.open > 0 ? 'rectifying' : base;
      status = worst(status, own);
      total.open += f.open;
      total.overdue += overdue;
      total.closed += f.closed;
      total.met += f.met;
      total.judged += f.judged;
      return { category, status: own, open: f.open, overdue, metRate: { met: f.met, judged: f.judged } };
    });
  return {
    status,
    categories,
    open: total.open,
    overdue: total.overdue,
    closed: total.closed,
    lastInspectionOn: facts.lastInspectionOn,
    metRate: { met: total.met, judged: total.judged },
    nextDueOn,
  };
}

/**
 * Whether a unit's status is another on `today` than it was on `since` though nothing was written:
 * a deadline passed, or a new term began. What the change feed adds at midnight.
 */
export function flipsBetween(
  facts: UnitFacts,
  since: string,
  today: string,
  terms: readonly Term[],
): boolean {
  if (since >= today) return false;
  for (const category of Object.values(facts.categories)) {
    for (const day of Object.keys(category.due)) if (day >= since && day < today) return true;
  }
  return inspectedThisTerm(facts, since, terms) !== inspectedThisTerm(facts, today, terms);
}
