import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';

/** So many failures lock a name for so long. */
const MOST_FAILURES = 5;
export const LOCK_MINUTES = 15;

/** One name for all ways of writing it: case, width and blanks make no difference, so they open no second set of tries. */
export const usernameOf = (typed: string): string => typed.normalize('NFKC').replace(/\s/g, '').toLowerCase();

/**
 * Takes one try for a name BEFORE the password is looked at, in one statement: however many ask at the same time, in
 * however many processes, no more than five are evaluated. `clearTries` gives them back when the password was right.
 * Answers whether this is the last try. @throws auth.locked (429) with `Retry-After`
 */
export async function takeTry(em: EntityManager, username: string, now: Date): Promise<{ last: boolean }> {
  const lockedUntil = new Date(now.getTime() + LOCK_MINUTES * 60_000);
  const windowStart = new Date(now.getTime() - LOCK_MINUTES * 60_000);
  const [taken]: { failures: number }[] = await em.query(
    `INSERT INTO login_failures AS f (username, failures, first_at, locked_until) VALUES ($1, 1, $2, NULL)
     ON CONFLICT (username) DO UPDATE SET
       failures = CASE WHEN f.first_at <= $3 THEN 1 ELSE f.failures + 1 END,
       first_at = CASE WHEN f.first_at <= $3 THEN $2 ELSE f.first_at END,
       locked_until = CASE WHEN f.first_at > $3 AND f.failures + 1 >= $4 THEN $5::timestamptz END
     WHERE f.locked_until IS NULL OR f.locked_until <= $2
     RETURNING failures`,
    [username, now, windowStart, MOST_FAILURES, lockedUntil],
  );
  if (taken) return { last: taken.failures >= MOST_FAILURES };
  const [row]: { locked_until: Date | null }[] = await em.query(
    `SELECT locked_until FROM login_failures WHERE username = $1`,
    [username],
  );
  const seconds = Math.ceil(((row?.locked_until ?? now).getTime() - now.getTime()) / 1000);
  throw problem('auth.locked', {
    detail: `登录失败次数过多，请约 ${Math.max(1, Math.ceil(seconds / 60))} 分钟后再试，或联系管理员重置密码`,
    retryAfter: Math.max(1, seconds),
  });
}

/** The password was right, or was set anew: the name begins with all its tries. */
export async function clearTries(em: EntityManager, username: string): Promise<void> {
  await em.query(`DELETE FROM login_failures WHERE username = $1`, [username]);
}

const turns = new Map<string, Promise<unknown>>();

/**
 * Tries for one name follow each other in this process, so that several right ones at once (a shared office computer,
 * two tablets) do not use up each other's tries.
 */
export async function inTurn<T>(username: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(username) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(username, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(username) === mine) turns.delete(username);
  }
}
