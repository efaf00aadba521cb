import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import { countTry } from './tries.js';

/** So many failures lock a name. */
const MOST_FAILURES = 5;

/** One name for all ways of writing it: case, width and blanks make no difference, so they open no second set of tries. */
export const usernameOf = (typed: string): string => typed.normalize('NFKC').replace(/\s/g, '').toLowerCase();

/**
 * Takes one try for a name before the password is looked at; `clearTries` gives them back when it was right. Answers whether
 * this is the last try. @throws auth.locked (429) with `Retry-After`
 */
export async function takeTry(em: EntityManager, username: string, now: Date): Promise<{ last: boolean }> {
  const taken = await countTry(em, 'name', username, now, MOST_FAILURES);
  if ('failures' in taken) return { last: taken.failures >= MOST_FAILURES };
  throw problem('auth.locked', {
    detail: `登录失败次数过多，请约 ${Math.ceil(taken.lockedFor / 60)} 分钟后再试，或联系管理员重置密码`,
    retryAfter: taken.lockedFor,
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
