/** Records as a circular's lineage keeps them: each one object, however many figures it stands behind. Pure. */
import { printedIssues, type Severity, type Subject } from '#rules/circular.js';
import {
  ESCALATION_STEPS,
  type EscalationStep,
  ISSUE_ACTIONS,
  ISSUE_STATUSES,
  type IssueStatus,
} from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import { KIND_TITLES } from './facts.js';
import type { LedgerAction, LedgerIssue } from './ledger.js';
import type { MeasuredRow } from './measured.js';
import type { Addressed, PeriodNotice } from './others.js';
import type { Records } from './records.js';
import { named } from './units.js';
import type { Visit } from './visits.js';

/** Leaves out what says nothing: thousands of answers have no note. */
const said = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));

/** Makes the subject of a record once and gives the same one afterwards. */
function once<K, A extends unknown[]>(keyOf: (...args: A) => K, make: (...args: A) => Subject) {
  const made = new Map<K, Subject>();
  return (...args: A): Subject => {
    const key = keyOf(...args);
    const known = made.get(key);
    if (known) return known;
    const subject = make(...args);
    made.set(key, subject);
    return subject;
  };
}

/** An issue that had ended before the period, as it ended. */
export type EndedIssue = {
  id: string;
  unitId: string;
  number: string;
  category: string;
  itemCode: string | null;
  severity: Severity;
  status: IssueStatus;
  on: Day;
};

export type Subjects = ReturnType<typeof subjectsOf>;

/** `names`: of the people on the teams, by id. */
export function subjectsOf(records: Records, names: ReadonlyMap<string, string>) {
  const { units, visits, ledger, facts } = records;
  const visitOf = new Map(visits.map((visit) => [visit.id, visit]));
  const issueOf = new Map(ledger.map((issue) => [issue.id, issue]));
  const printed = new Set(printedIssues(facts).map(({ issueId }) => issueId));
  const marks = (issue: LedgerIssue) => ({
    ...(issue.disputed ? { disputed: true as const } : {}),
    ...(printed.has(issue.id) ? { printed: true as const } : {}),
  });

  const unit = once(
    (id: string) => id,
    (id): Subject => {
      const { name, code, kind, zone } = named(units.get(id)!);
      return { type: 'unit', id, unitId: id, data: said({ name, code, kind, zone }) };
    },
  );
  const person = once(
    (id: string) => id,
    (id): Subject => ({ type: 'person', id, unitId: null, data: { name: names.get(id) ?? '' } }),
  );
  const receipt = once(
    ({ unitId }: Addressed) => unitId,
    ({ unitId, received }): Subject => ({ type: 'receipt', id: unitId, unitId, data: { received } }),
  );
  const visit = once(
    ({ id }: Visit) => id,
    ({ id, unitId, kind, on, submittedAt, sessions, late }): Subject => ({
      type: 'visit',
      id,
      unitId,
      data: said({
        kind,
        title: KIND_TITLES[kind as keyof typeof KIND_TITLES],
        on,
        submittedAt: submittedAt.toISOString(),
        sessions,
        late: late || null,
      }),
    }),
  );
  const answer = once(
    ({ id }: Visit, itemCode: string) => `${id} ${itemCode}`,
    ({ id, unitId, on, items, answers }, itemCode): Subject => {
      const item = items.find((one) => one.itemCode === itemCode);
      const given = answers[itemCode];
      return {
        type: 'answer',
        id,
        unitId,
        data: said({
          itemCode,
          title: item?.title,
          category: item?.category,
          on,
          verdict: given?.verdict,
          note: given?.note || null,
          measures: given?.measures?.length ? given.measures : null,
        }),
      };
    },
  );
  const issue = once(
    ({ id }: LedgerIssue) => id,
    (one): Subject => ({
      type: 'issue',
      id: one.id,
      unitId: one.unitId,
      ...marks(one),
      data: said({
        number: one.number,
        category: one.category,
        itemCode: one.itemCode,
        finding: one.finding,
        standardValue: one.standardValue,
        measuredValue: one.measuredValue,
        severity: one.state.severity,
        status: one.state.status,
        statusTitle: ISSUE_STATUSES[one.state.status],
        on: localDay(one.registeredAt),
        originalDueOn: one.state.originalDueOn,
        dueOn: one.state.dueOn,
        closedOn: one.closedOn,
        overdue: one.overdue || null,
        officeOverdue: one.officeOverdue || null,
      }),
    }),
  );
  const ended = once(
    ({ id }: EndedIssue) => id,
    ({ id, unitId, ...told }): Subject => ({
      type: 'issue',
      id,
      unitId,
      data: said({ ...told, statusTitle: ISSUE_STATUSES[told.status] }),
    }),
  );
  const action = once(
    ({ eventId }: LedgerAction) => eventId,
    ({ eventId, issueId, action: name, at, escalation }): Subject => {
      const of = issueOf.get(issueId)!;
      const step = name === 'escalate' ? ESCALATION_STEPS[escalation as EscalationStep] : null;
      return {
        type: 'action',
        id: issueId,
        unitId: of.unitId,
        ...marks(of),
        data: said({
          eventId,
          number: of.number,
          category: of.category,
          action: name,
          title: step ?? ISSUE_ACTIONS[name as keyof typeof ISSUE_ACTIONS]?.title,
          on: localDay(at),
        }),
      };
    },
  );
  const notice = once(
    ({ id }: PeriodNotice) => id,
    ({ id, number, unitId, issuedOn }): Subject => ({
      type: 'notice',
      id,
      unitId,
      data: { number, on: issuedOn },
    }),
  );
  const measurement = once(
    ({ id }: MeasuredRow) => id,
    (row: MeasuredRow): Subject => {
      const { unitId, on, items } = visitOf.get(row.inspectionId)!;
      const item = items.find(({ itemCode }) => itemCode === row.itemCode);
      return {
        type: 'measurement',
        id: row.inspectionId,
        unitId,
        data: said({
          itemCode: row.itemCode,
          title: item && item.judge.type !== 'boolean' ? item.judge.metricTitle : null,
          on,
          stage: row.stage,
          grade: row.grade,
          label: row.label,
          value: row.value,
        }),
      };
    },
  );
  return { unit, person, receipt, visit, answer, issue, ended, action, notice, measurement };
}
