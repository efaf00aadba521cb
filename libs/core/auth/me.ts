import { ROLE_NAMES } from '#rules/actor.js';
import { PERMISSIONS, type Permission, permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { asLoginUser, findAccount, type LoginUser } from './account.js';

type Named = { id: string; name: string };
export type Me = LoginUser & {
  username: string;
  permissions: Permission[];
  district: { id: string; code: string; name: string; demo: boolean };
  unit: Named | null;
  zones: Named[];
};

/** Who the token speaks for, and what those roles may do anywhere. */
export async function me(ctx: Ctx): Promise<Me> {
  const { userId, districtId } = ctx.actor;
  const account = await findAccount(ctx.em, { id: userId, districtId }, ctx.now);
  if (!account) throw problem('auth.expired', '请重新登录');
  const { id, code, name, demo } = await districtOf(ctx);
  const [unit]: Named[] = await ctx.em.query(
    `SELECT id, name FROM units WHERE district_id = $1 AND id = $2`,
    [districtId, account.unitId],
  );
  const zones: Named[] = await ctx.em.query(
    `SELECT id, name FROM zones WHERE district_id = $1 AND id = ANY($2) ORDER BY code`,
    [districtId, account.zoneIds],
  );
  return {
    ...asLoginUser(account),
    roles: ROLE_NAMES.filter((role) => account.roles.includes(role)),
    username: account.username,
    permissions: (Object.keys(PERMISSIONS) as Permission[]).filter((one) => permits(account.roles, one)),
    district: { id, code, name, demo },
    unit: unit ?? null,
    zones,
  };
}
