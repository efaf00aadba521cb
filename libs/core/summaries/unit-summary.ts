import { isOverdue } from '#rules/clocks.js';
import { COMPLIANCE_STATUSES } from '#rules/compliance.js';
import { ESCALATION_STEPS, ISSUE_STATUSES, isOpen, type Severity } from '#rules/issue-lifecycle.js';
import { byCategory } from '#rules/library.js';
import { type Day, isDay, localDay, yearOf } from '#rules/local-date.js';
import { invalid, problem } from '#rules/problems.js';
import { currentTerm, type Term } from '#rules/settings.js';
import { STAGE_TEXT } from '#rules/stages.js';
import { readCompliance } from '../compliance/read.js';
import { complianceView } from '../compliance/unit-status.js';
import { districtOf } from '../directory/districts.js';
import { findUnit } from '../directory/find-unit.js';
import type { Unit } from '../directory/unit.entity.js';
import { noSuchUnit } from '../directory/units.js';
import type { Ctx } from '../foundation/context.js';
import { type SummaryIssue, summaryIssues } from './issues.js';
import { type SummaryVisit, summaryVisits } from './visits.js';

export type SummaryPeriod = { from?: string; to?: string };
type Share = { numerator: number; denominator: number };

/**
 * What the sheet 教育督导情况一览 prints (libs/documents/summary-pdf.ts): one unit over a period, how it stands today, its
 * visits, met rates, issues and deadlines, and apart from them its own self-checks. Only what the actor may read of ledger and inspections is counted.
 * @throws resource.not_found, request.invalid where the period ends before it begins
 */
export async function unitSummary(ctx: Ctx, kind: Unit['kind'], id: string, asked: SummaryPeriod) {
  const unit = await findUnit(ctx, id);
  if (unit.kind !== kind) throw noSuchUnit(kind);
  const { demo, settings } = await districtOf(ctx);
  const period = periodOf(asked, ctx.today, settings.terms);
  const row = await readCompliance(ctx.em, ctx.actor.districtId, id);
  if (!row) throw problem('resource.not_found', '没有这个单位');
  const standing = complianceView(row, ctx.today);
  const visits = await summaryVisits(ctx, id, period);
  const issues = await summaryIssues(ctx, id, period);
  const [{ zone }]: [{ zone: string | null }] = await ctx.em.query(
    `SELECT (SELECT name FROM zones WHERE district_id = $1 AND id = $2) AS zone`,
    [ctx.actor.districtId, unit.zoneId],
  );
  const within = (at: Date | null): boolean =>
    at !== null && localDay(at) >= period.from && localDay(at) <= period.to;
  const [own, ledger] = parted(issues, ({ source }) => source === 'self_check');
  const [selfChecks, inspections] = parted(visits, ({ kind: of }) => of === 'self_check');
  const shown = (issue: SummaryIssue) => shownIssue(issue, ctx.today);
  const counted = ledger.filter(({ status }) => status !== 'withdrawn' && status !== 'merged');
  const open = counted.filter(({ status }) => isOpen(status)).map(shown);
  const closed = counted.filter(({ status, closedAt }) => status === 'closed' && within(closedAt)).map(shown);
  const registered = counted.filter(({ registeredAt }) => within(registeredAt));
  const rates = metByCategory(inspections);
  const names = new Set([
    ...standing.categories.map(({ category }) => category),
    ...rates.keys(),
    ...counted.map(({ category }) => category),
  ]);
  return {
    demo,
    issuer: settings.documents.issuer,
    unitName: unit.name,
    unitCode: unit.code,
    kindTitle: kindTitle(unit),
    zone,
    period,
    asOf: ctx.today,
    minSample: settings.minSample,
    statusTitle: COMPLIANCE_STATUSES[standing.status],
    lastInspectionOn: standing.lastInspectionOn,
    nextDueOn: standing.nextDueOn,
    visits: inspections.map(shownVisit),
    met: total([...rates.values()]),
    registered: registered.length,
    categories: [...names].sort(byCategory).map((category) => ({
      category,
      statusTitle:
        COMPLIANCE_STATUSES[
          standing.categories.find((one) => one.category === category)?.status ??
            (standing.status === 'uninspected' ? 'uninspected' : 'compliant')
        ],
      met: rates.get(category) ?? { numerator: 0, denominator: 0 },
      registered: registered.filter((one) => one.category === category).length,
      closed: closed.filter((one) => one.category === category).length,
      open: open.filter((one) => one.category === category).length,
      overdue: open.filter((one) => one.category === category && one.overdue).length,
    })),
    open,
    closed,
    selfChecks: {
      visits: selfChecks.map(shownVisit),
      issues: own
        .filter(({ status, closedAt }) => isOpen(status) || within(closedAt))
        .map(({ number, finding, status, closedAt }) => ({
          number,
          finding,
          statusTitle: status === 'closed' ? '自查办结' : ISSUE_STATUSES[status],
          closedOn: closedAt && localDay(closedAt),
        })),
    },
  };
}

/** The days asked for; without them the term that the last of them belongs to, until today. */
function periodOf({ from, to }: SummaryPeriod, today: Day, terms: readonly Term[]) {
  const last = to ?? today;
  const term = currentTerm(last, terms);
  const first = from ?? term?.from ?? `${yearOf(last)}-01-01`;
  if (!isDay(first) || !isDay(last) || first > last) {
    throw invalid({ pointer: '/to', code: 'before_from', message: '结束日期不能早于开始日期' });
  }
  return { from: first, to: last, title: from === undefined ? (term?.name ?? null) : null };
}

function kindTitle({ kind, stages, boarding, ownership }: Unit): string {
  if (kind === 'training_institution') return '校外培训机构';
  if (kind === 'department') return '科室';
  const owner = ownership === 'private' ? '民办' : ownership === 'public' ? '公办' : '';
  return `${owner}${stages.map((stage) => STAGE_TEXT[stage]).join('、')}${boarding ? '（寄宿）' : ''}`;
}

function shownIssue(issue: SummaryIssue, today: Day) {
  const clock = { ...issue, closeRequestedOn: issue.closeRequestedAt && localDay(issue.closeRequestedAt) };
  const asked = clock.closeRequestedOn ?? (issue.closedAt && localDay(issue.closedAt));
  return {
    number: issue.number,
    category: issue.category,
    finding: issue.finding,
    severity: issue.severity as Severity,
    statusTitle: ISSUE_STATUSES[issue.status],
    escalationTitle: issue.escalation && ESCALATION_STEPS[issue.escalation],
    dueOn: issue.dueOn,
    overdue: isOverdue(clock, today),
    closedOn: issue.closedAt && localDay(issue.closedAt),
    /** Asked for close-out by the deadline; null where there was none. */
    inTime: issue.dueOn === null || asked === null ? null : asked <= issue.dueOn,
  };
}

const shownVisit = ({ on, kindTitle: kind, checklist, lead, judged, met, issues }: SummaryVisit) => ({
  on,
  kindTitle: kind,
  checklist,
  lead,
  met: { numerator: met, denominator: judged },
  issues,
});

/** Met of judged items, all visits of the period together. */
function metByCategory(visits: readonly SummaryVisit[]): Map<string, Share> {
  const rates = new Map<string, Share>();
  for (const { categories } of visits) {
    for (const [category, { met, judged }] of Object.entries(categories)) {
      const before = rates.get(category) ?? { numerator: 0, denominator: 0 };
      rates.set(category, { numerator: before.numerator + met, denominator: before.denominator + judged });
    }
  }
  return rates;
}

const total = (shares: readonly Share[]): Share => ({
  numerator: shares.reduce((sum, { numerator }) => sum + numerator, 0),
  denominator: shares.reduce((sum, { denominator }) => sum + denominator, 0),
});

function parted<T>(all: readonly T[], which: (one: T) => boolean): [T[], T[]] {
  return [all.filter(which), all.filter((one) => !which(one))];
}
