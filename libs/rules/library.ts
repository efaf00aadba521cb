/**
 * The shape of data/library: policies, checklist items (督导要点) and checklists (督导清单) as an office edits them.
 * data/README.md tells where the data comes from; `validateLibrary` (library-check.ts) proves that it hangs together.
 */
import type { Severity } from './issue-lifecycle.js';
import type { Stage } from './stages.js';

/** The areas of an item, in the order in which forms and circulars show them. Issues carry the same names. */
export const CATEGORIES = [
  '作业管理',
  '考试管理',
  '课后服务',
  '课程教学',
  '睡眠作息',
  '体育锻炼',
  '手机与电子产品',
  '编班与招生',
  '教辅与竞赛',
  '师德与有偿补课',
  '家校沟通',
  '组织与制度',
  '公示与监督',
  '校外培训机构',
  '政府与部门责任',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The order of areas; names of earlier editions come last. */
export const byCategory = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
const rank = (category: string): number => {
  const at = (CATEGORIES as readonly string[]).indexOf(category);
  return at < 0 ? CATEGORIES.length : at;
};

export const SUBJECTS = ['school', 'training_institution', 'department'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** 口径: the rules by which a checklist judges. `jf2018` is history: what 教基〔2018〕26号 verifiably said otherwise. */
export const POLICY_PROFILES = ['current', 'jf2018'] as const;
export type PolicyProfile = (typeof POLICY_PROFILES)[number];

export const COMPARATORS = ['<=', '>=', '==', '<', '>'] as const;
export type Comparator = (typeof COMPARATORS)[number];

/** A number in the unit of the metric, or `HH:MM` where the unit is 时刻. */
export type Limit = number | string;

/** A limit for some stages or grades. Grades are written for a 6-3 district and resolved at publication. */
export type Band = { stages?: Stage[]; grades?: number[]; limit: Limit | null };

export type BooleanJudge = { type: 'boolean'; passWhen: boolean };

export type Metric = {
  metric: string;
  metricTitle: string;
  /** 分钟/天, %, 时刻 …; what stands after the slash is the time or thing counted by. */
  unit: string;
  /** What one figure is taken of: 年级, 学校, 机构 … */
  per: string;
};

export type MeasureJudge = Metric & {
  type: 'measure';
  /** value comparator limit = compliant. */
  comparator: Comparator;
  /** Holds where no band matches. Null: recorded, not judged, until the district sets it. */
  limit: Limit | null;
  /** From the top down, the first that matches counts, before `limit`. */
  bands?: Band[];
  /** `any`: a local custom that a district may replace. Otherwise it may only be stricter than the limit given. */
  localLimit?: 'any';
  /** A proposal for the district's setting; never applied by itself. */
  suggestedLimits?: Partial<Record<Stage, number>>;
};

/** Recorded and reported, never judged. `comparator` and the limits in `bands` are references for the reader. */
export type IndicatorJudge = Metric & {
  type: 'indicator';
  comparator?: Comparator;
  reference: Limit | null;
  bands?: Band[];
};

export type Judge = BooleanJudge | MeasureJudge | IndicatorJudge;

/** A policy that an item rests on. A clause number is shown only when it was checked against the text. */
export type PolicyCitation = {
  policy: string;
  clause?: number;
  clauseVerified?: boolean;
  /** What the passage is about, where no clause number is known. Not shown as a quotation. */
  topic?: string;
  /** Only under these profiles; without it, under all. */
  profiles?: PolicyProfile[];
};

/** Where in the material handed over the item was found: file code and physical line, from 1. */
export type SeedReference = { seed: string; line?: number; toLine?: number; place?: string };

/** A value that other places or earlier rules use or used; for reading up, never for judging. */
export type HistoricValue = { limit: Limit | null; stages?: Stage[]; grades?: number[]; sources: string[] };

export type Extent = 'individual' | 'grade' | 'school';
export const EXTENTS = ['individual', 'grade', 'school'] as const satisfies readonly Extent[];

export type LibraryItem = {
  itemCode: string;
  title: string;
  question: string;
  /** What the question asks for, as documents print it: where it is answered with yes or no. */
  requirement?: string;
  category: Category;
  subject: Subject;
  stages: Stage[];
  /** Only these grades of the stages; without it, all. Written for a 6-3 district. */
  grades?: number[];
  judge: Judge;
  /** How to look: ways of finding out that the inspector is offered. */
  evidence: string[];
  evidenceRequired: boolean;
  severity: Severity;
  /** Where the extent decides otherwise than the general rule of `severityFor`. */
  severityByExtent?: Partial<Record<Extent, Severity>>;
  veto: boolean;
  basis: PolicyCitation[];
  origins: SeedReference[];
  history?: HistoricValue[];
  /** What reads differently under another profile than the current rules. */
  profiles?: Partial<
    Record<PolicyProfile, Partial<Pick<LibraryItem, 'title' | 'question' | 'requirement' | 'judge'>>>
  >;
  /** For the inspector, how to judge doubtful cases. */
  note?: string;
  /** `refer`: best handed to the department in charge. */
  disposition?: 'refer';
  /** `ledger`: follows from the ledger and is not answered by the inspector. */
  computed?: 'ledger';
};

export type Policy = {
  code: string;
  title: string;
  documentNumber: string | null;
  /** As exactly as known: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  issuedOn: string | null;
  /** `national` rules bind everywhere; `local` ones only there; `reference` is data or an example. */
  scope: 'national' | 'local' | 'reference';
  /** Whether a document may name it as its basis: national, with a title that was checked. */
  citable: boolean;
  clauses?: number;
};

export const INSPECTION_KINDS = [
  'routine',
  'special',
  'comprehensive',
  'visit',
  'look_back',
  'self_check',
] as const;

export type LibraryChecklist = {
  code: string;
  title: string;
  kind: (typeof INSPECTION_KINDS)[number];
  subject: Subject;
  stages: Stage[];
  policyProfile: PolicyProfile;
  /** Only full coverage can make a unit compliant. */
  coverage: 'full' | 'partial';
  frequency: string;
  methods: string[];
  basis: PolicyCitation[];
  origins: SeedReference[];
  items: { itemCode: string; required: boolean }[];
  /** Headings of the form; where there are any, each item stands under exactly one. */
  groups?: { title: string; itemCodes: string[] }[];
  note?: string;
};
