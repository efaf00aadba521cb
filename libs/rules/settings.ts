/**
 * What a district may set. Every number of days is a proposal (【拟】: practice, not law)
 * unless a source is named; a district changes it here, never in code.
 */
import type { Severity } from './issue-lifecycle.js';
import { DEFAULT_PASSWORD_POLICY, type PasswordPolicy } from './password.js';

export type Term = { code: string; name: string; from: string; to: string };

export type DistrictSettings = {
  /** 6-3 or 5-4: which grades are primary and which junior. */
  schoolSystem: '6-3' | '5-4';
  policyProfile: string;
  /** Limits that only the district can give, or sets stricter, by item code; per stage or for all. */
  localLimits: Record<
    string,
    number | string | Partial<Record<'primary' | 'junior' | 'senior', number | string>>
  >;
  /** Items with a veto in this district, and what the veto is over. */
  veto: Record<string, { scope: string }>;
  severities: Record<string, Severity>;
  /** Working days a unit is given: by severity, and for 立行立改. */
  daysAllowed: { minor: number; major: number; serious: number; immediate: number };
  /** Working days the office gives itself. */
  officeDays: { verify: number; close: number; objection: number };
  /** Working days to object after the feedback on site, and after service of the notice. */
  objectionDays: { feedback: number; service: number };
  maxExtensions: number;
  /** Supervision orders: calendar days overdue from which they are orange or red, and working days each colour gives. */
  orders: { orangeAfter: number; redAfter: number; blueDays: number; orangeDays: number; redDays: number };
  recurrenceMonths: number;
  /** Below this many a rate shows no percentage. */
  minSample: number;
  terms: Term[];
  /** What a password must be (libs/rules/password.ts); GB/T 22239-2019 8.1.4.1 asks for complexity and regular change. */
  passwords: PasswordPolicy;
  documents: {
    issuer: string;
    noticeSeries: string;
    orderSeries: string;
    circularSeries: string;
    circularRecipients: string;
    copyTo: string;
  };
};

/** The longest time a district may choose for `recurrenceMonths`. */
export const MOST_RECURRENCE_MONTHS = 60;

/** The office that issues documents where a district has named none: its own government's. */
export const issuerOf = (district: string): string => `${district}${NAMELESS_ISSUER.slice(1)}`;
/** What stands in settings kept before the default had the district's name in it. */
const NAMELESS_ISSUER = '区人民政府教育督导室';
/** Whether a district has named the office that issues its documents. */
export const issuerIsSet = (issuer: string | undefined): issuer is string =>
  issuer !== undefined && issuer !== NAMELESS_ISSUER;

export const DEFAULT_SETTINGS: DistrictSettings = {
  schoolSystem: '6-3',
  policyProfile: 'current',
  localLimits: {},
  veto: {},
  severities: {},
  daysAllowed: { minor: 30, major: 15, serious: 5, immediate: 3 },
  officeDays: { verify: 10, close: 5, objection: 5 },
  objectionDays: { feedback: 3, service: 5 },
  maxExtensions: 2,
  orders: { orangeAfter: 10, redAfter: 15, blueDays: 5, orangeDays: 3, redDays: 3 },
  recurrenceMonths: 12,
  minSample: 10,
  terms: [],
  passwords: DEFAULT_PASSWORD_POLICY,
  documents: {
    issuer: NAMELESS_ISSUER,
    noticeSeries: '教督改',
    orderSeries: '教督办',
    circularSeries: '教督通',
    circularRecipients: '各中小学校、校外培训机构，各片区督导办',
    copyTo: '',
  },
};

/** The latest term that has begun by that day: the term whose visits count (a holiday belongs to the term before it). */
export function currentTerm(day: string, terms: readonly Term[]): Term | null {
  const begun = terms.filter((term) => term.from <= day).sort((a, b) => (a.from < b.from ? 1 : -1));
  return begun[0] ?? null;
}
