/**
 * The guards of the life-cycle table as pure functions: the verb refuses by them and a client is told its allowed
 * actions by them. Asked in this order: role, state, person.
 */
import type { Role } from './actor.js';
import {
  type ActionRow,
  ESCALATION_ORDER,
  type EscalationStep,
  ISSUE_ACTION_NAMES,
  ISSUE_ACTIONS,
  type IssueAction,
  type IssueStatus,
  MAY_CLOSE,
  OPEN_STATUSES,
  type PersonGuard,
  type Severity,
  type Source,
  type StateGuard,
} from './issue-lifecycle.js';
import type { ProblemCode } from './problems.js';

/** All that the guards ask about an issue on a day. */
export type IssueFacts = {
  status: IssueStatus;
  severity: Severity;
  source: Source;
  dueOn: string | null;
  escalation: EscalationStep | null;
  extensionPending: boolean;
  extensionCount: number;
  recurrenceOf: string | null;
  recurrenceConfirmed: boolean;
  /** The one objection was made. */
  objected: boolean;
  /** Last day to object; null where the calendar does not reach: then the period is taken to run. */
  objectUntil: string | null;
  /** Who asked for close-out, who verified (both of them where there were two). */
  requestedBy: string | null;
  /** Who made the objection or asked for the extension that is to be decided on. */
  appliedBy: string | null;
  verifiedBy: readonly string[];
  /** The verification was on site or measured again, and by two: what a serious issue takes. Null where nobody had to verify. */
  verifiedAsSerious: boolean | null;
  maxExtensions: number;
  today: string;
};

/** All that the guards ask about a person in relation to an issue. `roles`: those held over the unit (`rolesOver`). */
export type PersonFacts = {
  userId: string;
  roles: readonly Role[];
  leadsInspection: boolean;
  onTeam: boolean;
  /** The unit has an active leader of its own; otherwise the office acts on its behalf. */
  unitHasLeader: boolean;
  /** Nobody else could do what `standIn` stands in for. */
  nobodyElse: boolean;
};

/** Who may act on behalf of a unit that has no leader. */
export const OFFICE: readonly Role[] = ['office_head', 'office_staff', 'zone_officer'];
const holds = (person: PersonFacts, roles: readonly Role[]) =>
  person.roles.some((role) => roles.includes(role));

/** Whether the action is done for the unit by the office, because the unit has no leader who could. */
export const isOnBehalf = (row: ActionRow, person: PersonFacts): boolean =>
  row.ofUnit === true && !person.unitHasLeader && !holds(person, row.may) && holds(person, OFFICE);

/** Whether the person's roles over the unit may ever do this. */
export const mayEver = (action: IssueAction, person: PersonFacts): boolean => {
  const row = ISSUE_ACTIONS[action];
  const standsIn = row.standIn !== undefined && person.nobodyElse && holds(person, row.standIn);
  return holds(person, row.may) || standsIn || isOnBehalf(row, person);
};

const stateGuards: Record<StateGuard, (issue: IssueFacts) => boolean> = {
  objection_unused: (issue) => !issue.objected,
  objection_in_time: (issue) => issue.objectUntil === null || issue.today <= issue.objectUntil,
  before_deadline: (issue) => issue.dueOn === null || issue.today <= issue.dueOn,
  no_extension_pending: (issue) => !issue.extensionPending,
  extensions_left: (issue) => issue.extensionCount < issue.maxExtensions,
  extension_pending: (issue) => issue.extensionPending,
  recurrence_suspected: (issue) => issue.recurrenceOf !== null && !issue.recurrenceConfirmed,
  verified_or_minor: (issue) => issue.status === 'verified' || issue.severity === 'minor',
  verified_as_serious: (issue) => issue.severity !== 'serious' || issue.verifiedAsSerious !== false,
  can_rise: (issue) => issue.escalation !== ESCALATION_ORDER[ESCALATION_ORDER.length - 1],
};

/** What a refusal by a state guard says. */
export const STATE_WORDING: Readonly<Record<StateGuard, string>> = {
  objection_unused: '每个问题只能申辩一次',
  objection_in_time: '申辩期限已过（反馈后或送达后规定工作日内提出）',
  before_deadline: '整改期限已过，不能再申请延期',
  no_extension_pending: '已有延期申请等待答复',
  extensions_left: '延期次数已用完',
  extension_pending: '没有等待答复的延期申请',
  recurrence_suspected: '没有疑似反弹，或已认定',
  verified_or_minor: '较重、严重问题须先核验再销号',
  verified_as_serious: '核验后等级已升为严重，须退回后由两人实地核验或复测',
  can_rise: '已是最高一级',
};

/** Why the state does not allow an action: the status, the wrong ledger, or a guard. Null when it does. */
export function stateRefusal(
  action: IssueAction,
  issue: IssueFacts,
): StateGuard | 'status' | 'ledger' | null {
  const row: ActionRow = ISSUE_ACTIONS[action];
  if ((row.ledger === 'self_check') !== (issue.source === 'self_check')) return 'ledger';
  if (!row.from.includes(issue.status)) return 'status';
  return row.state?.find((guard) => !stateGuards[guard](issue)) ?? null;
}

/** Why this person may not on this issue. `not_lead`: the lead of the inspection may. */
type PersonRefusal = { code: ProblemCode; detail: string };
const leadOnly: PersonRefusal = { code: 'inspection.not_lead', detail: '只有该次检查的组长可以办理' };

const personGuards: Record<PersonGuard, (issue: IssueFacts, person: PersonFacts) => PersonRefusal | null> = {
  leads_inspection: (_, person) => (person.leadsInspection ? null : leadOnly),
  inspector_leads_minor: (issue, person) => {
    if (holds(person, OFFICE)) return null;
    if (!person.leadsInspection) return leadOnly;
    return issue.severity === 'minor'
      ? null
      : { code: 'issue.not_permitted', detail: '组长只能下发一般问题的整改通知书' };
  },
  not_of_team: (_, person) =>
    person.onTeam ? { code: 'issue.own_work', detail: '认定问题的检查组成员不能裁定对它的申辩' } : null,
  not_requester: (issue, person) =>
    issue.requestedBy === person.userId
      ? { code: 'issue.own_work', detail: '申请销号的人不能核验或销号' }
      : null,
  not_applicant: (issue, person) =>
    issue.appliedBy === person.userId
      ? { code: 'issue.own_work', detail: '代单位提出的申辩、延期申请由其他有权人员答复' }
      : null,
  not_verifier: (issue, person) =>
    issue.verifiedBy.includes(person.userId)
      ? { code: 'issue.own_work', detail: '核验人不能销号，请由其他有权人员办理' }
      : null,
  rank_for_severity: (issue, person) =>
    holds(person, MAY_CLOSE[issue.severity])
      ? null
      : { code: 'issue.not_permitted', detail: '您的岗位不能销号这一等级的问题' },
  may_verify_or_close: (issue, person) =>
    holds(person, ISSUE_ACTIONS.verify.may) || holds(person, MAY_CLOSE[issue.severity])
      ? null
      : { code: 'issue.not_permitted', detail: '由有权核验或销号这一等级问题的人员退回' },
};

export function personRefusal(
  action: IssueAction,
  issue: IssueFacts,
  person: PersonFacts,
): PersonRefusal | null {
  const row: ActionRow = ISSUE_ACTIONS[action];
  for (const guard of row.person ?? []) {
    const refusal = personGuards[guard](issue, person);
    if (refusal) return refusal;
  }
  return null;
}

/** The actions that an issue of either ledger in a status has, whoever asks. */
const actionsFrom = new Map<string, readonly IssueAction[]>(
  OPEN_STATUSES.flatMap((status) =>
    (['district', 'self_check'] as const).map((ledger) => [
      `${ledger} ${status}`,
      ISSUE_ACTION_NAMES.filter((action) => {
        const row: ActionRow = ISSUE_ACTIONS[action];
        return row.from.includes(status) && row.ledger === ledger;
      }),
    ]),
  ),
);

/** The statuses in which one of the guards decides about an action: elsewhere what it asks need not be known. */
export const statusesAsking = (...guards: PersonGuard[]): IssueStatus[] =>
  OPEN_STATUSES.filter((status) =>
    ISSUE_ACTION_NAMES.some((action) => {
      const row: ActionRow = ISSUE_ACTIONS[action];
      return row.from.includes(status) && row.person?.some((guard) => guards.includes(guard));
    }),
  );

/** What this person may do with this issue now: exactly the actions that the verb would not refuse before asking for needs. */
export function allowedActions(issue: IssueFacts, person: PersonFacts): IssueAction[] {
  const ledger = issue.source === 'self_check' ? 'self_check' : 'district';
  return (actionsFrom.get(`${ledger} ${issue.status}`) ?? []).filter(
    (action) =>
      mayEver(action, person) &&
      stateRefusal(action, issue) === null &&
      personRefusal(action, issue, person) === null,
  );
}
