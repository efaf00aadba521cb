import { isOverdue } from '#rules/clocks.js';
import type { IssueStatus, Severity } from '#rules/issue-lifecycle.js';
import { OPEN_STATUSES } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import type { Verdict } from '#rules/verdict.js';
import type { Ctx } from '../foundation/context.js';
import { findCompliance } from './read.js';

type LatestAnswer = {
  itemCode: string;
  title: string | null;
  category: string | null;
  verdict: Verdict;
  answeredAt: string;
  inspectionId: string;
  inspectedOn: Day;
};
type OpenIssue = {
  id: string;
  number: string;
  itemCode: string | null;
  category: string;
  status: IssueStatus;
  severity: Severity;
  dueOn: Day | null;
  requestedLate: boolean;
  closeRequestedAt: Date | null;
  officeDueOn: Day | null;
};

/**
 * A unit item by item: the answer of the latest of its submitted visits that looked at it (self-checks are its own affair) and what
 * is open there. Visits are told apart by their day: a tablet's clock and a correction made later make no visit the newer one.
 * Issues without an item stand under `itemCode: null`. @throws compliance.subject_unknown
 */
export async function complianceItems(ctx: Ctx, idOrCode: string) {
  const unit = await findCompliance(ctx, idOrCode);
  const key = [ctx.actor.districtId, unit.id];
  const answers: LatestAnswer[] = await ctx.em.query(
    `SELECT DISTINCT ON (a.key) a.key AS "itemCode", i.item->>'title' AS title, i.item->>'category' AS category,
       a.value->>'verdict' AS verdict, coalesce(a.value->>'effectiveAt', a.value->>'answeredAt') AS "answeredAt", x.id AS "inspectionId",
       coalesce(x.visited_on, x.scheduled_on) AS "inspectedOn"
     FROM inspections x JOIN checklists c ON c.district_id = x.district_id AND c.id = x.checklist_id
     CROSS JOIN LATERAL jsonb_each(x.answers) a
     LEFT JOIN LATERAL (SELECT item FROM jsonb_array_elements(c.items) item WHERE item->>'itemCode' = a.key LIMIT 1) i ON true
     WHERE x.district_id = $1 AND x.unit_id = $2 AND x.status IN ('submitted', 'archived') AND x.kind <> 'self_check'
     ORDER BY a.key, a.value->>'verdict' = 'not_checked', coalesce(x.visited_on, x.scheduled_on) DESC, x.submitted_at DESC, x.id DESC`,
    key,
  );
  const issues: OpenIssue[] = await ctx.em.query(
    `SELECT id, number, item_code AS "itemCode", category, status, severity, due_on AS "dueOn", requested_late AS "requestedLate",
       close_requested_at AS "closeRequestedAt", office_due_on AS "officeDueOn"
     FROM issues WHERE district_id = $1 AND unit_id = $2 AND source <> 'self_check' AND status = ANY($3) ORDER BY id`,
    [...key, OPEN_STATUSES],
  );
  const codes = new Set([...answers.map((a) => a.itemCode), ...issues.map((i) => i.itemCode)]);
  const items = [...codes]
    .sort((a, b) => ((a ?? '~') < (b ?? '~') ? -1 : 1))
    .map((itemCode) => {
      const answer = answers.find((one) => one.itemCode === itemCode);
      const open = issues.filter((issue) => issue.itemCode === itemCode);
      return {
        itemCode,
        title: answer?.title ?? null,
        category: answer?.category ?? open[0]?.category ?? null,
        verdict: answer?.verdict ?? null,
        answeredAt: answer ? new Date(answer.answeredAt) : null,
        inspectionId: answer?.inspectionId ?? null,
        inspectedOn: answer?.inspectedOn ?? null,
        openIssues: open.map((issue) => shown(issue, ctx.today)),
      };
    });
  return { unit: { id: unit.id, code: unit.code, name: unit.name }, asOfDate: ctx.today, items };
}

function shown(issue: OpenIssue, today: Day) {
  const closeRequestedOn = issue.closeRequestedAt ? localDay(issue.closeRequestedAt) : null;
  const overdue = isOverdue({ ...issue, closeRequestedOn }, today);
  const { id, number, status, severity, dueOn } = issue;
  return { id, number, status, severity, dueOn, overdue };
}
