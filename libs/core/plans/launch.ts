import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { record } from '../history/events.js';
import { insertInspection } from '../inspections/create.js';
import { checkPlan } from './check.js';
import { requireDraft, requireMine } from './draft.js';
import { findPlan } from './find.js';
import { type Assignment, Plan } from './plan.entity.js';
import { viewPlan } from './show.js';

/**
 * Puts a plan into force: one assigned inspection for each of its visits, all or none. What changed since it was written
 * (a person left, a school closed, the checklist was replaced) is refused here.
 * @throws resource.not_found, access.denied, plan.not_draft (also on a repeat), plan.empty, request.stale, and as checkPlan
 */
export async function launchPlan(ctx: Ctx, id: string): Promise<Plan> {
  const plan = await findPlan(ctx, id, true);
  requireMine(ctx, plan);
  requireDraft(plan);
  await requireFresh(ctx, () => viewPlan(ctx, plan));
  if (plan.assignments.length === 0) throw problem('plan.empty', '请先安排要检查的单位和检查组');
  const { checklist, units } = await checkPlan(ctx, plan);
  const assignments: Assignment[] = [];
  for (const one of plan.assignments) {
    const scheduledOn = one.scheduledOn ?? plan.startsOn;
    const inspection = await insertInspection(ctx, {
      unit: units.get(one.unitId)!,
      checklist,
      planId: plan.id,
      kind: plan.kind,
      scheduledOn,
      leadId: one.leadId,
      team: one.team,
    });
    assignments.push({ ...one, scheduledOn, inspectionId: inspection.id });
  }
  Object.assign(plan, {
    status: 'launched',
    assignments,
    launchedBy: ctx.actor.userId,
    launchedAt: ctx.now,
    revision: plan.revision + 1,
  });
  await ctx.em.save(Plan, plan);
  await record(ctx, {
    subjectType: 'plan',
    subjectId: plan.id,
    action: 'plan.launched',
    data: { inspections: assignments.map(({ inspectionId, unitId }) => ({ inspectionId, unitId })) },
  });
  return plan;
}
