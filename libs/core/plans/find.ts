import { scopeOf } from '#rules/actor.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { Plan } from './plan.entity.js';

/**
 * The plans that the actor sees: those of the district for whoever sees the district, else one's own, those one is on a
 * team of, and those that visit a unit of one's zones other than the own. `p` is the plan's alias.
 */
export function plansWithin(ctx: Ctx): Where {
  const { actor } = ctx;
  const where = new Where().and('p.district_id = ?', actor.districtId);
  const scope = scopeOf(actor);
  if (scope.all) return where;
  return where.and(
    `p.created_by = ? OR EXISTS (
       SELECT 1 FROM jsonb_array_elements(p.assignments) a
       LEFT JOIN units u ON u.district_id = p.district_id AND u.id = (a->>'unitId')::uuid
       WHERE (u.zone_id = ANY(?::uuid[]) AND u.id IS DISTINCT FROM ?::uuid) OR a->'team' @> to_jsonb(?::text))`,
    actor.userId,
    scope.zoneIds,
    actor.unitId,
    actor.userId,
  );
}

/** @throws resource.not_found where there is none or it is not theirs to see */
export async function findPlan(ctx: Ctx, id: string, lock = false): Promise<Plan> {
  const where = plansWithin(ctx).and('p.id = ?', id);
  const [found]: { id: string }[] = await ctx.em.query(
    `SELECT p.id FROM plans p WHERE ${where} ${lock ? 'FOR UPDATE OF p' : ''}`,
    where.params,
  );
  if (!found) throw problem('resource.not_found', '没有这份计划');
  return ctx.em.findOneByOrFail(Plan, { districtId: ctx.actor.districtId, id });
}
