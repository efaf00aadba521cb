import { queryPrepared } from '#platform/database.js';
import type { ResolvedItem } from '#rules/checklist.js';
import {
  isWhole,
  measurementsOf,
  missingItems,
  stagesOf,
  tallyAnswers,
  visitedOn,
} from '#rules/inspection-result.js';
import { monthOf } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import { linkAttachments } from '../attachments/link.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { registerIssues } from '../issues/register.js';
import type { IssueView } from '../issues/show.js';
import { disposeFailures, joinFoundAgain } from './dispositions.js';
import { checklistOf, type Found, findInspection, type InspectionChecklist, requireLead } from './find.js';
import type { Disposition, Signature } from './inspection.entity.js';
import { freshIssues, issuesOf } from './issues.js';
import { insertMeasurements } from './measurements.js';
import { readInspection } from './read.js';
import { type InspectionView, showInspection } from './show.js';

export type Submission = {
  summary: string;
  strengths?: string;
  signatures?: Signature[];
  dispositions?: Disposition[];
};
export type Submitted = { inspection: InspectionView; issues: IssueView[] };

/**
 * Submits an inspection in one transaction: the record is frozen, failed answers become issues, are joined to open ones or
 * stay reminders, measurements are stored and the unit's status follows. A repeat answers the same and does nothing.
 * @throws inspection.not_lead (403), incomplete, conflicts_open, not_open (409), disposition.serious_reminder (400)
 */
export async function submitInspection(ctx: Ctx, id: string, given: Submission): Promise<Submitted> {
  const found = await findInspection(ctx, id, { lock: true });
  requireLead(ctx, found);
  const { inspection, unit } = found;
  if (inspection.status === 'submitted' || inspection.status === 'archived') {
    return { inspection: await showInspection(ctx, found), issues: await issuesOf(ctx, id) };
  }
  if (inspection.status === 'cancelled') throw problem('inspection.not_open', '检查已取消，不能提交');
  await requireFresh(
    ctx,
    () => showInspection(ctx, found),
    () => readInspection(ctx, id),
  );

  const checklist = await checklistOf(ctx, inspection.checklistId);
  requireComplete(found, checklist);
  const { items } = checklist;
  const disposed = disposeFailures(found, items, inspection.answers, given.dispositions ?? []);
  await joinFoundAgain(ctx, found, given.dispositions ?? []);
  const images = (given.signatures ?? []).flatMap(({ attachment }) => attachment ?? []);
  await linkAttachments(ctx, { type: 'inspection', id }, [...new Set(images)], '/signatures');

  const tally = tallyAnswers(items, inspection.answers);
  const on = visitedOn(inspection.answers) ?? inspection.scheduledOn;
  // 补录: the month of the visit was over, and with it its cut-off, when the record came.
  const lateEntry = monthOf(on) < monthOf(ctx.today);
  const registered = disposed.filter(({ disposition }) => disposition.as === 'issue');
  const before = inspection.status;
  Object.assign(inspection, {
    status: 'submitted',
    summary: given.summary,
    strengths: given.strengths ?? null,
    signatures: given.signatures ?? [],
    dispositions: disposed.map(({ disposition }) => disposition),
    visitedOn: on,
    judged: tally.judged,
    met: tally.met,
    lateEntry,
    submittedBy: ctx.actor.userId,
    submittedAt: ctx.now,
    revision: inspection.revision + 1,
    updatedAt: ctx.now,
  } satisfies Partial<typeof inspection>);
  await freeze(ctx, found, items, before);
  const view = await showInspection(ctx, found);
  const selfCheck = inspection.kind === 'self_check';
  const full = checklist.coverage === 'full' && isWhole(items, inspection.answers, stagesOf(unit));
  const issues = await registerIssues(
    ctx,
    {
      unit,
      source: selfCheck ? 'self_check' : 'visit',
      inspectionId: id,
      feedbackOn: ctx.today,
      lateEntry,
    },
    registered.map(({ finding }) => finding),
    selfCheck ? undefined : { on, full, categories: tally.categories },
  );
  const files = new Map(registered.map(({ finding }) => [finding.itemCode, finding.attachments]));
  return {
    inspection: view,
    issues: await freshIssues(ctx, found, issues, (issue) => files.get(issue.itemCode!) ?? []),
  };
}

/** @throws inspection.conflicts_open, inspection.incomplete (409), each naming the items */
export function requireComplete({ inspection, unit }: Found, { items }: InspectionChecklist): void {
  const conflicts = items.filter(({ itemCode }) => inspection.answers[itemCode]?.conflict);
  if (conflicts.length > 0) {
    throw problem('inspection.conflicts_open', {
      detail: `有 ${conflicts.length} 项多人填报不一致，请组长逐项确认后再提交`,
      extra: { conflicts: conflicts.map(({ itemCode }) => itemCode) },
    });
  }
  const missing = missingItems(items, inspection.answers, stagesOf(unit));
  if (missing.length > 0) {
    throw problem('inspection.incomplete', {
      detail: `还有 ${missing.length} 项必查要点未填；确实没有检查的，请选“未检查”`,
      extra: { missing },
    });
  }
}

/** The record, its figures and its event in one statement: how fast a submission is, is how often it asks. */
async function freeze(
  ctx: Ctx,
  { inspection }: Found,
  items: readonly ResolvedItem[],
  before: string,
): Promise<void> {
  const { visitedOn: on, judged, met, lateEntry } = inspection;
  const rows = measurementsOf(items, inspection.answers).map((row) => ({ id: newId(ctx.now), ...row }));
  await queryPrepared(
    ctx.em,
    `WITH frozen AS (
       UPDATE inspections SET status = 'submitted', summary = $3, strengths = $4, signatures = $5, dispositions = $6,
         visited_on = $7, judged = $8, met = $9, late_entry = $10, submitted_by = $11, submitted_at = $12,
         updated_at = $12, revision = revision + 1
       WHERE district_id = $1 AND id = $2
     ), measured AS (${insertMeasurements('$1', '$13', '$2', '$14', '$7', '$12', '$15')})
     INSERT INTO events (district_id, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id)
     VALUES ($1, $12, $11, $16, 'inspection', $2, $13, 'submit', $17, $18)`,
    [
      ctx.actor.districtId,
      inspection.id,
      inspection.summary,
      inspection.strengths,
      JSON.stringify(inspection.signatures),
      JSON.stringify(inspection.dispositions),
      on,
      judged,
      met,
      lateEntry,
      ctx.actor.userId,
      ctx.now,
      inspection.unitId,
      inspection.kind === 'self_check',
      JSON.stringify(rows),
      ctx.actor.name,
      JSON.stringify({
        before: { status: before },
        after: { status: 'submitted', visitedOn: on, judged, met, lateEntry },
        dispositions: inspection.dispositions,
      }),
      ctx.requestId ?? null,
    ],
  );
}
