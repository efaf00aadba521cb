import { invalid } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { inTransaction } from '../foundation/transaction.js';
import { record } from '../history/events.js';
import { findAccount } from './account.js';
import { clearTries, inTurn, takeTry } from './lockout.js';
import { hashPassword, passwordMatches, requireStrong } from './passwords.js';
import { endSessionsOf } from './sessions.js';

/**
 * Changes one's own password and ends all other sessions. Tries at the old one are counted as at the login, outside of any
 * transaction. @throws request.invalid (400) for a wrong old one, auth.password_weak (400), auth.locked (429)
 */
export async function changePassword(
  ctx: Ctx,
  given: { oldPassword: string; newPassword: string },
): Promise<void> {
  const { districtId, userId, sessionId } = ctx.actor;
  const account = await findAccount(ctx.em, { id: userId, districtId }, ctx.now);
  if (!account) throw wrongOldPassword();
  await inTurn(account.username, async () => {
    await takeTry(ctx.em, account.username, ctx.now);
    if (!(await passwordMatches(account.passwordHash, given.oldPassword))) throw wrongOldPassword();
    await clearTries(ctx.em, account.username);
  });
  if (given.newPassword === given.oldPassword) {
    throw invalid({ pointer: '/newPassword', code: 'unchanged', message: '新密码不能与原密码相同' });
  }
  requireStrong(given.newPassword, account, (await districtOf(ctx)).settings.passwords, '/newPassword');
  const hash = await hashPassword(given.newPassword);
  await inTransaction(ctx, async (inner) => {
    const changed: unknown[] = await inner.em.query(
      `WITH changed AS (UPDATE users SET password_hash = $3, password_changed_at = $4, must_change_password = false,
         revision = revision + 1, updated_at = $4 WHERE district_id = $1 AND id = $2 AND password_hash = $5 RETURNING id)
       SELECT id FROM changed`,
      [districtId, userId, hash, ctx.now, account.passwordHash],
    );
    // Changed from elsewhere meanwhile: what was given as the old one is no longer it.
    if (changed.length === 0) throw wrongOldPassword();
    await endSessionsOf(inner, userId, 'password_changed', sessionId ?? null);
    await record(inner, { subjectType: 'user', subjectId: userId, action: 'password_changed' });
  });
}

const wrongOldPassword = () =>
  invalid({ pointer: '/oldPassword', code: 'wrong_password', message: '原密码不正确' });
