/** The parts of a circular's facts that follow from visits, ledger and actions alone. Pure. */
import {
  type BySeverity,
  type CircularFacts,
  type CircularIssue,
  type CircularUnit,
  type CloseoutOutcome,
  type CloseoutRow,
  type OverdueRow,
} from '#rules/circular.js';
import {
  ESCALATION_STEPS,
  type EscalationStep,
  ISSUE_STATUSES,
  OPEN_STATUSES,
} from '#rules/issue-lifecycle.js';
import { byNumber } from '#rules/issue-number.js';
import { byCategory } from '#rules/library.js';
import { daysBetween, localDay } from '#rules/local-date.js';
import type { LedgerAction, LedgerIssue } from './ledger.js';
import { named, type UnitRow } from './units.js';
import type { Visit } from './visits.js';
import type { Window } from './window.js';

export type Read = {
  w: Window;
  units: ReadonlyMap<string, UnitRow>;
  visits: readonly Visit[];
  ledger: readonly LedgerIssue[];
  actions: readonly LedgerAction[];
  itemTitle: (code: string) => string | null;
};

const unitOf = (read: Read, issue: LedgerIssue): CircularUnit | null =>
  issue.disputed ? null : named(read.units.get(issue.unitId)!);
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

export function bySeverity(issues: readonly LedgerIssue[]): BySeverity {
  const count = { minor: 0, major: 0, serious: 0 };
  for (const { state } of issues) count[state.severity] += 1;
  return count;
}

/** Issues of the ledger that still stand: neither withdrawn nor merged into another by the cut-off. */
export const standing = ({ state }: { state: Pick<LedgerIssue['state'], 'status'> }): boolean =>
  state.status !== 'withdrawn' && state.status !== 'merged';

/** Issues registered in the period, or by a visit of it that was synced up to the cut-off. */
export function registeredIn({ w, visits, ledger }: Read): LedgerIssue[] {
  const ofVisits = new Set(visits.map(({ id }) => id));
  return ledger.filter(
    (issue) =>
      standing(issue) &&
      ((issue.registeredAt >= w.from && issue.registeredAt <= w.until) ||
        (issue.inspectionId !== null && ofVisits.has(issue.inspectionId))),
  );
}

/** Issues of the period that were resolved on the spot. */
export function resolvedOnSite(read: Read): LedgerIssue[] {
  const resolved = new Set(
    read.actions.filter(({ action }) => action === 'resolve_on_site').map((a) => a.issueId),
  );
  return registeredIn(read).filter(({ id }) => resolved.has(id));
}

export const dispositions = (visits: readonly Visit[], as: 'reminder' | 'found_again'): number =>
  sum(visits.map((visit) => visit.dispositions.filter((one) => one.as === as).length));

export function issueRows(read: Read, registered: readonly LedgerIssue[]): CircularIssue[] {
  const late = new Set(read.visits.filter((visit) => visit.late).map(({ id }) => id));
  return registered
    .map(
      (issue): CircularIssue => ({
        issueId: issue.id,
        number: issue.number,
        unit: unitOf(read, issue),
        disputed: issue.disputed,
        category: issue.category,
        categoryTitle: issue.category,
        itemCode: issue.itemCode,
        itemTitle: issue.itemCode === null ? null : read.itemTitle(issue.itemCode),
        finding: issue.finding,
        basis: issue.basis,
        standardValue: issue.standardValue,
        measuredValue: issue.measuredValue,
        severity: issue.state.severity,
        registeredOn: localDay(issue.registeredAt),
        dueOn: issue.state.dueOn,
        status: issue.state.status,
        statusTitle: ISSUE_STATUSES[issue.state.status],
        closedOn: issue.closedOn,
        overdue: issue.overdue,
        officeOverdue: issue.officeOverdue,
        late: issue.inspectionId !== null && late.has(issue.inspectionId),
      }),
    )
    .sort((a, b) => byCategory(a.category, b.category) || byNumber(a.number, b.number));
}

export function categoryRows(read: Read, registered: readonly LedgerIssue[]): CircularFacts['categories'] {
  const names = new Set([
    ...read.visits.flatMap(({ tally }) => Object.keys(tally.categories)),
    ...registered.map(({ category }) => category),
  ]);
  return [...names].sort(byCategory).map((category) => {
    const answers = read.visits.flatMap(({ tally }) => tally.categories[category] ?? []);
    const judged = sum(answers.map((a) => a.judged));
    const met = sum(answers.map((a) => a.met));
    const issues = bySeverity(registered.filter((issue) => issue.category === category));
    return { category, title: category, judged, met, failed: judged - met, issues };
  });
}

/** In time is judged by the day on which the close-out was asked for: the office's own time is never charged to the unit. */
export function outcomeOf(
  issue: Pick<LedgerIssue, 'closedOn' | 'requestedOn' | 'overdue'> & {
    state: Pick<LedgerIssue['state'], 'originalDueOn' | 'dueOn'>;
  },
): CloseoutOutcome {
  if (issue.closedOn === null) return issue.overdue ? 'open_overdue' : 'open';
  const asked = issue.requestedOn ?? issue.closedOn;
  if (asked <= issue.state.originalDueOn!) return 'closed_by_original';
  return asked <= issue.state.dueOn! ? 'closed_by_extended' : 'closed_late';
}

export function closeoutOf(read: Read): CircularFacts['closeout'] {
  const { actions } = read;
  const rows = dueIn(read).map(
    (issue): CloseoutRow => ({
      issueId: issue.id,
      number: issue.number,
      unit: unitOf(read, issue),
      disputed: issue.disputed,
      categoryTitle: issue.category,
      finding: issue.finding,
      severity: issue.state.severity,
      originalDueOn: issue.state.originalDueOn!,
      dueOn: issue.state.dueOn!,
      closedOn: issue.closedOn,
      outcome: outcomeOf(issue),
      statusTitle: ISSUE_STATUSES[issue.state.status],
      status: issue.state.status,
      officeOverdue: issue.officeOverdue,
      returnCount: issue.state.returnCount,
    }),
  );
  const ended = (outcome: CloseoutOutcome) => rows.filter((row) => row.outcome === outcome).length;
  const done = (...names: string[]) => actions.filter(({ action }) => names.includes(action)).length;
  return {
    due: rows.length,
    closedByOriginal: ended('closed_by_original'),
    closedByExtended: ended('closed_by_extended'),
    closedLate: ended('closed_late'),
    open: ended('open'),
    openOverdue: ended('open_overdue'),
    closedInPeriod: closedIn(read).length,
    returned: done('return'),
    extensionsGranted: done('grant_extension'),
    recurrencesConfirmed: done('confirm_recurrence'),
    foundAgain: dispositions(read.visits, 'found_again'),
    withdrawn: done('withdraw', 'accept_objection'),
    rows,
    overdue: overdueRows(read),
  };
}

/** Issues whose original deadline fell in the period. */
export const dueIn = ({ w, ledger }: Read): LedgerIssue[] =>
  ledger
    .filter(
      ({ state: { originalDueOn } }) =>
        originalDueOn && originalDueOn >= w.firstDay && originalDueOn <= w.lastDay,
    )
    .filter(standing);

/** Close-outs of the period, whenever they were due. */
export const closedIn = ({ w, ledger }: Read): LedgerIssue[] =>
  ledger.filter(({ closedOn }) => closedOn !== null && closedOn >= w.firstDay && closedOn <= w.lastDay);

function overdueRows(read: Read): OverdueRow[] {
  return read.ledger
    .filter((issue) => issue.open && issue.overdue)
    .map((issue): OverdueRow => {
      const { state } = issue;
      const stopped = state.status === 'rectifying' ? null : issue.requestedOn;
      return {
        issueId: issue.id,
        number: issue.number,
        unit: unitOf(read, issue),
        disputed: issue.disputed,
        categoryTitle: issue.category,
        finding: issue.finding,
        severity: state.severity,
        dueOn: state.dueOn!,
        daysOverdue: Math.max(0, daysBetween(state.dueOn!, stopped ?? read.w.day)),
        escalationTitle: state.escalation ? ESCALATION_STEPS[state.escalation] : null,
        statusTitle: ISSUE_STATUSES[state.status],
        status: state.status,
        officeOverdue: issue.officeOverdue,
      };
    })
    .sort((a, b) => b.daysOverdue - a.daysOverdue || byNumber(a.number, b.number));
}

/** One row per unit visited or with issues; disputed issues are in none of its figures. */
export function unitRows(read: Read, registered: readonly LedgerIssue[]): CircularFacts['units'] {
  const at = (id: string, issues: readonly LedgerIssue[]) =>
    issues.filter((issue) => issue.unitId === id && !issue.disputed).length;
  const [open, closed] = [read.ledger.filter((issue) => issue.open), closedIn(read)];
  return [...read.units.values()].flatMap((unit) => {
    const visits = read.visits.filter(({ unitId }) => unitId === unit.id);
    const row = {
      unit: named(unit),
      visits: visits.length,
      judged: sum(visits.map(({ tally }) => tally.judged)),
      met: sum(visits.map(({ tally }) => tally.met)),
      registered: at(unit.id, registered),
      closed: at(unit.id, closed),
      open: at(unit.id, open),
      overdue: at(
        unit.id,
        open.filter((issue) => issue.overdue),
      ),
    };
    return row.visits + row.registered + row.closed + row.open > 0 ? [row] : [];
  });
}

export function ledgerFigures({ ledger }: Read): CircularFacts['ledger'] {
  const open = ledger.filter((issue) => issue.open);
  return {
    open: open.length,
    overdue: open.filter((issue) => issue.overdue).length,
    officeOverdue: open.filter((issue) => issue.officeOverdue).length,
    byStatus: OPEN_STATUSES.map((status) => ({
      status,
      title: ISSUE_STATUSES[status],
      ...bySeverity(open.filter((issue) => issue.state.status === status)),
    })),
  };
}

export function escalationRows(read: Read): CircularFacts['escalations'] {
  const issueOf = new Map(read.ledger.map((issue) => [issue.id, issue]));
  return read.actions
    .filter(({ action }) => action === 'escalate')
    .map(({ issueId, at, escalation }) => {
      const issue = issueOf.get(issueId)!;
      return {
        number: issue.number,
        unit: unitOf(read, issue),
        stepTitle: ESCALATION_STEPS[escalation as EscalationStep],
        on: localDay(at),
      };
    });
}
