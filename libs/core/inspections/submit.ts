import { isWhole, missingItems, stagesOf, tallyAnswers, visitedOn } from '#rules/inspection-result.js';
import { monthOf } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import { linkAttachments } from '../attachments/link.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { inTransaction } from '../foundation/transaction.js';
import { type IssueOrigin, lockStanding, numbered, prepareIssues } from '../issues/register.js';
import { issueLines, registerRow } from '../issues/register-statement.js';
import type { IssueView } from '../issues/show.js';
import { disposeFailures, joinFoundAgain } from './dispositions.js';
import { checklistOf, type Found, type InspectionChecklist, requireLead } from './find.js';
import type { Disposition, Signature } from './inspection.entity.js';
import { freshIssues, issuesOf } from './issues.js';
import { readInspection } from './read.js';
import { type InspectionView, showInspection } from './show.js';
import { findToSubmit, recordRow, writeSubmission } from './submit-statement.js';

export type Submission = {
  summary: string;
  strengths?: string;
  signatures?: Signature[];
  dispositions?: Disposition[];
};
export type Submitted = { inspection: InspectionView; issues: IssueView[] };

/**
 * Submits an inspection: the record is frozen, failed answers become issues, are joined to open ones or stay reminders,
 * measurements are stored and the unit's status follows, all or nothing. A repeat answers the same and does nothing.
 *
 * Outside a transaction two statements as a rule: one reads without a lock, one writes, together with what others submit at
 * that moment, on the condition that record, unit and facts still are as read. Where they are not (somebody else submits at
 * the same unit), or where more is to be written, it is done again in a transaction, with locks.
 * @throws inspection.not_lead (403), incomplete, conflicts_open, not_open (409), disposition.serious_reminder (400)
 */
export async function submitInspection(ctx: Ctx, id: string, given: Submission): Promise<Submitted> {
  const more =
    picturesOf(given).length > 0 || (given.dispositions ?? []).some(({ as }) => as === 'found_again');
  const submitted = more || ctx.em.queryRunner ? null : await submitOnce(ctx, id, given, 'unlocked');
  return (
    submitted ??
    inTransaction(ctx, async (inner) => (await submitOnce(inner, id, given, 'locked')) ?? never(id))
  );
}

/** The pictures of signatures, each once. */
const picturesOf = ({ signatures = [] }: Submission): string[] => [
  ...new Set(signatures.flatMap(({ attachment }) => attachment ?? [])),
];

function never(id: string): never {
  throw new Error(`inspection ${id} changed under its own lock`);
}

/** Null where record, unit or facts were changed since they were read; nothing is written then. */
async function submitOnce(
  ctx: Ctx,
  id: string,
  given: Submission,
  how: 'unlocked' | 'locked',
): Promise<Submitted | null> {
  const found = await findToSubmit(ctx, id, how);
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
  await linkAttachments(ctx, { type: 'inspection', id }, picturesOf(given), '/signatures');

  const tally = tallyAnswers(items, inspection.answers);
  const on = visitedOn(inspection.answers) ?? inspection.scheduledOn;
  // 补录: the month of the visit was over, and with it its cut-off, when the record came.
  const lateEntry = monthOf(on) < monthOf(ctx.today);
  const registered = disposed.filter(({ disposition }) => disposition.as === 'issue');
  const drafts = registered.map(({ finding }) => finding);
  const selfCheck = inspection.kind === 'self_check';
  const where: IssueOrigin = {
    unit,
    source: selfCheck ? 'self_check' : 'visit',
    inspectionId: id,
    feedbackOn: ctx.today,
    lateEntry,
  };
  const standing = how === 'locked' ? await lockStanding(ctx, where) : found.standing;
  // A unit's first row of facts can only be waited for, which nobody who goes together with others may do.
  if (!standing.facts) return null;
  // As text, before the tally goes on in the same object.
  const read = {
    before: inspection.status,
    revision: inspection.revision,
    unit: unit.revision,
    facts: JSON.stringify(standing.facts),
  };
  const full = checklist.coverage === 'full' && isWhole(items, inspection.answers, stagesOf(unit));
  const visit = selfCheck ? undefined : { on, full, categories: tally.categories };
  const prepared = prepareIssues(ctx, where, drafts, standing, visit);

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
    revision: read.revision + 1,
    updatedAt: ctx.now,
  } satisfies Partial<typeof inspection>);
  const numbers = await writeSubmission(ctx, {
    row: { ...registerRow(ctx, where, prepared), ...recordRow(ctx, inspection, items, read) },
    lines: issueLines(drafts, prepared),
  });
  if (!numbers) return null;
  const issues = numbered(ctx, where, prepared, numbers);
  const files = new Map(drafts.map(({ itemCode, attachments }) => [itemCode, attachments]));
  return {
    inspection: await showInspection(ctx, found),
    issues: await freshIssues(ctx, found, issues, (issue) => files.get(issue.itemCode!) ?? []),
  };
}

/** @throws inspection.conflicts_open, inspection.incomplete (409), each naming the items */
function requireComplete({ inspection, unit }: Found, { items }: InspectionChecklist): void {
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
