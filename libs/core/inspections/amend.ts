import type { GivenOperation } from '#rules/answer-check.js';
import type { Amendment } from '#rules/answers.js';
import { failures, findingOf, measurementsOf, stagesOf, tallyAnswers } from '#rules/inspection-result.js';
import { type IssueStatus, isOpen } from '#rules/issue-lifecycle.js';
import { monthOf } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { type Problem, problem } from '#rules/problems.js';
import { recountFacts } from '../compliance/rebuild.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { rolesAt } from '../foundation/scope.js';
import { record } from '../history/events.js';
import { dropWithdrawalProposal, proposeWithdrawal } from '../issues/found-again.js';
import { registerIssues } from '../issues/register.js';
import type { IssueView } from '../issues/show.js';
import { checklistOf, type Found, findInspection, ofOwnUnit, schoolsOwn } from './find.js';
import { issuesOf } from './issues.js';
import { storeMeasurements, supersedeMeasurements } from './measurements.js';
import { type OperationResult, takeOperations } from './operations.js';
import { readInspection } from './read.js';
import { type InspectionView, showInspection } from './show.js';

export type Amended = { inspection: InspectionView; issues: IssueView[]; results: OperationResult[] };

/**
 * Corrects a submitted record, whole or not at all: the old answers stay in the history, a new failure registers an issue,
 * a reversed one proposes the withdrawal of its issue, and the unit's status follows. Operations that are all known already change nothing.
 * @throws inspection.not_submitted (409), inspection.not_lead (403); the first operation's problem (400)
 */
export async function amendInspection(
  ctx: Ctx,
  id: string,
  given: { reason: string; operations: GivenOperation[] },
): Promise<Amended> {
  const found = await findInspection(ctx, id, { lock: 'with unit' });
  await requireCorrector(ctx, found);
  const { inspection, unit } = found;
  if (inspection.status !== 'submitted' && inspection.status !== 'archived') {
    throw problem('inspection.not_submitted', '检查尚未提交，请直接填报');
  }
  await requireFresh(
    ctx,
    () => showInspection(ctx, found),
    () => readInspection(ctx, id),
  );
  const { items } = await checklistOf(ctx, inspection.checklistId);
  const before = inspection.answers;
  const amendment: Amendment = { id: newId(ctx.now), reason: given.reason };
  const taken = await takeOperations(ctx, found, items, { operations: given.operations, amendment });
  refuseRejected(taken.results);
  if (taken.touched.length > 0) {
    const after = taken.answers;
    const touched = items.filter(({ itemCode }) => taken.touched.includes(itemCode));
    const failedBefore = new Set(failures(touched, before).map(({ itemCode }) => itemCode));
    const failedAfter = new Set(failures(touched, after).map(({ itemCode }) => itemCode));
    const fresh = touched.filter(({ itemCode }) => failedAfter.has(itemCode) && !failedBefore.has(itemCode));
    const reversed = touched.filter(
      ({ itemCode }) => failedBefore.has(itemCode) && !failedAfter.has(itemCode),
    );
    const registered = await stillOpen(ctx, id);
    for (const { id: issueId } of registered.filter((issue) =>
      reversed.some((item) => item.itemCode === issue.itemCode),
    )) {
      await proposeWithdrawal(ctx, issueId, `检查记录更正：${given.reason}`);
    }
    for (const { id: issueId } of registered.filter((issue) =>
      fresh.some((item) => item.itemCode === issue.itemCode),
    )) {
      await dropWithdrawalProposal(ctx, issueId, `检查记录更正：${given.reason}`);
    }
    // An answer that fails again while its issue is still open has its entry in the ledger.
    const newly = fresh.filter(({ itemCode }) => !registered.some((issue) => issue.itemCode === itemCode));
    const tally = tallyAnswers(items, after);
    const dispositions = inspection.dispositions
      .filter(({ itemCode }) => !taken.touched.includes(itemCode) || failedAfter.has(itemCode))
      .concat(fresh.map(({ itemCode }) => ({ itemCode, as: 'issue' as const })));
    Object.assign(inspection, {
      answers: after,
      dispositions,
      judged: tally.judged,
      met: tally.met,
      revision: inspection.revision + 1,
      updatedAt: ctx.now,
    });
    await ctx.em.query(
      `UPDATE inspections SET answers = $3, dispositions = $4, judged = $5, met = $6, revision = revision + 1, updated_at = $7
       WHERE district_id = $1 AND id = $2`,
      [
        ctx.actor.districtId,
        id,
        JSON.stringify(after),
        JSON.stringify(dispositions),
        tally.judged,
        tally.met,
        ctx.now,
      ],
    );
    const on = inspection.visitedOn ?? inspection.scheduledOn;
    await supersedeMeasurements(ctx, found, taken.touched);
    await storeMeasurements(ctx, found, on, measurementsOf(touched, after));
    await record(ctx, {
      subjectType: 'inspection',
      subjectId: id,
      unitId: unit.id,
      action: 'amend',
      reason: given.reason,
      data: {
        amendmentId: amendment.id,
        before: Object.fromEntries(taken.touched.map((code) => [code, before[code] ?? null])),
        after: Object.fromEntries(taken.touched.map((code) => [code, after[code]])),
      },
    });
    const selfCheck = inspection.kind === 'self_check';
    if (!selfCheck) await recountFacts(ctx, unit.id);
    await registerIssues(
      ctx,
      {
        unit,
        source: selfCheck ? 'self_check' : 'visit',
        inspectionId: id,
        feedbackOn: ctx.today,
        lateEntry: monthOf(on) < monthOf(ctx.today),
      },
      newly.map((item) => findingOf(item, after[item.itemCode]!, stagesOf(unit))),
    );
  }
  return {
    inspection: await showInspection(ctx, found),
    issues: await issuesOf(ctx, id),
    results: taken.results,
  };
}

/** The lead, or the office where it is not recused. A lead who has come to belong to the unit is recused too. A self-check is its school's. */
async function requireCorrector(ctx: Ctx, found: Found): Promise<void> {
  const { inspection, unit } = found;
  if (inspection.kind === 'self_check') {
    if (ofOwnUnit(ctx, found)) return;
    throw schoolsOwn();
  }
  const recused = ctx.actor.unitId === unit.id;
  if (inspection.leadId === ctx.actor.userId && !recused) return;
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  if (permits(roles, 'inspection.amend')) return;
  throw problem('inspection.not_lead', '请由组长或督导室更正');
}

/** A correction is one act: if one part of it cannot stand, none does. */
function refuseRejected(results: readonly OperationResult[]): void {
  const refused = results.find((result) => result.problem)?.problem;
  if (!refused) return;
  const { code, detail, errors } = refused;
  throw problem(code, { detail, ...(errors && { errors }) }) satisfies Problem;
}

async function stillOpen(ctx: Ctx, inspectionId: string): Promise<{ id: string; itemCode: string | null }[]> {
  const rows: { id: string; itemCode: string | null; status: IssueStatus }[] = await ctx.em.query(
    `SELECT id, item_code AS "itemCode", status FROM issues WHERE district_id = $1 AND inspection_id = $2 ORDER BY id`,
    [ctx.actor.districtId, inspectionId],
  );
  return rows.filter(({ status }) => isOpen(status));
}
