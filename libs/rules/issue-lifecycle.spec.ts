import { describe, expect, test } from '@jest/globals';
import { ROLES } from './actor.js';
import { bodySchema, fieldOf, readBody } from './issue-bodies.js';
import {
  allowedActions,
  type IssueFacts,
  mayEver,
  type PersonFacts,
  personRefusal,
  STATE_WORDING,
  stateRefusal,
} from './issue-guards.js';
import {
  type ActionRow,
  ISSUE_ACTION_NAMES,
  ISSUE_ACTIONS,
  ISSUE_STATUSES,
  type IssueAction,
  type IssueStatus,
  MAY_CLOSE,
  OPEN_STATUSES,
  SEVERITY_ORDER,
} from './issue-lifecycle.js';
import type { Problem } from './problems.js';

const row = (action: IssueAction): ActionRow => ISSUE_ACTIONS[action];
const facts = (more: Partial<IssueFacts> = {}): IssueFacts => ({
  status: 'registered',
  severity: 'minor',
  source: 'visit',
  dueOn: null,
  escalation: null,
  extensionPending: false,
  extensionCount: 0,
  recurrenceOf: null,
  recurrenceConfirmed: false,
  objected: false,
  objectUntil: '2026-03-13',
  requestedBy: null,
  appliedBy: null,
  verifiedAsSerious: null,
  verifiedBy: [],
  maxExtensions: 2,
  today: '2026-03-10',
  ...more,
});
const person = (role: keyof typeof ROLES, more: Partial<PersonFacts> = {}): PersonFacts => ({
  userId: 'me',
  roles: [role],
  leadsInspection: false,
  onTeam: false,
  unitHasLeader: true,
  nobodyElse: false,
  ...more,
});

test('the life of an issue as a picture', () => {
  const lines = ISSUE_ACTION_NAMES.map((action) => {
    const { title, from, to, needs } = row(action);
    return `${action.padEnd(18)} ${title.padEnd(8, '　')} ${from.join('|')} → ${to}  {${Object.entries(needs)
      .map(([field, need]) => `${field}${need === 'optional' ? '?' : need === 'evidence' ? '*' : ''}`)
      .join(', ')}}`;
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
"resolve_on_site    立行立改　　　　 registered → verified  {note, attachments}
issue_notice       下发整改通知书　 registered → rectifying  {requirements, dueOn?, workingDays?, mode?, milestones?}
plan               报送整改方案　　 rectifying → same  {responsiblePerson, plan}
object             申辩　　　　　　 registered|rectifying → objected  {grounds, attachments?}
uphold             维持原认定　　　 objected → where_it_was  {note, dueOn?}
accept_objection   采纳申辩　　　　 objected → withdrawn  {note}
request_extension  申请延期　　　　 rectifying → same  {reason, dueOn}
grant_extension    同意延期　　　　 rectifying → same  {note, dueOn?}
refuse_extension   不同意延期　　　 rectifying → same  {note}
request_close      申请销号　　　　 rectifying → close_requested  {measures, attachments*}
verify             核验　　　　　　 close_requested → verified  {finding, method, coVerifierId?, measures?, attachments?}
close              销号　　　　　　 verified|close_requested → closed  {note}
return             退回　　　　　　 close_requested|verified → rectifying  {reason, dueOn?}
refer              移交　　　　　　 registered|rectifying → referred  {department, reason}
settle_referral    移交办结　　　　 referred → by_outcome  {outcome, note, attachments?, dueOn?}
regrade            调整等级　　　　 registered|rectifying|objected → same  {severity, reason}
merge              归并　　　　　　 registered → merged  {intoIssueId}
confirm_recurrence 认定反弹　　　　 registered|rectifying|objected|close_requested|verified|referred → same  {note}
escalate           升级督办　　　　 rectifying|close_requested|objected → same  {step, note, dueOn?}
withdraw           撤销　　　　　　 registered|rectifying → withdrawn  {reason}
close_own          自查办结　　　　 registered → closed  {measures, attachments*}"
`);
});

test('who may do what at their own place, drawn by role', () => {
  const lines = (Object.keys(ROLES) as (keyof typeof ROLES)[]).map(
    (role) =>
      `${role}: ${ISSUE_ACTION_NAMES.filter((action) => mayEver(action, person(role))).join(' ') || '—'}`,
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
"office_head: resolve_on_site issue_notice uphold accept_objection grant_extension refuse_extension close return refer settle_referral regrade merge confirm_recurrence escalate withdraw
office_staff: resolve_on_site issue_notice uphold accept_objection grant_extension refuse_extension close return merge confirm_recurrence escalate
bureau_leader: uphold accept_objection close return
zone_officer: resolve_on_site issue_notice verify close return merge confirm_recurrence escalate
inspector: resolve_on_site issue_notice verify return confirm_recurrence
unit_leader: plan object request_extension request_close close_own
unit_clerk: plan
auditor: —
system_admin: —"
`);
});

test('what is offered in each state to an officer who neither asked nor verified', () => {
  const lines = (Object.keys(ISSUE_STATUSES) as IssueStatus[]).map(
    (status) => `${status}: ${allowedActions(facts({ status }), person('office_head')).join(' ') || '—'}`,
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
"registered: issue_notice refer regrade merge withdraw
rectifying: refer regrade escalate withdraw
objected: uphold accept_objection regrade escalate
close_requested: close return escalate
verified: close return
referred: settle_referral
closed: —
withdrawn: —
merged: —"
`);
});

describe('the table hangs together', () => {
  test('every state is reached from registration, and every open state has a way on', () => {
    const destinations: Record<string, IssueStatus[]> = {
      where_it_was: ['registered', 'rectifying'],
      by_outcome: ['verified', 'rectifying'],
    };
    const reached = new Set<IssueStatus>(['registered']);
    for (const _ of OPEN_STATUSES) {
      for (const action of ISSUE_ACTION_NAMES) {
        const { from, to } = row(action);
        if (!from.some((status) => reached.has(status)) || to === 'same') continue;
        for (const status of destinations[to] ?? [to as IssueStatus]) reached.add(status);
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(ISSUE_STATUSES).sort());
    for (const status of OPEN_STATUSES) {
      expect(
        ISSUE_ACTION_NAMES.filter((action) => row(action).from.includes(status) && row(action).to !== 'same'),
      ).not.toEqual([]);
    }
  });

  test('closed, withdrawn and merged stay so', () => {
    const ended: IssueStatus[] = ['closed', 'withdrawn', 'merged'];
    for (const action of ISSUE_ACTION_NAMES)
      expect(row(action).from.filter((s) => ended.includes(s))).toEqual([]);
  });

  test.each(ISSUE_ACTION_NAMES)(
    '%s has a title, somebody who may, and a schema for every field',
    (action) => {
      const { title, may, needs, state } = row(action);
      expect(title).toMatch(/^[\u4e00-\u9fff]+$/);
      expect(may.length).toBeGreaterThan(0);
      for (const field of Object.keys(needs)) expect(fieldOf(action, field as never).title).toBeTruthy();
      for (const guard of state ?? []) expect(STATE_WORDING[guard]).toBeTruthy();
      expect(bodySchema(action).required).toContain('action');
    },
  );

  test('the graver, the fewer may close; no one who verifies may close by role alone but the zone officer', () => {
    const may = SEVERITY_ORDER.map((severity) => MAY_CLOSE[severity].length);
    expect(may).toEqual([4, 3, 2]);
  });
});

describe('guards', () => {
  test('the office acts for a unit only where it has no leader', () => {
    expect(mayEver('request_close', person('office_staff'))).toBe(false);
    expect(mayEver('request_close', person('office_staff', { unitHasLeader: false }))).toBe(true);
    expect(mayEver('request_close', person('inspector', { unitHasLeader: false }))).toBe(false);
    expect(mayEver('verify', person('office_staff', { unitHasLeader: false }))).toBe(false);
  });

  test('the bureau leader verifies only where nobody else could', () => {
    expect(mayEver('verify', person('bureau_leader'))).toBe(false);
    expect(mayEver('verify', person('bureau_leader', { nobodyElse: true }))).toBe(true);
    expect(mayEver('verify', person('office_head', { nobodyElse: true }))).toBe(false);
  });

  test('the last day to object counts; beyond the calendar the period is taken to run', () => {
    expect(stateRefusal('object', facts({ today: '2026-03-13' }))).toBeNull();
    expect(stateRefusal('object', facts({ today: '2026-03-14' }))).toBe('objection_in_time');
    expect(stateRefusal('object', facts({ today: '2029-01-01', objectUntil: null }))).toBeNull();
    expect(stateRefusal('object', facts({ objected: true }))).toBe('objection_unused');
  });

  test('who verified, as first or second, does not close; who asked neither verifies nor closes', () => {
    const issue = facts({ status: 'verified', verifiedBy: ['other', 'me'], requestedBy: 'liu' });
    expect(personRefusal('close', issue, person('office_head'))?.code).toBe('issue.own_work');
    const asked = facts({ status: 'close_requested', requestedBy: 'me' });
    expect(personRefusal('verify', asked, person('inspector'))?.code).toBe('issue.own_work');
    expect(personRefusal('close', asked, person('office_head'))?.code).toBe('issue.own_work');
  });

  test('the two ledgers do not mix', () => {
    const own = facts({ source: 'self_check', severity: 'serious' });
    expect(allowedActions(own, person('office_head'))).toEqual([]);
    expect(allowedActions(own, person('unit_leader'))).toEqual(['close_own']);
    expect(stateRefusal('close_own', facts())).toBe('ledger');
  });

  test('what is offered is exactly what would not be refused', () => {
    const statuses = Object.keys(ISSUE_STATUSES) as IssueStatus[];
    for (const status of statuses) {
      for (const severity of SEVERITY_ORDER) {
        for (const role of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
          const [issue, who] = [facts({ status, severity }), person(role)];
          const offered = allowedActions(issue, who);
          for (const action of ISSUE_ACTION_NAMES) {
            const fine =
              mayEver(action, who) && !stateRefusal(action, issue) && !personRefusal(action, issue, who);
            expect(offered.includes(action)).toBe(fine);
          }
        }
      }
    }
  });
});

describe('bodies', () => {
  const refused = (action: IssueAction, body: object, evidence = false) => {
    try {
      readBody(action, body as Record<string, unknown>, evidence);
      return 'taken';
    } catch (error) {
      const { code, errors } = error as Problem;
      return `${code} ${errors?.map((one) => one.pointer).join(' ')}`;
    }
  };
  const verifying = { finding: '已改到位', method: 're_measurement' };
  test.each<[IssueAction, object, boolean, string]>([
    ['close', { note: '同意' }, false, 'taken'],
    ['close', { note: '  ' }, false, 'issue.missing_field /note'],
    ['close', { note: null }, false, 'issue.missing_field /note'],
    ['close', { note: 7 }, false, 'request.invalid /note'],
    ['close', { note: '同意', reason: 'x' }, false, 'issue.field_not_of_action /reason'],
    ['close', { reason: 'x' }, false, 'issue.missing_field /note'],
    ['refer', {}, false, 'issue.missing_field /department /reason'],
    ['request_close', { measures: '改' }, false, 'taken'],
    ['request_close', { measures: '改' }, true, 'issue.missing_field /attachments'],
    ['request_close', { measures: '改', attachments: [] }, true, 'issue.missing_field /attachments'],
    ['request_close', { measures: [{}] }, false, 'request.invalid /measures'],
    ['request_close', { measures: '\u200b\u0007 ' }, false, 'issue.missing_field /measures'],
    ['verify', { ...verifying, measures: [{ value: -1 }] }, false, 'request.invalid /measures/0/value'],
    ['verify', { ...verifying, measures: [{ value: 1e308 }] }, false, 'request.invalid /measures/0/value'],
    ['verify', { ...verifying, measures: [{ numerator: 5 }] }, false, 'request.invalid /measures/0'],
    ['verify', { ...verifying, measures: [{}] }, false, 'request.invalid /measures/0'],
    [
      'verify',
      { ...verifying, measures: [{ numerator: 5, denominator: 8 }, { value: '22:00' }] },
      false,
      'taken',
    ],
    ['verify', { finding: 'x', method: 'on_site', measures: [{ grade: 3, value: '24:30' }] }, false, 'taken'],
    [
      'verify',
      { finding: 'x', method: 'on_site', measures: [{ grade: 13, value: 1 }] },
      false,
      'request.invalid /measures/0/grade',
    ],
    ['verify', { finding: 'x', method: 'by_phone' }, false, 'request.invalid /method'],
    [
      'verify',
      { finding: 'x', method: 'on_site', coVerifierId: 'me' },
      false,
      'request.invalid /coVerifierId',
    ],
    ['issue_notice', { requirements: 'x', dueOn: '2026-02-29' }, false, 'request.invalid /dueOn'],
    ['issue_notice', { requirements: 'x', workingDays: 0 }, false, 'request.invalid /workingDays'],
    [
      'issue_notice',
      { requirements: 'x', milestones: [{ on: 'x' }] },
      false,
      'request.invalid /milestones/0/on /milestones/0/text',
    ],
    ['object', { grounds: 'x', attachments: ['A'.repeat(64)] }, false, 'request.invalid /attachments/0'],
  ])('%s %j (evidence %s): %s', (action, body, evidence, outcome) => {
    expect(refused(action, body, evidence)).toBe(outcome);
  });
});
