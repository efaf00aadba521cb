import { type Actor, type Place, type Role, rolesOver, scopeOf } from '#rules/actor.js';
import { type Permission, permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from './context.js';
import type { Where } from './sql.js';

/**
 * The one scope function: narrows a query to what the actor may see. Every list, export, report and single read goes
 * through it. `unit` and `zone` are the columns holding the unit's and zone's id; `inspection` (where the rows hang on
 * inspections) is the column of its id, so that a team sees its own inspection even beyond its zones.
 * The district is always part of it.
 */
export function withinScope(
  where: Where,
  actor: Actor,
  columns: { district: string; unit: string; zone: string },
): Where {
  where.and(`${columns.district} = ?`, actor.districtId);
  const scope = scopeOf(actor);
  if (scope.all) return where;
  const reach: string[] = [];
  if (scope.zoneIds.length) reach.push(`${columns.zone} = ANY(${where.param(scope.zoneIds)}::uuid[])`);
  if (scope.unitIds.length) reach.push(`${columns.unit} = ANY(${where.param(scope.unitIds)}::uuid[])`);
  if (scope.assignedTo) {
    const [district, user] = [where.param(actor.districtId), where.param(scope.assignedTo)];
    reach.push(`${columns.unit} IN (SELECT x.unit_id FROM inspections x JOIN inspection_members m
      ON m.district_id = x.district_id AND m.inspection_id = x.id
      WHERE m.district_id = ${district} AND m.user_id = ${user} AND x.status <> 'cancelled')`);
  }
  // An empty reach is nothing at all, never everything.
  where.and(reach.length ? reach.join(' OR ') : 'false');
  return where;
}

/** Whether the actor is on a team of an inspection at this unit that was not cancelled. */
export async function isAssignedTo(ctx: Ctx, unitId: string): Promise<boolean> {
  if (!ctx.actor.roles.includes('inspector')) return false;
  const found: unknown[] = await ctx.em.query(
    `SELECT 1 FROM inspection_members m JOIN inspections x ON x.district_id = m.district_id AND x.id = m.inspection_id
     WHERE m.district_id = $1 AND m.user_id = $2 AND x.unit_id = $3 AND x.status <> 'cancelled' LIMIT 1`,
    [ctx.actor.districtId, ctx.actor.userId, unitId],
  );
  return found.length > 0;
}

/** The roles the actor holds over a unit (recusal applied), asking for assignments only where they matter. */
export async function rolesAt(ctx: Ctx, place: Place): Promise<Role[]> {
  const roles = rolesOver(ctx.actor, place);
  if (roles.includes('inspector') || !ctx.actor.roles.includes('inspector')) return roles;
  return rolesOver(ctx.actor, place, await isAssignedTo(ctx, place.unitId));
}

/** Refuses (403 `access.denied`) unless some role of the actor, held anywhere, has the permission. */
export function require(actor: Actor, permission: Permission): void {
  if (!permits(actor.roles, permission)) throw problem('access.denied', '您的岗位没有这项权限');
}
