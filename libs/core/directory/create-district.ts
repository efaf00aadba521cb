import { DEFAULT_PASSWORD_POLICY, passwordFault } from '#rules/password.js';
import { type Problem, problem } from '#rules/problems.js';
import { DEFAULT_SETTINGS } from '#rules/settings.js';
import { usernameOf } from '../auth/lockout.js';
import { hashPassword } from '../auth/passwords.js';
import { actingAs, type Ctx, systemActor } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';

export type NewDistrict = {
  code: string;
  name: string;
  admin: { username: string; password: string };
};
const USERNAME = /^[a-z0-9][a-z0-9._@-]{1,63}$/;

/**
 * A district with its first technician, who enters everybody else. A password that is weaker than the policy must be
 * changed at the first login. In the caller's transaction.
 * @throws resource.conflict (409) where the district or the name is there already, request.invalid (400) for a bad name
 */
export async function createDistrict(
  ctx: Ctx,
  given: NewDistrict,
): Promise<{ districtId: string; username: string; mustChangePassword: boolean }> {
  const username = usernameOf(given.admin.username);
  if (!USERNAME.test(username)) {
    throw problem('request.invalid', '用户名为 2 至 64 个字母、数字或 . _ @ -，以字母或数字开头');
  }
  const districtId = newId();
  const inserted: unknown[] = await ctx.em.query(
    `INSERT INTO districts (id, code, name, settings, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (code) DO NOTHING RETURNING id`,
    [districtId, given.code, given.name, JSON.stringify(DEFAULT_SETTINGS), ctx.now],
  );
  if (inserted.length === 0) throw taken(`区县 ${given.code} 已经建立`);
  const mustChangePassword =
    passwordFault(given.admin.password, [username], DEFAULT_PASSWORD_POLICY) !== null;
  const userId = newId();
  const users: unknown[] = await ctx.em.query(
    `INSERT INTO users (district_id, id, username, name, password_hash, roles, must_change_password, password_changed_at, created_at, updated_at)
     VALUES ($1, $2, $3, '系统管理员', $4, ARRAY['system_admin'], $5, $6, $6, $6) ON CONFLICT (username) DO NOTHING RETURNING id`,
    [districtId, userId, username, await hashPassword(given.admin.password), mustChangePassword, ctx.now],
  );
  if (users.length === 0) throw taken(`用户名 ${username} 已被使用`);
  await record(actingAs(ctx, systemActor(districtId)), {
    subjectType: 'user',
    subjectId: userId,
    action: 'created',
    data: { username, roles: ['system_admin'], first: true },
  });
  return { districtId, username, mustChangePassword };
}

const taken = (detail: string): Problem => problem('resource.conflict', detail);
