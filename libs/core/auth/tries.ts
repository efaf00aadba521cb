import type { EntityManager } from 'typeorm';

/** Tries are counted within so long, and a lock lasts as long. */
export const LOCK_MINUTES = 15;

/** What tries are counted by. */
const COUNTERS = {
  name: { table: 'login_failures', key: 'username' },
  network: { table: 'login_addresses', key: 'network' },
} as const;

/**
 * Counts one try BEFORE the password is looked at, in one statement: however many ask at the same time, in however many
 * processes, no more than `most` are evaluated, and the last of them locks. Answers how many there were, or for how many
 * seconds it is locked already.
 */
export async function countTry(
  em: EntityManager,
  counter: keyof typeof COUNTERS,
  of: string,
  now: Date,
  most: number,
): Promise<{ failures: number } | { lockedFor: number }> {
  const { table, key } = COUNTERS[counter];
  const [windowStart, lockedUntil] = [-1, 1].map(
    (sign) => new Date(now.getTime() + sign * LOCK_MINUTES * 60_000),
  );
  const [taken]: { failures: number }[] = await em.query(
    `INSERT INTO ${table} AS f (${key}, failures, first_at, locked_until) VALUES ($1, 1, $2, NULL)
     ON CONFLICT (${key}) DO UPDATE SET
       failures = CASE WHEN f.first_at <= $3 THEN 1 ELSE f.failures + 1 END,
       first_at = CASE WHEN f.first_at <= $3 THEN $2 ELSE f.first_at END,
       locked_until = CASE WHEN f.first_at > $3 AND f.failures + 1 >= $4 THEN $5::timestamptz END
     WHERE f.locked_until IS NULL OR f.locked_until <= $2
     RETURNING failures`,
    [of, now, windowStart, most, lockedUntil],
  );
  if (taken) return taken;
  const [row]: { lockedUntil: Date | null }[] = await em.query(
    `SELECT locked_until AS "lockedUntil" FROM ${table} WHERE ${key} = $1`,
    [of],
  );
  const ms = (row?.lockedUntil ?? now).getTime() - now.getTime();
  return { lockedFor: Math.max(1, Math.ceil(ms / 1000)) };
}
