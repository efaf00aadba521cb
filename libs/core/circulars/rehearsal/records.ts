/** What happened since a draft's cut-off: visits, objections, changes, receipts. */
import { printedIssues, SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { finding, type RehearsalFinding } from '#rules/circular-rehearsal.js';
import { ISSUE_STATUSES, type IssueStatus } from '#rules/issue-lifecycle.js';
import { type Day, dayText, minuteText } from '#rules/local-date.js';
import type { Ctx } from '../../foundation/context.js';
import { inNumberOrder } from '../../issues/number-order.js';
import type { Circular } from '../circular.entity.js';
import { endOfMonth, windowOf } from '../snapshot/window.js';
import type { Frozen } from './frozen.js';

/**
 * Visits of the period that were synced after the cut-off. The next circular counts those synced after the period's end
 * (补录); what came between a cut-off before the end and the end is in none, unless the period is drafted again.
 */
export async function lateVisits(ctx: Ctx, { period, cutoff }: Circular): Promise<RehearsalFinding[]> {
  const w = windowOf(ctx.actor.districtId, period, cutoff);
  const rows: { unit: string; on: Day; inNext: boolean }[] = await ctx.em.query(
    `SELECT u.name AS unit, coalesce(x.visited_on, x.scheduled_on) AS "on", x.submitted_at >= $5 AS "inNext"
     FROM inspections x JOIN units u ON u.district_id = x.district_id AND u.id = x.unit_id
     WHERE x.district_id = $1 AND x.status IN ('submitted', 'archived') AND x.kind <> 'self_check'
       AND x.submitted_at > $2 AND coalesce(x.visited_on, x.scheduled_on) BETWEEN $3 AND $4
     ORDER BY "on", x.id`,
    [w.districtId, w.upTo, w.firstDay, w.lastDay, endOfMonth(period)],
  );
  if (rows.length === 0) return [];
  const items = rows.map(({ unit, on }) => `${on} ${unit}`);
  const lost = rows.filter(({ inNext }) => !inNext).length;
  const then = lost === 0 ? '将计入下期' : `其中${lost}次在期末前上传，下期也不计入`;
  return [
    finding(
      'late_visits',
      `有${rows.length}次本期检查在截止时刻以后才上传，未计入本通报，${then}；如须计入，请另定截止时刻重新起草`,
      items,
    ),
  ];
}

type Now = {
  id: string;
  number: string;
  unit: string;
  status: IssueStatus;
  severity: Severity;
  dueOn: Day | null;
};

const termOf = (dueOn: Day | null | undefined): string => (dueOn ? dayText(dueOn) : '未定');

/** Issues of the circular that are disputed or were taken back since, and those that stand otherwise than at the cut-off. */
export async function issuesSince(ctx: Ctx, { snapshot }: Frozen): Promise<RehearsalFinding[]> {
  const inIt = printedIssues(snapshot);
  const rows: Now[] = await ctx.em.query(
    `SELECT i.id, i.number, u.name AS unit, i.status, i.severity, i.due_on AS "dueOn"
     FROM issues i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
     WHERE i.district_id = $1 AND i.id = ANY($2::uuid[]) ORDER BY ${inNumberOrder('i.number')}`,
    [ctx.actor.districtId, [...new Set(inIt.map(({ issueId }) => issueId))]],
  );
  const disputed = new Set(inIt.filter((one) => one.disputed).map(({ issueId }) => issueId));
  const ended = new Set(inIt.filter(({ status }) => status === 'withdrawn').map(({ issueId }) => issueId));
  const since = rows.filter(
    ({ id, status }) =>
      !disputed.has(id) && (status === 'objected' || (status === 'withdrawn' && !ended.has(id))),
  );
  const still = rows.filter(({ id, status }) => disputed.has(id) && status === 'objected');
  const was = new Map(snapshot.issues.map((issue) => [issue.issueId, issue]));
  const changed = rows.flatMap(({ id, number, unit, status, severity, dueOn }) => {
    const before = was.get(id);
    if (!before) return [];
    const told = [
      before.status === status ? [] : [`${before.statusTitle}→${ISSUE_STATUSES[status]}`],
      before.severity === severity
        ? []
        : [`${SEVERITY_TITLES[before.severity]}→${SEVERITY_TITLES[severity]}`],
      (before.dueOn ?? null) === dueOn ? [] : [`期限${termOf(before.dueOn)}→${termOf(dueOn)}`],
    ].flat();
    return told.length === 0 ? [] : [`${number}（${unit}）：${told.join('，')}`];
  });
  const list = (found: readonly Now[]) => found.map(({ number, unit }) => `${number}（${unit}）`);
  return [
    since.length > 0 &&
      finding(
        'objections_since',
        `有${since.length}个通报所列问题在锁定数据以后提出申辩、尚未办结或已撤销，本稿仍点名，不得印发：请待申辩办结后签发（维持原认定的），或填写截止时刻（可仍为${minuteText(snapshot.cutoffLocal)}）重新起草，新稿只计数、不点名`,
        list(since),
      ),
    still.length > 0 &&
      finding('objections_open', `有${still.length}个问题申辩尚未办结，通报不点名`, list(still)),
    changed.length > 0 &&
      finding('issues_changed', `有${changed.length}个通报所列问题在截止时刻以后有变化`, changed),
  ].filter((one) => one !== false);
}

/** Notices of the period that nobody has received yet. */
export async function unreceivedNotices(ctx: Ctx, { period, cutoff }: Circular): Promise<RehearsalFinding[]> {
  const w = windowOf(ctx.actor.districtId, period, cutoff);
  const rows: { number: string; unit: string }[] = await ctx.em.query(
    `SELECT n.number, u.name AS unit FROM notices n JOIN units u ON u.district_id = n.district_id AND u.id = n.unit_id
     WHERE n.district_id = $1 AND n.created_at BETWEEN $2 AND $3
       AND (n.receipt IS NULL OR n.receipt->>'refused' = 'true') ORDER BY length(n.number), n.number`,
    [w.districtId, w.from, w.until],
  );
  if (rows.length === 0) return [];
  const items = rows.map(({ number, unit }) => `${number}（${unit}）`);
  return [finding('notices_unreceived', `本期有${rows.length}份整改通知书尚未签收`, items)];
}
