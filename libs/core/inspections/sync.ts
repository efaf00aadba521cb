import type { GivenOperation } from '#rules/answer-check.js';
import type { StoredAnswer } from '#rules/answers.js';
import type { Ctx } from '../foundation/context.js';
import { record } from '../history/events.js';
import { checklistOf, findInspection, requireTeam } from './find.js';
import { type OperationResult, takeOperations } from './operations.js';
import { type Conflict, listAnswers, listConflicts } from './show.js';

export type SyncAnswer = { answers: StoredAnswer[]; conflicts: Conflict[]; results: OperationResult[] };

/** What a tablet is told about operations that arrive when the record is closed. */
const CLOSED = {
  submitted: { code: 'inspection.submitted', detail: '检查已提交，这项填报未计入，已转请组长查看' },
  archived: { code: 'inspection.submitted', detail: '检查已提交，这项填报未计入，已转请组长查看' },
  cancelled: { code: 'inspection.not_open', detail: '检查已取消，这项填报未计入' },
} as const;

/**
 * A tablet's sync: takes its operations and answers with all answers as they stand.
 * @throws resource.not_found, inspection.not_on_team (403); single operations are refused in `results`
 */
export async function syncAnswers(
  ctx: Ctx,
  id: string,
  given: { operations: GivenOperation[]; sentAt?: string },
): Promise<SyncAnswer> {
  const found = await findInspection(ctx, id, { lock: true });
  requireTeam(ctx, found);
  const { inspection } = found;
  const { items } = await checklistOf(ctx, inspection.checklistId);
  const open = inspection.status === 'assigned' || inspection.status === 'in_progress';
  const closed = open ? undefined : CLOSED[inspection.status as keyof typeof CLOSED];
  const { answers, touched, results } = await takeOperations(ctx, found, items, {
    ...given,
    ...(closed && { closed }),
  });
  if (touched.length > 0) {
    await ctx.em.query(
      `UPDATE inspections SET answers = $3, status = 'in_progress', revision = revision + 1, updated_at = $4
       WHERE district_id = $1 AND id = $2`,
      [ctx.actor.districtId, id, JSON.stringify(answers), ctx.now],
    );
    if (inspection.status === 'assigned') {
      await record(ctx, {
        subjectType: 'inspection',
        subjectId: id,
        unitId: inspection.unitId,
        action: 'start',
      });
    }
  }
  const list = listAnswers(answers, items);
  return { answers: list, conflicts: listConflicts(list), results };
}
