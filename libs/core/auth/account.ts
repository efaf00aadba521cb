import type { EntityManager } from 'typeorm';
import type { Actor, Role } from '#rules/actor.js';
import { endOfDay, localDay } from '#rules/local-date.js';

/** What `users` and its district say of somebody who logs in. */
export type Account = {
  id: string;
  districtId: string;
  username: string;
  name: string;
  roles: Role[];
  unitId: string | null;
  zoneIds: string[];
  passwordHash: string;
  mustChangePassword: boolean;
  validUntil: string | null;
  disabledAt: Date | null;
};

/** The person of a login, as answered by login and refresh. */
export type LoginUser = {
  id: string;
  name: string;
  roles: Role[];
  districtId: string;
  unitId: string | null;
  zoneIds: string[];
  mustChangePassword: boolean;
};

/** Whether the password must be changed: it was given by somebody else, or is older than the district allows ($now: `now`). */
export const MUST_CHANGE = (now: string) => `(u.must_change_password OR
  u.password_changed_at < ${now}::timestamptz - nullif((d.settings #>> '{passwords,maxAgeDays}')::int, 0) * interval '1 day')`;

export const ZONE_IDS = `ARRAY(SELECT z.zone_id FROM user_zones z WHERE z.district_id = u.district_id AND z.user_id = u.id ORDER BY z.zone_id)`;

/** The account by one of its keys, or null. `lock` keeps it as it is until the transaction ends. */
export async function findAccount(
  em: EntityManager,
  by: { username: string } | { id: string; districtId: string },
  now: Date,
  lock = false,
): Promise<Account | null> {
  const [where, params] =
    'username' in by
      ? ['u.username = $2', [now, by.username]]
      : ['u.district_id = $2 AND u.id = $3', [now, by.districtId, by.id]];
  const [row]: Account[] = await em.query(
    `SELECT u.id, u.district_id AS "districtId", u.username, u.name, u.roles, u.unit_id AS "unitId", ${ZONE_IDS} AS "zoneIds",
       u.password_hash AS "passwordHash", coalesce(${MUST_CHANGE('$1')}, false) AS "mustChangePassword",
       u.valid_until AS "validUntil", u.disabled_at AS "disabledAt"
     FROM users u JOIN districts d ON d.id = u.district_id WHERE ${where} ${lock ? 'FOR SHARE OF u' : ''}`,
    params,
  );
  return row ?? null;
}

/** Whether the account may be used today: not disabled, not past its last day. */
export const isUsable = (account: Pick<Account, 'disabledAt' | 'validUntil'>, now: Date): boolean =>
  account.disabledAt === null && (account.validUntil === null || account.validUntil >= localDay(now));

/** The instant an account with a last day ends; null: it has none. */
export const endOfAccount = (validUntil: string | null): Date | null =>
  validUntil === null ? null : endOfDay(validUntil);

export const asLoginUser = (account: Account): LoginUser => ({
  id: account.id,
  name: account.name,
  roles: account.roles,
  districtId: account.districtId,
  unitId: account.unitId,
  zoneIds: account.zoneIds,
  mustChangePassword: account.mustChangePassword,
});

export const asActor = (account: Account, sessionId?: string): Actor => ({
  kind: 'person',
  userId: account.id,
  name: account.name,
  districtId: account.districtId,
  roles: account.roles,
  unitId: account.unitId,
  zoneIds: account.zoneIds,
  ...(sessionId ? { sessionId } : {}),
});
