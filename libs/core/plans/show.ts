import { In } from 'typeorm';
import { scopeOf } from '#rules/actor.js';
import type { Ctx } from '../foundation/context.js';
import { countRows } from '../foundation/count.js';
import { cursorId, type Page, type PageQuery, pageOf } from '../foundation/paging.js';
import { findPlan, plansWithin } from './find.js';
import { type Assignment, Plan } from './plan.entity.js';

export type PlanSummary = Pick<
  Plan,
  'id' | 'title' | 'kind' | 'checklistId' | 'startsOn' | 'endsOn' | 'status' | 'note'
> &
  Pick<Plan, 'createdBy' | 'createdAt' | 'launchedAt' | 'revision'> & {
    checklist: { id: string; code: string; title: string; version: number };
    /** Inspections of the plan that the reader may see, cancelled ones apart: a figure would tell of a hidden one. */
    progress: { planned: number; submitted: number; cancelled: number };
  };
export type AssignmentView = Omit<Assignment, 'inspectionId'> & {
  unit: { id: string; code: string; name: string };
  lead: { id: string; name: string };
  members: { id: string; name: string }[];
  inspectionId: string | null;
  /** Of the inspection; null in a draft. */
  status: string | null;
};
export type PlanView = PlanSummary & { assignments: AssignmentView[] };
export type PlanQuery = PageQuery & { status?: string; kind?: string };

/** @throws resource.not_found */
export const showPlan = async (ctx: Ctx, id: string): Promise<PlanView> =>
  viewPlan(ctx, await findPlan(ctx, id));

/** Visits that a unit's own people may know of: what is being prepared there stays hidden from them (inspections/find.ts). */
const TOLD: readonly (string | undefined)[] = ['submitted', 'archived'];

/**
 * A plan with its visits; who does not see the district sees the visits of the own zones and teams (of an own plan, all).
 * Nobody, whatever the role, sees a visit to the own unit before it is submitted (回避).
 */
export async function viewPlan(ctx: Ctx, plan: Plan): Promise<PlanView> {
  const names = await namesOf(ctx, [plan]);
  const [summary] = await summariesOf(ctx, [plan], names);
  const shown = shownOf(ctx, plan, names);
  const person = (id: string) => ({ id, name: names.people.get(id) ?? '' });
  return {
    ...summary!,
    assignments: shown.map((one) => {
      const { code = '', name = '' } = names.units.get(one.unitId) ?? {};
      return {
        unitId: one.unitId,
        scheduledOn: one.scheduledOn,
        leadId: one.leadId,
        team: one.team,
        unit: { id: one.unitId, code, name },
        lead: person(one.leadId),
        members: one.team.map(person),
        inspectionId: one.inspectionId ?? null,
        status: names.statuses.get(one.inspectionId ?? '') ?? null,
      };
    }),
  };
}

type Names = Awaited<ReturnType<typeof namesOf>>;

function shownOf(ctx: Ctx, plan: Plan, { units, statuses }: Pick<Names, 'units' | 'statuses'>): Assignment[] {
  const scope = scopeOf(ctx.actor);
  return plan.assignments.filter(
    ({ unitId, team, inspectionId }) =>
      (unitId !== ctx.actor.unitId || TOLD.includes(statuses.get(inspectionId ?? ''))) &&
      (scope.all ||
        plan.createdBy === ctx.actor.userId ||
        team.includes(ctx.actor.userId) ||
        scope.zoneIds.includes(units.get(unitId)?.zoneId ?? '')),
  );
}

/** Newest first. */
export async function listPlans(ctx: Ctx, query: PlanQuery): Promise<Page<PlanSummary>> {
  const limit = query.limit ?? 50;
  const where = plansWithin(ctx);
  if (query.status) where.and('p.status = ?', query.status);
  if (query.kind) where.and('p.kind = ?', query.kind);
  const count = query.count ? await countRows(ctx, 'plans p', where) : undefined;
  if (query.cursor) where.and('p.id < ?::uuid', cursorId(query.cursor));
  const ids: { id: string }[] = await ctx.em.query(
    `SELECT p.id FROM plans p WHERE ${where} ORDER BY p.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const plans = await ctx.em.find(Plan, {
    where: { districtId: ctx.actor.districtId, id: In(ids.map(({ id }) => id)) },
    order: { id: 'DESC' },
  });
  const page = pageOf(
    plans,
    limit,
    (plan) => plan,
    ({ id }) => [id],
  );
  const items = await summariesOf(ctx, page.items, await namesOf(ctx, page.items));
  return { items, nextCursor: page.nextCursor, ...(count === undefined ? {} : { count }) };
}

async function summariesOf(ctx: Ctx, plans: readonly Plan[], names: Names): Promise<PlanSummary[]> {
  const { districtId } = ctx.actor;
  const lists: { id: string; code: string; title: string; version: number }[] = await ctx.em.query(
    `SELECT id, code, title, version FROM checklists WHERE district_id = $1 AND id = ANY($2::uuid[])`,
    [districtId, plans.map(({ checklistId }) => checklistId)],
  );
  return plans.map((plan) => {
    const shown = shownOf(ctx, plan, names);
    const statuses = shown.map(({ inspectionId }) => names.statuses.get(inspectionId ?? ''));
    const submitted = statuses.filter((status) => TOLD.includes(status)).length;
    const cancelled = statuses.filter((status) => status === 'cancelled').length;
    return {
      id: plan.id,
      title: plan.title,
      kind: plan.kind,
      status: plan.status,
      checklistId: plan.checklistId,
      checklist: lists.find(({ id }) => id === plan.checklistId)!,
      startsOn: plan.startsOn,
      endsOn: plan.endsOn,
      note: plan.note,
      progress: { planned: shown.length, submitted, cancelled },
      createdBy: plan.createdBy,
      createdAt: plan.createdAt,
      launchedAt: plan.launchedAt,
      revision: plan.revision,
    };
  });
}

async function namesOf(ctx: Ctx, plans: readonly Plan[]) {
  const assignments = plans.flatMap((plan) => plan.assignments);
  const { districtId } = ctx.actor;
  const units: { id: string; code: string; name: string; zoneId: string | null }[] = await ctx.em.query(
    `SELECT id, code, name, zone_id AS "zoneId" FROM units WHERE district_id = $1 AND id = ANY($2::uuid[])`,
    [districtId, assignments.map(({ unitId }) => unitId)],
  );
  const people: { id: string; name: string }[] = await ctx.em.query(
    `SELECT id, name FROM users WHERE district_id = $1 AND id = ANY($2::uuid[])`,
    [districtId, assignments.flatMap(({ leadId, team }) => [leadId, ...team])],
  );
  const inspections: { id: string; status: string }[] = await ctx.em.query(
    `SELECT id, status FROM inspections WHERE district_id = $1 AND plan_id = ANY($2::uuid[])`,
    [districtId, plans.map(({ id }) => id)],
  );
  return {
    units: new Map(units.map((unit) => [unit.id, unit])),
    people: new Map(people.map(({ id, name }) => [id, name])),
    statuses: new Map(inspections.map(({ id, status }) => [id, status])),
  };
}
