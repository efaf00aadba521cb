import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { defined } from '../foundation/defined.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import { checkPlan } from './check.js';
import { findPlan } from './find.js';
import { type Assignment, Plan } from './plan.entity.js';
import { viewPlan } from './show.js';

export type AssignmentRequest = {
  unitId: string;
  scheduledOn?: string | null;
  leadId: string;
  team?: string[];
};
export type PlanRequest = Pick<Plan, 'title' | 'kind' | 'checklistId' | 'startsOn' | 'endsOn'> & {
  note?: string | null;
  assignments?: AssignmentRequest[];
};

/** A draft of a plan. @throws as checkPlan */
export async function draftPlan(ctx: Ctx, given: PlanRequest): Promise<Plan> {
  const plan = ctx.em.create(Plan, {
    districtId: ctx.actor.districtId,
    id: newId(ctx.now),
    title: given.title,
    kind: given.kind,
    checklistId: given.checklistId,
    startsOn: given.startsOn,
    endsOn: given.endsOn,
    status: 'draft',
    assignments: (given.assignments ?? []).map(assignmentOf),
    note: given.note ?? null,
    createdBy: ctx.actor.userId,
    createdAt: ctx.now,
    launchedBy: null,
    launchedAt: null,
    revision: 1,
  });
  await checkPlan(ctx, plan);
  await ctx.em.insert(Plan, plan);
  await record(ctx, {
    subjectType: 'plan',
    subjectId: plan.id,
    action: 'plan.drafted',
    data: {
      title: plan.title,
      kind: plan.kind,
      checklistId: plan.checklistId,
      assignments: plan.assignments,
    },
  });
  return plan;
}

/** Changes a draft. @throws resource.not_found, access.denied, plan.not_draft, request.stale, and as checkPlan */
export async function changePlan(ctx: Ctx, id: string, given: Partial<PlanRequest>): Promise<Plan> {
  const plan = await findPlan(ctx, id, true);
  requireMine(ctx, plan);
  requireDraft(plan);
  await requireFresh(ctx, () => viewPlan(ctx, plan));
  const { assignments, ...rest } = defined(given);
  const change = { ...rest, ...(assignments && { assignments: assignments.map(assignmentOf) }) };
  Object.assign(plan, change, { revision: plan.revision + 1 });
  await checkPlan(ctx, plan);
  await ctx.em.save(Plan, plan);
  await record(ctx, { subjectType: 'plan', subjectId: id, action: 'plan.changed', data: { change } });
  return plan;
}

/** @throws plan.not_draft */
export function requireDraft(plan: Plan): void {
  if (plan.status !== 'draft') throw problem('plan.not_draft', `《${plan.title}》已下达，请另拟计划`);
}

/** A zone officer changes and launches the plans of the own making, the office every plan. @throws access.denied */
export function requireMine(ctx: Ctx, plan: Plan): void {
  const others = ctx.actor.roles.filter((role) => role !== 'zone_officer');
  if (plan.createdBy !== ctx.actor.userId && !permits(others, 'plan.write')) {
    throw problem('access.denied', '这份计划由他人拟定，请由拟定人或督导室办理');
  }
}

function assignmentOf({ unitId, scheduledOn, leadId, team = [] }: AssignmentRequest): Assignment {
  return { unitId, scheduledOn: scheduledOn ?? null, leadId, team: [...new Set([leadId, ...team])] };
}
