import { problem } from '#rules/problems.js';
import { actingAs, type Ctx, systemActor } from '../foundation/context.js';
import { inTransaction } from '../foundation/transaction.js';
import { record } from '../history/events.js';
import { type Account, asActor, asLoginUser, findAccount, isUsable, type LoginUser } from './account.js';
import { giveBackTry, takeAddressTry } from './address.js';
import { clearTries, inTurn, takeTry, usernameOf } from './lockout.js';
import { passwordMatches } from './passwords.js';
import { openSession, type Tokens } from './sessions.js';
import { LOCK_MINUTES } from './tries.js';

export type LoggedIn = Tokens & { user: LoginUser };

const wrong = () => problem('auth.invalid_credentials', '请核对用户名和密码；多次失败会暂时锁定');

/** Where a login comes from (`networkOf`) and how many failures are borne with; null counts nothing. */
type Origin = { network: string; most: number } | null;

/**
 * Logs a person in, outside of any transaction: a failed try must stay counted though the request fails. An unknown
 * name, a wrong password, a disabled or expired account answer alike, in words and in time.
 * @throws auth.invalid_credentials (401), auth.locked, auth.address_locked (429) with `Retry-After`
 */
export async function login(
  ctx: Ctx,
  given: { username: string; password: string },
  origin: Origin = null,
): Promise<LoggedIn> {
  const username = usernameOf(given.username);
  if (origin) await takeAddressTry(ctx.em, origin.network, ctx.now, origin.most);
  return inTurn(username, async () => {
    const { last } = await takeTry(ctx.em, username, ctx.now);
    const account = await findAccount(ctx.em, { username }, ctx.now);
    const right = await passwordMatches(account?.passwordHash ?? null, given.password);
    if (!account || !right || !isUsable(account, ctx.now)) {
      if (last && account) await recordLock(ctx, account);
      throw wrong();
    }
    const admitted = await inTransaction(ctx, (inner) => admit(inner, account));
    if (origin) await giveBackTry(ctx.em, origin.network);
    return admitted;
  });
}

/** The account is read again under a lock: what was disabled or given another password meanwhile is not let in. */
async function admit(ctx: Ctx, seen: Account): Promise<LoggedIn> {
  const account = await findAccount(ctx.em, { id: seen.id, districtId: seen.districtId }, ctx.now, true);
  if (!account || account.passwordHash !== seen.passwordHash || !isUsable(account, ctx.now)) throw wrong();
  await clearTries(ctx.em, account.username);
  const { sessionId, ...tokens } = await openSession(ctx, {
    districtId: account.districtId,
    userId: account.id,
  });
  await record(actingAs(ctx, asActor(account, sessionId)), {
    subjectType: 'session',
    subjectId: sessionId,
    action: 'logged_in',
    data: { userId: account.id },
  });
  return { ...tokens, user: asLoginUser(account) };
}

async function recordLock(ctx: Ctx, account: Account): Promise<void> {
  await record(actingAs(ctx, systemActor(account.districtId)), {
    subjectType: 'user',
    subjectId: account.id,
    action: 'login_locked',
    data: { username: account.username, minutes: LOCK_MINUTES },
  });
}
