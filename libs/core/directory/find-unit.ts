import { dayText } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { Unit } from './unit.entity.js';

/**
 * A unit that the actor may see. `stay`: it is neither moved nor closed until the transaction ends; before issues and facts
 * are locked. @throws resource.not_found where there is none or it is not theirs
 */
export async function findUnit(ctx: Ctx, id: string, { stay = false } = {}): Promise<Unit> {
  const where = new Where().and('u.id = ?', id);
  withinScope(where, ctx.actor, { district: 'u.district_id', unit: 'u.id', zone: 'u.zone_id' });
  const [found]: { id: string }[] = await ctx.em.query(
    `SELECT u.id FROM units u WHERE ${where} ${stay ? 'FOR SHARE' : ''}`,
    where.params,
  );
  if (!found) throw problem('resource.not_found', '没有这个单位');
  return ctx.em.findOneByOrFail(Unit, { districtId: ctx.actor.districtId, id });
}

/** Refuses what would begin at a unit that has closed. @throws unit.closed */
export function requireOpen(unit: Unit, today: string): void {
  if (unit.closedOn !== null && unit.closedOn <= today) {
    throw problem('unit.closed', `${unit.name}已于${dayText(unit.closedOn)}停办`);
  }
}
