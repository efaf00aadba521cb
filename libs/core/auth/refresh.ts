import { type Problem, problem } from '#rules/problems.js';
import { actingAs, type Ctx } from '../foundation/context.js';
import { inTransaction } from '../foundation/transaction.js';
import { record } from '../history/events.js';
import { asActor, asLoginUser, findAccount, isUsable } from './account.js';
import type { LoggedIn } from './login.js';
import { endSession, issueTokens } from './sessions.js';
import { hashToken } from './tokens.js';

type Row = {
  districtId: string;
  sessionId: string;
  userId: string;
  usedAt: Date | null;
  expiresAt: Date;
  sessionEndsAt: Date;
  revokedAt: Date | null;
};

/**
 * Exchanges a refresh token for a new pair; it is good once. One that comes a second time was stolen or copied: its whole
 * session ends, for whoever holds the newer one. Outside of any transaction, because that end must be kept though the
 * request fails. @throws auth.refresh_invalid (401), auth.refresh_reused (401)
 */
export async function refresh(ctx: Ctx, token: string): Promise<LoggedIn> {
  const outcome = await inTransaction(ctx, (inner) => rotate(inner, token));
  if ('problem' in outcome) throw outcome.problem;
  return outcome.tokens;
}

async function rotate(ctx: Ctx, token: string): Promise<{ tokens: LoggedIn } | { problem: Problem }> {
  const refused = { problem: problem('auth.refresh_invalid', '请重新登录') };
  const [row]: Row[] = await ctx.em.query(
    `SELECT s.district_id AS "districtId", s.id AS "sessionId", s.user_id AS "userId", t.used_at AS "usedAt",
       t.expires_at AS "expiresAt", s.expires_at AS "sessionEndsAt", s.revoked_at AS "revokedAt"
     FROM session_tokens t JOIN sessions s ON s.district_id = t.district_id AND s.id = t.session_id
     WHERE t.hash = $1 AND t.kind = 'refresh' FOR UPDATE`,
    [hashToken(token)],
  );
  if (!row || row.revokedAt) return refused;
  const account = await findAccount(ctx.em, { id: row.userId, districtId: row.districtId }, ctx.now, true);
  if (!account) return refused;
  const acting = actingAs(ctx, asActor(account, row.sessionId));
  if (row.usedAt) {
    await endSession(ctx, row.districtId, row.sessionId, 'refresh_reused');
    await record(acting, { subjectType: 'session', subjectId: row.sessionId, action: 'refresh_reused' });
    return { problem: problem('auth.refresh_reused', '为安全起见，该次登录已全部退出，请重新登录') };
  }
  if (row.expiresAt <= ctx.now || row.sessionEndsAt <= ctx.now || !isUsable(account, ctx.now)) return refused;
  await ctx.em.query(`UPDATE session_tokens SET used_at = $2 WHERE hash = $1`, [hashToken(token), ctx.now]);
  const tokens = await issueTokens(ctx.em, ctx.now, { ...row, endsAt: row.sessionEndsAt });
  return { tokens: { ...tokens, user: asLoginUser(account) } };
}
