/**
 * The life of an issue (销号管理) as one table: the same rows guard the verb, tell a client its allowed actions,
 * enable the button on the screen and word the refusal. Source: 教育督导条例 articles
 * 20–22 for feedback, objection, rectification and verification; all else is the practice of supervision offices.
 */
import type { Role } from './actor.js';

export const ISSUE_STATUSES = {
  registered: '已登记',
  rectifying: '整改中',
  objected: '申辩中',
  close_requested: '申请销号',
  verified: '已核验',
  referred: '已移交',
  closed: '已销号',
  withdrawn: '已撤销',
  merged: '已归并',
} as const;
export type IssueStatus = keyof typeof ISSUE_STATUSES;
export const OPEN_STATUSES: readonly IssueStatus[] = [
  'registered',
  'rectifying',
  'objected',
  'close_requested',
  'verified',
  'referred',
];
export const isOpen = (status: IssueStatus): boolean => OPEN_STATUSES.includes(status);

export const SEVERITIES = { minor: '一般', major: '较重', serious: '严重' } as const;
export type Severity = keyof typeof SEVERITIES;
export const SEVERITY_ORDER: readonly Severity[] = ['minor', 'major', 'serious'];
/** One step graver; serious stays serious. */
export const graver = (severity: Severity): Severity =>
  SEVERITY_ORDER[Math.min(SEVERITY_ORDER.indexOf(severity) + 1, SEVERITY_ORDER.length - 1)]!;

export const MODES = { immediate: '立行立改', time_limited: '限期整改', long_term: '长期坚持' } as const;
export type Mode = keyof typeof MODES;

export const SOURCES = {
  visit: '督导检查',
  self_check: '学校自查',
  complaint: '举报线索',
  assigned: '上级交办',
  upper_inspection: '市督查',
} as const;
export type Source = keyof typeof SOURCES;

export const ESCALATION_STEPS = {
  reminder: '提醒',
  urging: '催办',
  supervision_order: '督办',
  interview: '约谈',
  circular: '通报',
  accountability: '问责',
} as const;
export type EscalationStep = keyof typeof ESCALATION_STEPS;
export const ESCALATION_ORDER = Object.keys(ESCALATION_STEPS) as EscalationStep[];
/** 督办 and above: what compliance status calls escalated. */
export const isEscalated = (step: EscalationStep | null | undefined): boolean =>
  !!step && ESCALATION_ORDER.indexOf(step) >= ESCALATION_ORDER.indexOf('supervision_order');

const OFFICE: readonly Role[] = ['office_head', 'office_staff'];
const OFFICE_AND_ZONE: readonly Role[] = [...OFFICE, 'zone_officer'];

/** Where an action leads. `where_it_was` is the status before the objection; `by_outcome` is decided by the body's `outcome`. */
export type Destination = IssueStatus | 'same' | 'where_it_was' | 'by_outcome';

/** A body field of an action: `required` unless marked; `evidence` is required only where the item demands evidence. */
export type Need = 'required' | 'optional' | 'evidence';

/** A condition on the issue's state beyond its status (refused with 409, and the action is not offered). */
export type StateGuard =
  | 'objection_unused'
  | 'objection_in_time'
  | 'before_deadline'
  | 'no_extension_pending'
  | 'extensions_left'
  | 'extension_pending'
  | 'recurrence_suspected'
  | 'verified_or_minor'
  | 'verified_as_serious'
  | 'can_rise';

/** A condition on the person in relation to this issue (refused with 403, and the action is not offered). */
export type PersonGuard =
  | 'leads_inspection'
  | 'inspector_leads_minor'
  | 'not_of_team'
  | 'not_requester'
  | 'not_applicant'
  | 'not_verifier'
  | 'rank_for_severity'
  | 'may_verify_or_close';

export type ActionRow = {
  title: string;
  from: readonly IssueStatus[];
  to: Destination;
  may: readonly Role[];
  /** Stands in where separation of duties leaves nobody of `may` who could do it here. */
  standIn?: readonly Role[];
  /** The unit's own action: where the unit has no user, office staff do it on its behalf and the record says so. */
  ofUnit?: true;
  /** Which ledger it belongs to; self-check findings have a list of their own. */
  ledger: 'district' | 'self_check';
  state?: readonly StateGuard[];
  person?: readonly PersonGuard[];
  needs: Readonly<Record<string, Need>>;
};

const table = {
  resolve_on_site: {
    title: '立行立改',
    from: ['registered'],
    to: 'verified',
    may: ['inspector', ...OFFICE_AND_ZONE],
    ledger: 'district',
    person: ['leads_inspection'],
    // Pictures before and after: the one before is the failed answer's as a rule, which the issue has already.
    needs: { note: 'required', attachments: 'required' },
  },
  issue_notice: {
    title: '下发整改通知书',
    from: ['registered'],
    to: 'rectifying',
    may: [...OFFICE_AND_ZONE, 'inspector'],
    ledger: 'district',
    person: ['inspector_leads_minor'],
    needs: {
      requirements: 'required',
      dueOn: 'optional',
      workingDays: 'optional',
      mode: 'optional',
      milestones: 'optional',
    },
  },
  plan: {
    title: '报送整改方案',
    from: ['rectifying'],
    to: 'same',
    may: ['unit_leader', 'unit_clerk'],
    ofUnit: true,
    ledger: 'district',
    needs: { responsiblePerson: 'required', plan: 'required' },
  },
  object: {
    title: '申辩',
    from: ['registered', 'rectifying'],
    to: 'objected',
    may: ['unit_leader'],
    ofUnit: true,
    ledger: 'district',
    state: ['objection_unused', 'objection_in_time'],
    needs: { grounds: 'required', attachments: 'optional' },
  },
  uphold: {
    title: '维持原认定',
    from: ['objected'],
    to: 'where_it_was',
    may: [...OFFICE, 'bureau_leader'],
    ledger: 'district',
    person: ['not_of_team', 'not_applicant'],
    needs: { note: 'required', dueOn: 'optional' },
  },
  accept_objection: {
    title: '采纳申辩',
    from: ['objected'],
    to: 'withdrawn',
    may: [...OFFICE, 'bureau_leader'],
    ledger: 'district',
    person: ['not_of_team', 'not_applicant'],
    needs: { note: 'required' },
  },
  request_extension: {
    title: '申请延期',
    from: ['rectifying'],
    to: 'same',
    may: ['unit_leader'],
    ofUnit: true,
    ledger: 'district',
    state: ['before_deadline', 'no_extension_pending', 'extensions_left'],
    needs: { reason: 'required', dueOn: 'required' },
  },
  grant_extension: {
    title: '同意延期',
    from: ['rectifying'],
    to: 'same',
    may: OFFICE,
    ledger: 'district',
    state: ['extension_pending'],
    person: ['not_applicant'],
    needs: { note: 'required', dueOn: 'optional' },
  },
  refuse_extension: {
    title: '不同意延期',
    from: ['rectifying'],
    to: 'same',
    may: OFFICE,
    ledger: 'district',
    state: ['extension_pending'],
    person: ['not_applicant'],
    needs: { note: 'required' },
  },
  request_close: {
    title: '申请销号',
    from: ['rectifying'],
    to: 'close_requested',
    may: ['unit_leader'],
    ofUnit: true,
    ledger: 'district',
    needs: { measures: 'required', attachments: 'evidence' },
  },
  verify: {
    title: '核验',
    from: ['close_requested'],
    to: 'verified',
    may: ['inspector', 'zone_officer'],
    standIn: ['bureau_leader'],
    ledger: 'district',
    person: ['not_requester'],
    needs: {
      finding: 'required',
      method: 'required',
      coVerifierId: 'optional',
      measures: 'optional',
      attachments: 'optional',
    },
  },
  close: {
    title: '销号',
    from: ['verified', 'close_requested'],
    to: 'closed',
    may: [...OFFICE_AND_ZONE, 'bureau_leader'],
    ledger: 'district',
    state: ['verified_or_minor', 'verified_as_serious'],
    person: ['rank_for_severity', 'not_verifier', 'not_requester'],
    needs: { note: 'required' },
  },
  return: {
    title: '退回',
    from: ['close_requested', 'verified'],
    to: 'rectifying',
    may: ['inspector', ...OFFICE_AND_ZONE, 'bureau_leader'],
    ledger: 'district',
    person: ['may_verify_or_close'],
    needs: { reason: 'required', dueOn: 'optional' },
  },
  refer: {
    title: '移交',
    from: ['registered', 'rectifying'],
    to: 'referred',
    may: ['office_head'],
    ledger: 'district',
    needs: { department: 'required', reason: 'required' },
  },
  settle_referral: {
    title: '移交办结',
    from: ['referred'],
    to: 'by_outcome',
    may: ['office_head'],
    ledger: 'district',
    needs: { outcome: 'required', note: 'required', attachments: 'optional', dueOn: 'optional' },
  },
  regrade: {
    title: '调整等级',
    from: ['registered', 'rectifying', 'objected'],
    to: 'same',
    may: ['office_head'],
    ledger: 'district',
    needs: { severity: 'required', reason: 'required' },
  },
  merge: {
    title: '归并',
    from: ['registered'],
    to: 'merged',
    may: OFFICE_AND_ZONE,
    ledger: 'district',
    needs: { intoIssueId: 'required' },
  },
  confirm_recurrence: {
    title: '认定反弹',
    from: OPEN_STATUSES,
    to: 'same',
    may: [...OFFICE_AND_ZONE, 'inspector'],
    ledger: 'district',
    state: ['recurrence_suspected'],
    needs: { note: 'required' },
  },
  escalate: {
    title: '升级督办',
    from: ['rectifying', 'close_requested', 'objected'],
    to: 'same',
    may: OFFICE_AND_ZONE,
    ledger: 'district',
    state: ['can_rise'],
    needs: { step: 'required', note: 'required', dueOn: 'optional' },
  },
  withdraw: {
    title: '撤销',
    from: ['registered', 'rectifying'],
    to: 'withdrawn',
    may: ['office_head'],
    ledger: 'district',
    needs: { reason: 'required' },
  },
  close_own: {
    title: '自查办结',
    from: ['registered'],
    to: 'closed',
    may: ['unit_leader'],
    ofUnit: true,
    ledger: 'self_check',
    needs: { measures: 'required', attachments: 'evidence' },
  },
} as const satisfies Record<string, ActionRow>;

export type IssueAction = keyof typeof table;
export const ISSUE_ACTIONS: Readonly<Record<IssueAction, ActionRow>> = table;
export const ISSUE_ACTION_NAMES = Object.keys(table) as IssueAction[];

/** Who may close an issue of each severity. */
export const MAY_CLOSE: Readonly<Record<Severity, readonly Role[]>> = {
  minor: ['zone_officer', 'office_head', 'office_staff', 'bureau_leader'],
  major: ['office_head', 'office_staff', 'bureau_leader'],
  serious: ['office_head', 'bureau_leader'],
};
