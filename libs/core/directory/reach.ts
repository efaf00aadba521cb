import { type Actor, ROLE_NAMES, type Role } from '#rules/actor.js';
import { withinScope } from '../foundation/scope.js';
import type { Where } from '../foundation/sql.js';

/** Whether the actor keeps the directory: the bureau's technician sees all of its entries, though no issue and no evidence. */
const keepsDirectory = (actor: Actor): boolean => actor.roles.includes('system_admin');

/** `withinScope` for entries of the directory (`units u`). */
export function withinDirectory(where: Where, actor: Actor): Where {
  if (keepsDirectory(actor)) return where.and('u.district_id = ?', actor.districtId);
  return withinScope(where, actor, { district: 'u.district_id', unit: 'u.id', zone: 'u.zone_id' });
}

/** Text as a pattern for ILIKE that finds it anywhere; its own wildcards are ordinary characters. */
export const containing = (text: string): string => `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`;

/** Roles in the order of the table, whatever order they were given in. */
export const inOrder = (roles: readonly Role[]): Role[] => ROLE_NAMES.filter((role) => roles.includes(role));

export type Changes = Record<string, { from: unknown; to: unknown }>;

/** What of `given` differs from `present`, for the event; undefined means: not given. */
export function changesOf<T extends object>(present: T, given: Partial<T>): Changes {
  const changes: Changes = {};
  for (const [key, to] of Object.entries(given)) {
    const from = present[key as keyof T];
    if (to !== undefined && JSON.stringify(from) !== JSON.stringify(to)) changes[key] = { from, to };
  }
  return changes;
}
