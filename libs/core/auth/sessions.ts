import type { EntityManager } from 'typeorm';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { hashToken, mintToken } from './tokens.js';

/** Minutes an access token is good for. */
const ACCESS_MINUTES = 15;
/** Hours until a refresh token that is not used ends: a working day, so an office computer asks each morning. */
const REFRESH_HOURS = 12;
/** Days after which a session ends even when it is used every day. */
const SESSION_DAYS = 30;

export type Tokens = { accessToken: string; refreshToken: string; expiresIn: number };
type Owner = { districtId: string; userId: string };

/** Opens a session and answers its first tokens; they are nowhere stored in the clear. */
export async function openSession(ctx: Ctx, owner: Owner): Promise<Tokens & { sessionId: string }> {
  const sessionId = newId();
  const endsAt = new Date(ctx.now.getTime() + SESSION_DAYS * 86_400_000);
  await ctx.em.query(
    `INSERT INTO sessions (district_id, id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
    [owner.districtId, sessionId, owner.userId, ctx.now, endsAt],
  );
  return { ...(await issueTokens(ctx.em, ctx.now, { ...owner, sessionId, endsAt })), sessionId };
}

/** A new pair of tokens of a session; none outlives it. */
export async function issueTokens(
  em: EntityManager,
  now: Date,
  session: { districtId: string; sessionId: string; endsAt: Date },
): Promise<Tokens> {
  const until = (ms: number) => new Date(Math.min(now.getTime() + ms, session.endsAt.getTime()));
  const accessUntil = until(ACCESS_MINUTES * 60_000);
  const [accessToken, refreshToken] = [mintToken('access'), mintToken('refresh')];
  await em.query(
    `INSERT INTO session_tokens (hash, kind, district_id, session_id, expires_at)
     VALUES ($1, 'access', $3, $4, $5), ($2, 'refresh', $3, $4, $6)`,
    [
      hashToken(accessToken),
      hashToken(refreshToken),
      session.districtId,
      session.sessionId,
      accessUntil,
      until(REFRESH_HOURS * 3_600_000),
    ],
  );
  return {
    accessToken,
    refreshToken,
    expiresIn: Math.floor((accessUntil.getTime() - now.getTime()) / 1000),
  };
}

/** Ends one session; its tokens are dead with the commit, here and in every process. */
export async function endSession(
  ctx: Ctx,
  districtId: string,
  sessionId: string,
  because: 'logged_out' | 'refresh_reused',
): Promise<void> {
  await ctx.em.query(
    `UPDATE sessions SET revoked_at = $3, revoked_because = $4 WHERE district_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [districtId, sessionId, ctx.now, because],
  );
  await announce(ctx, 'auth', sessionId);
}

/** Ends all sessions of a person but `keep`. The person's remembered rights are forgotten in any case. */
export async function endSessionsOf(
  ctx: Ctx,
  userId: string,
  because: 'password_changed' | 'password_reset' | 'roles_changed' | 'disabled',
  keep: string | null = null,
): Promise<void> {
  await ctx.em.query(
    `UPDATE sessions SET revoked_at = $4, revoked_because = $5
     WHERE district_id = $1 AND user_id = $2 AND revoked_at IS NULL AND ($3::uuid IS NULL OR id <> $3)`,
    [ctx.actor.districtId, userId, keep, ctx.now, because],
  );
  await announce(ctx, 'auth', userId);
}
