/**
 * The monthly circular 督查通报 of one district: the figures frozen at the cut-off, as plain JSON.
 *
 * The same snapshot gives the same text, tables and bytes: nothing here is computed from a clock or a locale.
 * Rates always carry numerator and denominator, samples under ten show no percentage, disputed issues are not
 * named, and a school's own self-check findings are in none of the figures.
 */
import type { Severity } from './circular-labels.js';

export { canonicalJson, type Json } from './canonical-json.js';
export { figureChanges } from './circular-changes.js';
export { closeoutText } from './circular-closeout-text.js';
export { CIRCULAR_FIGURES, type Figure, figuresOf, measurementKey } from './circular-figures.js';
export * from './circular-imprint.js';
export * from './circular-labels.js';
export {
  AGGREGATES,
  type Aggregate,
  aggregateOf,
  allFigures,
  type FigureLineage,
  type FigureRow,
  figureOfRows,
  type Lineage,
  lineageLines,
  lineageOf,
  printedIssues,
  SUBJECT_TYPES,
  type Subject,
  type SubjectType,
} from './circular-lineage.js';
export { circularTitle, narrativeTemplate } from './circular-narrative.js';
export * from './circular-snapshot.js';
export { trendKey } from './circular-table-figures.js';
export * from './circular-tokens.js';
export { MIN_SAMPLE, percentage, type Rate, rate } from './rate.js';

import type { Rate } from './rate.js';

/** A count by severity. */
export interface BySeverity {
  minor: number;
  major: number;
  serious: number;
}

/** A unit as it was called at the cut-off. `code` is the ten-digit school code where there is one. */
export interface CircularUnit {
  id: string;
  name: string;
  code: string | null;
  kind: 'school' | 'institution' | 'department';
  zone: string | null;
}

/** An issue registered in the period, as it stood at the cut-off. */
export interface CircularIssue {
  issueId: string;
  number: string;
  /** `null` where the issue was disputed at the cut-off or when it was frozen: it is counted and never named. */
  unit: CircularUnit | null;
  disputed: boolean;
  category: string;
  categoryTitle: string;
  itemCode: string | null;
  itemTitle: string | null;
  /** The fact as found. The renderers leave it out where the issue is disputed. */
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  severity: Severity;
  /** Local dates, `YYYY-MM-DD`. */
  registeredOn: string;
  dueOn: string | null;
  status: string;
  statusTitle: string;
  closedOn: string | null;
  overdue: boolean;
  /** The office is late with its own step (`officeDelay`). Absent in circulars frozen before it was told. */
  officeOverdue?: boolean;
  /** Registered from a visit made before the previous cut-off and synced after it (补录). */
  late: boolean;
}

/**
 * How an issue due in the period ended at the cut-off. In time means that the request the close-out followed was
 * made by the end of that day; the office's own time is never charged to the unit.
 */
export type CloseoutOutcome =
  | 'closed_by_original'
  | 'closed_by_extended'
  | 'closed_late'
  | 'open'
  | 'open_overdue';

/** An issue whose original deadline fell in the period. */
export interface CloseoutRow {
  issueId: string;
  number: string;
  unit: CircularUnit | null;
  disputed: boolean;
  categoryTitle: string;
  /** The fact in one line, as in the ledger. */
  finding: string;
  severity: Severity;
  originalDueOn: string;
  dueOn: string;
  closedOn: string | null;
  outcome: CloseoutOutcome;
  /** The status at the cut-off, as in the list of problems. Absent in circulars frozen before it was told. */
  statusTitle?: string;
  /** The same as a code, and whether the office is late with its own step (`officeDelay`). Absent likewise. */
  status?: string;
  officeOverdue?: boolean;
  returnCount: number;
}

export interface OverdueRow {
  issueId: string;
  number: string;
  unit: CircularUnit | null;
  disputed: boolean;
  categoryTitle: string;
  finding: string;
  severity: Severity;
  dueOn: string;
  /** Calendar days after the deadline, at the cut-off. */
  daysOverdue: number;
  /** The step reached on the escalation ladder, in words (`督办`), or null. */
  escalationTitle: string | null;
  /** As in `CloseoutRow`; absent likewise. */
  statusTitle?: string;
  status?: string;
  officeOverdue?: boolean;
}

/**
 * One month of the ledger's course: what the circular of that month says at the month's end, and of the period at the
 * cut-off. Every count is the figure of the same name.
 */
export interface TrendMonth {
  /** `YYYY-MM`. */
  month: string;
  /** `overview.issues`. */
  registered: number;
  /** `closeout.closed_in_period`: closed in the month, whenever they were due. */
  closed: number;
  /** `closeout.due`, and what of it was closed in time (by the original or an extended deadline) and late. */
  due: number;
  closedInTime: number;
  closedLate: number;
  /** `ledger.open`, `ledger.overdue`: all that stood open at the month's end. */
  open: number;
  overdue: number;
}

/** Homework minutes a day measured in one grade. */
export interface HomeworkGrade {
  grade: number;
  /** `三年级`. */
  title: string;
  n: number;
  /** Minutes; null where there are fewer than ten figures, as with every rate. */
  min: number | null;
  mean: number | null;
  max: number | null;
  /** The limit in minutes that all of the grade's figures were judged by; null where there was none, or several. */
  limit: number | null;
}

/** A figure as two circulars (or the same one, frozen again) print it; a dash where one of them has none. */
export interface FigureChange {
  key: string;
  title: string;
  unit: string;
  before: string;
  after: string;
}

/** What the district's records say, before anything is worded. */
export interface CircularFacts {
  /** 1: without `trend` and `homework`, as frozen by the first release. */
  schema: 1 | 2;
  kind: 'monthly';
  demo: boolean;
  district: { id: string; code: string; name: string };
  /** 发文机关署名, e.g. `云溪区人民政府教育督导室`. */
  issuer: string;
  /** 发文机关标志, the red heading as printed, e.g. `云溪区人民政府教育督导室文件`. */
  heading: string;
  /** 主送机关, without the colon; 抄送机关. */
  recipients: string[];
  copyRecipients: string[];
  /** `YYYY-MM`, with its first and last local day. */
  period: string;
  periodStart: string;
  periodEnd: string;
  /** The instant up to which records count, and the same in local words: `2026-10-01 00:00`. */
  cutoff: string;
  cutoffLocal: string;
  /** The issued circular that this one corrects. */
  corrects: {
    documentNumber: string;
    title: string;
    issuedOn: string;
    /** Its figures that are others now, as printed; absent in schema 1. */
    changes?: FigureChange[];
  } | null;
  /** How much was read, so that the snapshot can be compared with the ledger again. */
  generatedFrom: {
    inspections: number;
    answers: number;
    issues: number;
    events: number;
    lastEventAt: string | null;
  };

  overview: {
    /** Submitted inspections of the period (self-checks are not among them). */
    visits: number;
    visitsByKind: { kind: string; title: string; visits: number }[];
    schools: Rate;
    institutions: Rate;
    inspectors: number;
    sessions: number;
    answersJudged: number;
    answersMet: number;
    issuesRegistered: BySeverity;
    /** Failed answers kept as a reminder on the spot 现场提醒. */
    reminders: number;
    resolvedOnSite: number;
    notices: number;
    noticesReceived: number;
    /** Issues of the period disputed at the cut-off or when it was frozen. */
    disputed: number;
  };

  categories: {
    category: string;
    title: string;
    judged: number;
    met: number;
    failed: number;
    issues: BySeverity;
  }[];

  /** Monitoring indicators: figures measured by inspections of the period; never a compelled target. */
  measurements: {
    metric: string;
    title: string;
    unit: string;
    /** Stage or grade band the figures belong to, in words; null for all. */
    band: string | null;
    n: number;
    /** Summed numerator and denominator for shares (participation); null for plain values. */
    ratio: Rate | null;
    min: number | null;
    mean: number | null;
    max: number | null;
    /** The limit as judged, in words (`≤60分钟`); null for an indicator. */
    limit: string | null;
    /** Figures within the limit of all judged; null for an indicator. */
    withinLimit: Rate | null;
  }[];

  /** Homework minutes by grade, of the figures that name their grade; absent in schema 1. */
  homework?: HomeworkGrade[];

  /** The period and the five months before it, the earliest first, from the ledger's first month; absent in schema 1. */
  trend?: TrendMonth[];

  /** What inspections praised, one line each. */
  practice: { unit: CircularUnit; on: string; text: string }[];

  /** Issues registered in the period, by category and number. */
  issues: CircularIssue[];

  closeout: {
    /** Due in the period = the sum of the five outcomes. */
    due: number;
    closedByOriginal: number;
    closedByExtended: number;
    closedLate: number;
    open: number;
    openOverdue: number;
    /** Close-outs of the period, whenever they were due. */
    closedInPeriod: number;
    returned: number;
    extensionsGranted: number;
    recurrencesConfirmed: number;
    foundAgain: number;
    withdrawn: number;
    rows: CloseoutRow[];
    /** All that was overdue at the cut-off, whenever it was due; the longest first. */
    overdue: OverdueRow[];
  };

  /** One row per unit visited or with issues. Disputed issues are left out of these figures. */
  units: {
    unit: CircularUnit;
    visits: number;
    judged: number;
    met: number;
    registered: number;
    closed: number;
    open: number;
    overdue: number;
  }[];

  /** The open ledger at the cut-off. */
  ledger: {
    open: number;
    overdue: number;
    officeOverdue: number;
    byStatus: ({ status: string; title: string } & BySeverity)[];
  };

  /** Steps of the escalation ladder taken in the period. */
  escalations: { number: string; unit: CircularUnit | null; stepTitle: string; on: string }[];

  /** Visits made before the previous cut-off and synced after it (补录); already in the figures above. */
  lateVisits: {
    unit: CircularUnit;
    inspectedOn: string;
    submittedAt: string;
    kindTitle: string;
    issues: number;
  }[];

  /** Receipts of the circular issued before this one. */
  previous: { documentNumber: string; title: string; receipts: Rate } | null;
}
