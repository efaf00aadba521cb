import type { Ctx } from '../foundation/context.js';

/** Whether an account may be used on a local day: neither disabled nor past its last day. SQL, from an alias and a placeholder. */
export const active = (user: string, today: string): string =>
  `${user}.disabled_at IS NULL AND (${user}.valid_until IS NULL OR ${user}.valid_until >= ${today})`;

/** Whether somebody leads a unit; where nobody does, the office acts for it. SQL. */
export const hasLeader = (district: string, unit: string, today: string): string =>
  `EXISTS (SELECT 1 FROM users l WHERE l.district_id = ${district} AND l.unit_id = ${unit}
     AND 'unit_leader' = ANY(l.roles) AND ${active('l', today)})`;

/** Whether somebody leads a unit today. */
export async function isLed(ctx: Ctx, unitId: string): Promise<boolean> {
  const [{ led }]: [{ led: boolean }] = await ctx.em.query(`SELECT ${hasLeader('$1', '$2', '$3')} AS led`, [
    ctx.actor.districtId,
    unitId,
    ctx.today,
  ]);
  return led;
}
