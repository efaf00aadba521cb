import type { EntityManager } from 'typeorm';
import type { Actor, ApiScope, Role } from '#rules/actor.js';
import { endOfAccount, MUST_CHANGE, ZONE_IDS } from './account.js';
import { hashToken, PREFIX } from './tokens.js';

/** A token that is good, for whom, and until when at most it may be remembered. */
export type Authenticated = {
  actor: Actor;
  validUntil: Date;
  mustChangePassword: boolean;
  ratePerMinute?: number;
};

/**
 * Who a bearer token speaks for, or null: an access token of a person (whose session, account and end date still hold)
 * or an API key of a client.
 */
export async function authenticate(
  em: EntityManager,
  token: string,
  now: Date,
): Promise<Authenticated | null> {
  if (token.startsWith(PREFIX.access)) return authenticatePerson(em, token, now);
  if (token.startsWith(PREFIX.apiKey)) return authenticateClient(em, token, now);
  return null;
}

type PersonRow = {
  id: string;
  name: string;
  districtId: string;
  roles: Role[];
  unitId: string | null;
  zoneIds: string[];
  sessionId: string;
  expiresAt: Date;
  validUntil: string | null;
  mustChangePassword: boolean;
};

async function authenticatePerson(
  em: EntityManager,
  token: string,
  now: Date,
): Promise<Authenticated | null> {
  const [row]: PersonRow[] = await em.query(
    `SELECT u.id, u.name, u.district_id AS "districtId", u.roles, u.unit_id AS "unitId", s.id AS "sessionId",
       least(t.expires_at, s.expires_at) AS "expiresAt", u.valid_until AS "validUntil",
       coalesce(${MUST_CHANGE('$2')}, false) AS "mustChangePassword", ${ZONE_IDS} AS "zoneIds"
     FROM session_tokens t
     JOIN sessions s ON s.district_id = t.district_id AND s.id = t.session_id
     JOIN users u ON u.district_id = s.district_id AND u.id = s.user_id
     JOIN districts d ON d.id = u.district_id
     WHERE t.hash = $1 AND t.kind = 'access' AND s.revoked_at IS NULL AND u.disabled_at IS NULL
       AND t.expires_at > $2 AND s.expires_at > $2`,
    [hashToken(token), now],
  );
  if (!row) return null;
  const lastInstant = endOfAccount(row.validUntil);
  if (lastInstant && lastInstant <= now) return null;
  return {
    actor: {
      kind: 'person',
      userId: row.id,
      name: row.name,
      districtId: row.districtId,
      roles: row.roles,
      unitId: row.unitId,
      zoneIds: row.zoneIds,
      sessionId: row.sessionId,
    },
    validUntil: lastInstant && lastInstant < row.expiresAt ? lastInstant : row.expiresAt,
    mustChangePassword: row.mustChangePassword,
  };
}

async function authenticateClient(
  em: EntityManager,
  token: string,
  now: Date,
): Promise<Authenticated | null> {
  const [row]: {
    id: string;
    name: string;
    districtId: string;
    scopes: ApiScope[];
    rate: number;
    expiresAt: Date | null;
  }[] = await em.query(
    `SELECT id, name, district_id AS "districtId", scopes, rate_per_minute AS rate, expires_at AS "expiresAt"
       FROM api_keys WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
    [hashToken(token), now],
  );
  if (!row) return null;
  return {
    actor: {
      kind: 'client',
      userId: row.id,
      name: row.name,
      districtId: row.districtId,
      roles: [],
      unitId: null,
      zoneIds: [],
      apiScopes: row.scopes,
    },
    validUntil: row.expiresAt ?? new Date(now.getTime() + 24 * 3_600_000),
    mustChangePassword: false,
    ratePerMinute: row.rate,
  };
}
