import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import { countTry } from './tries.js';

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
 * Takes one try for an address, across all names, before any password is looked at. `giveBackTry` where it was right: only
 * failures count, for a whole bureau may stand behind one address.
 * @throws auth.address_locked (429) with `Retry-After`
 */
export async function takeAddressTry(
  em: EntityManager,
  network: string,
  now: Date,
  most: number,
): Promise<void> {
  const taken = await countTry(em, 'network', network, now, most);
  if ('failures' in taken) return;
  throw problem('auth.address_locked', {
    detail: `请约 ${Math.ceil(taken.lockedFor / 60)} 分钟后再试；若是多人共用的出口地址，请联系管理员`,
    retryAfter: taken.lockedFor,
  });
}

/** The try was a right one and does not count; nor does a lock that it alone brought about. */
export async function giveBackTry(em: EntityManager, network: string): Promise<void> {
  await em.query(
    `UPDATE login_addresses SET failures = failures - 1, locked_until = NULL WHERE network = $1 AND failures > 0`,
    [network],
  );
}
