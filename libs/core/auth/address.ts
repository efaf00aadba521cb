import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import { LOCK_MINUTES } from './lockout.js';

/**
 * What tries are counted by: the IPv4 address, of IPv6 the network of 64 bits that one subscriber has. Null for the machine
 * itself: there a reverse proxy may stand that nobody told us to believe (TRUST_PROXY), and everybody would be one.
 */
export function networkOf(address: string): string | null {
  const [, four] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (four) return four.startsWith('127.') ? null : four;
  if (address === '::1') return null;
  const [head = '', tail = ''] = address.toLowerCase().split('%')[0]!.split('::');
  const [before, after] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - before!.length - after!.length) }, () => '0');
  const groups = [...before!, ...(address.includes('::') ? zeros : []), ...after!].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

/**
 * Takes one try for an address, across all names, before any password is looked at; in one statement, so that no storm gets
 * past it. `giveBackTry` where the password was right: only failures count, for a whole bureau may stand behind one address.
 * @throws auth.address_locked (429) with `Retry-After`
 */
export async function takeAddressTry(
  em: EntityManager,
  network: string,
  now: Date,
  most: number,
): Promise<void> {
  const [windowStart, lockedUntil] = [-1, 1].map(
    (sign) => new Date(now.getTime() + sign * LOCK_MINUTES * 60_000),
  );
  const taken: unknown[] = await em.query(
    `INSERT INTO login_addresses AS a (network, failures, first_at, locked_until) VALUES ($1, 1, $2, NULL)
     ON CONFLICT (network) DO UPDATE SET
       failures = CASE WHEN a.first_at <= $3 THEN 1 ELSE a.failures + 1 END,
       first_at = CASE WHEN a.first_at <= $3 THEN $2 ELSE a.first_at END,
       locked_until = CASE WHEN a.first_at > $3 AND a.failures + 1 >= $4 THEN $5::timestamptz END
     WHERE a.locked_until IS NULL OR a.locked_until <= $2
     RETURNING 1`,
    [network, now, windowStart, most, lockedUntil],
  );
  if (taken.length > 0) return;
  const [row]: { locked_until: Date | null }[] = await em.query(
    `SELECT locked_until FROM login_addresses WHERE network = $1`,
    [network],
  );
  const seconds = Math.max(1, Math.ceil(((row?.locked_until ?? now).getTime() - now.getTime()) / 1000));
  throw problem('auth.address_locked', {
    detail: `请约 ${Math.ceil(seconds / 60)} 分钟后再试；若是多人共用的出口地址，请联系管理员`,
    retryAfter: seconds,
  });
}

/** The try was a right one and does not count; nor does a lock that it alone brought about. */
export async function giveBackTry(em: EntityManager, network: string): Promise<void> {
  await em.query(
    `UPDATE login_addresses SET failures = failures - 1, locked_until = NULL WHERE network = $1 AND failures > 0`,
    [network],
  );
}
