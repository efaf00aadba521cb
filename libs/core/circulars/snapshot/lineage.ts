/**
 * Which records stand behind each figure of a circular. The rows are picked by the same functions that count the figures,
 * and rules/circular-lineage.ts refuses whatever its rows do not make.
 */
import type { EntityManager } from 'typeorm';
import {
  type FigureRow,
  type Lineage,
  lineageOf,
  measurementKey,
  type Subject,
  trendKey,
} from '#rules/circular.js';
import { judgedItems } from '#rules/inspection-result.js';
import {
  ESCALATION_STEPS,
  type EscalationStep,
  OPEN_STATUSES,
  SEVERITY_ORDER,
} from '#rules/issue-lifecycle.js';
import { KIND_TITLES, registerOf } from './facts.js';
import { closedIn, dueIn, outcomeOf, registeredIn, resolvedOnSite } from './figures.js';
import { HOMEWORK_METRIC } from './homework.js';
import type { LedgerAction, LedgerIssue } from './ledger.js';
import type { Records } from './records.js';
import { type EndedIssue, type Subjects, subjectsOf } from './subjects.js';
import type { Visit } from './visits.js';

type Rows = Map<string, FigureRow[]>;

/** Every figure of the circular with its rows, proved. @throws Error where a figure is not what its rows make */
export async function circularLineage(em: EntityManager, records: Records): Promise<Lineage> {
  const members = [...new Set(records.visits.flatMap((visit) => visit.members))];
  const people: { id: string; name: string }[] = await em.query(
    `SELECT id, name FROM users WHERE district_id = $1 AND id = ANY($2)`,
    [records.w.districtId, members],
  );
  const subjects = subjectsOf(records, new Map(people.map(({ id, name }) => [id, name])));
  const rows: Rows = new Map([
    ...visitRows(records, subjects, members),
    ...issueRows(records, subjects),
    ...actionRows(records, subjects),
    ...measurementRows(records, subjects),
    ...unitRows(records, subjects),
    ...trendRows(records, subjects, await endedBefore(em, records)),
  ]);
  return lineageOf(records.facts, rows, [...records.units.keys()].map(subjects.unit));
}

const each = (subjects: readonly Subject[]): FigureRow[] => subjects.map((subject) => ({ subject }));
const share = <T>(
  list: readonly T[],
  subject: (one: T) => Subject,
  counts: (one: T) => boolean,
): FigureRow[] => list.map((one) => ({ subject: subject(one), numerator: counts(one) ? 1 : 0 }));

/** Judged answers of visits, in those of one category where one is named. */
const answerRows = (visits: readonly Visit[], { answer }: Subjects, category?: string): FigureRow[] =>
  visits.flatMap((visit) =>
    judgedItems(visit.items, visit.answers)
      .filter(({ item }) => category === undefined || item.category === category)
      .map(({ item, met }) => ({ subject: answer(visit, item.itemCode), numerator: met })),
  );

function visitRows(records: Records, subjects: Subjects, members: readonly string[]): Rows {
  const { visits, notices, addressed, facts } = records;
  const visited = new Set(visits.map(({ unitId }) => unitId));
  const coverage = (kind: 'school' | 'training_institution') =>
    share(
      registerOf(records, kind),
      ({ id }) => subjects.unit(id),
      ({ id }) => visited.has(id),
    );
  const disposed = (as: 'reminder' | 'found_again') =>
    each(
      visits.flatMap((visit) =>
        visit.dispositions.filter((one) => one.as === as).map((one) => subjects.answer(visit, one.itemCode)),
      ),
    );
  const late = new Set(visits.filter((visit) => visit.late).map(({ id }) => id));
  const rows: Rows = new Map([
    ['overview.visits', each(visits.map(subjects.visit))],
    ['overview.schools', coverage('school')],
    ['overview.institutions', coverage('training_institution')],
    ['overview.inspectors', each(members.map(subjects.person))],
    [
      'overview.sessions',
      visits.map((visit) => ({ subject: subjects.visit(visit), weight: visit.sessions })),
    ],
    ['overview.met_rate', answerRows(visits, subjects)],
    ['overview.reminders', disposed('reminder')],
    ['overview.notices', each(notices.map(subjects.notice))],
    ['overview.notices_received', share(notices, subjects.notice, ({ received }) => received)],
    ['closeout.found_again', disposed('found_again')],
    ['late.visits', each(visits.filter((visit) => visit.late).map(subjects.visit))],
    [
      'late.issues',
      each(
        registeredIn(records)
          .filter(({ inspectionId }) => inspectionId !== null && late.has(inspectionId))
          .map(subjects.issue),
      ),
    ],
  ]);
  for (const kind of Object.keys(KIND_TITLES)) {
    const own = visits.filter((visit) => visit.kind === kind);
    rows.set(`overview.visits.${kind}`, each(own.map(subjects.visit)));
  }
  for (const { category } of facts.categories) {
    rows.set(`category.${category}.met_rate`, answerRows(visits, subjects, category));
  }
  if (facts.previous) {
    rows.set(
      'previous.receipts',
      share(addressed, subjects.receipt, ({ received }) => received),
    );
  }
  return rows;
}

function issueRows(records: Records, { issue }: Subjects): Rows {
  const [registered, due] = [registeredIn(records), dueIn(records)];
  const open = records.ledger.filter((one) => one.open);
  const of = (list: readonly LedgerIssue[], which: (one: LedgerIssue) => boolean = () => true) =>
    each(list.filter(which).map(issue));
  const ended = (...outcomes: string[]) => share(due, issue, (one) => outcomes.includes(outcomeOf(one)));
  const atEnd = (outcome: string) => of(due, (one) => outcomeOf(one) === outcome);
  const rows: Rows = new Map([
    ['overview.issues', of(registered)],
    ['overview.disputed', of(registered, ({ disputed }) => disputed)],
    ['overview.resolved_on_site', of(resolvedOnSite(records))],
    ['closeout.due', of(due)],
    ['closeout.rate_original', ended('closed_by_original')],
    ['closeout.rate_extended', ended('closed_by_original', 'closed_by_extended')],
    ['closeout.rate_closed', ended('closed_by_original', 'closed_by_extended', 'closed_late')],
    ['closeout.closed_late', atEnd('closed_late')],
    ['closeout.open', atEnd('open')],
    ['closeout.open_overdue', atEnd('open_overdue')],
    ['closeout.closed_in_period', of(closedIn(records))],
    ['ledger.open', of(open)],
    ['ledger.overdue', of(open, ({ overdue }) => overdue)],
    ['ledger.office_overdue', of(open, ({ officeOverdue }) => officeOverdue)],
  ]);
  for (const severity of SEVERITY_ORDER) {
    const graded = ({ state }: LedgerIssue) => state.severity === severity;
    rows.set(`overview.issues_${severity}`, of(registered, graded));
    for (const { category } of records.facts.categories) {
      const inCategory = (one: LedgerIssue) => one.category === category;
      rows.set(`category.${category}.issues`, of(registered, inCategory));
      rows.set(
        `category.${category}.issues_${severity}`,
        of(registered, (one) => inCategory(one) && graded(one)),
      );
    }
    for (const status of OPEN_STATUSES) {
      const inStatus = (one: LedgerIssue) => one.state.status === status && graded(one);
      rows.set(`ledger.status.${status}_${severity}`, of(open, inStatus));
    }
  }
  return rows;
}

function actionRows({ actions }: Records, { action }: Subjects): Rows {
  const done = (...names: string[]) => each(actions.filter((one) => names.includes(one.action)).map(action));
  const steps = actions.filter((one) => one.action === 'escalate');
  const titleOf = ({ escalation }: LedgerAction) => ESCALATION_STEPS[escalation as EscalationStep];
  return new Map([
    ['closeout.returned', done('return')],
    ['closeout.extensions', done('grant_extension')],
    ['closeout.recurrences', done('confirm_recurrence')],
    ['closeout.withdrawn', done('withdraw', 'accept_objection')],
    ['escalations.taken', each(steps.map(action))],
    ...[...new Set(steps.map(titleOf))].map((title): [string, FigureRow[]] => [
      `escalations.${title}`,
      each(steps.filter((one) => titleOf(one) === title).map(action)),
    ]),
  ]);
}

function measurementRows({ groups, measured, facts }: Records, { measurement }: Subjects): Rows {
  const rows: Rows = new Map();
  groups.forEach(({ rows: figures, ...group }, i) => {
    const key = measurementKey(group);
    const fact = facts.measurements[i]!;
    const values = figures.map(({ row }) => ({ subject: measurement(row), weight: row.value }));
    rows.set(`${key}.n`, each(values.map(({ subject }) => subject)));
    if (fact.ratio) {
      const parts = figures.map(({ row }) => ({
        subject: measurement(row),
        weight: row.denominator ?? 0,
        numerator: row.numerator ?? 0,
      }));
      rows.set(`${key}.ratio`, parts);
    }
    for (const end of ['min', 'mean', 'max'] as const) {
      if (fact[end] !== null) rows.set(`${key}.${end}`, values);
    }
    if (fact.withinLimit) {
      const judged = figures.filter(({ within }) => within !== null);
      const within = share(
        judged,
        ({ row }) => measurement(row),
        (one) => one.within === true,
      );
      rows.set(`${key}.within_limit`, within);
    }
  });
  // In the order in which they were read, as the grade's own figures were.
  const metricOf = new Map(groups.flatMap((group) => group.rows.map(({ row }) => [row.id, group.metric])));
  const minutes = measured.filter(({ id }) => metricOf.get(id) === HOMEWORK_METRIC);
  for (const { grade, ...ends } of facts.homework ?? []) {
    const own = minutes.filter((row) => row.grade === grade);
    const values = own.map((row) => ({ subject: measurement(row), weight: row.value }));
    rows.set(`homework.${grade}.n`, each(values.map(({ subject }) => subject)));
    for (const end of ['min', 'mean', 'max'] as const) {
      if (ends[end] !== null) rows.set(`homework.${grade}.${end}`, values);
    }
  }
  return rows;
}

/** Issues of earlier months that had ended before the period: the ledger of the cut-off does not have them. */
async function endedBefore(em: EntityManager, { w, trend, ledger }: Records): Promise<EndedIssue[]> {
  const known = new Set(ledger.map(({ id }) => id));
  const ids = new Set(trend.flatMap(({ month: _, ...counts }) => Object.values(counts).flat()));
  return em.query(
    `SELECT id, number, unit_id AS "unitId", category, item_code AS "itemCode", severity, status,
       (registered_at AT TIME ZONE 'Asia/Shanghai')::date AS "on"
     FROM issues WHERE district_id = $1 AND id = ANY($2::uuid[])`,
    [w.districtId, [...ids].filter((id) => !known.has(id))],
  );
}

function trendRows({ trend, ledger }: Records, subjects: Subjects, ended: readonly EndedIssue[]): Rows {
  const issueOf = new Map<string, () => Subject>([
    ...ended.map((one): [string, () => Subject] => [one.id, () => subjects.ended(one)]),
    ...ledger.map((one): [string, () => Subject] => [one.id, () => subjects.issue(one)]),
  ]);
  return new Map(
    trend.flatMap(({ month, ...counts }) =>
      Object.entries(counts).map(([name, ids]): [string, FigureRow[]] => [
        trendKey(month, name),
        each(ids.map((id) => issueOf.get(id)!())),
      ]),
    ),
  );
}

function byUnit<T extends { unitId: string }>(list: readonly T[]): Map<string, T[]> {
  const units = new Map<string, T[]>();
  for (const one of list) {
    const own = units.get(one.unitId);
    if (own) own.push(one);
    else units.set(one.unitId, [one]);
  }
  return units;
}

/** The account of each unit: its disputed issues are in none of it. */
function unitRows(records: Records, subjects: Subjects): Rows {
  const { ledger, facts } = records;
  const visits = byUnit(records.visits);
  const [registered, closed] = [new Set(registeredIn(records)), new Set(closedIn(records))];
  const issues = byUnit(ledger.filter(({ disputed }) => !disputed));
  return new Map(
    facts.units.flatMap(({ unit: { id } }): [string, FigureRow[]][] => {
      const [own, found] = [visits.get(id) ?? [], issues.get(id) ?? []];
      const of = (which: (one: LedgerIssue) => boolean) => each(found.filter(which).map(subjects.issue));
      return [
        [`unit.${id}.visits`, each(own.map(subjects.visit))],
        [`unit.${id}.met_rate`, answerRows(own, subjects)],
        [`unit.${id}.registered`, of((one) => registered.has(one))],
        [`unit.${id}.closed`, of((one) => closed.has(one))],
        [`unit.${id}.open`, of((one) => one.open)],
        [`unit.${id}.overdue`, of((one) => one.open && one.overdue)],
      ];
    }),
  );
}
