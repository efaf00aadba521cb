import type { DataSource } from 'typeorm';
import { hashToken, mintToken } from '#core/auth/tokens.js';
import { newId } from '#core/foundation/ids.js';
import { DEFAULT_SETTINGS } from '#rules/settings.js';

/** A district of the bench with its zone, schools and people, and a token for each of them. */
export type BenchDistrict = {
  id: string;
  zoneId: string;
  schools: string[];
  inspector: { id: string; token: string };
  staff: { id: string; token: string };
  apiKey: string;
  schoolCodes: string[];
};

const TERMS = [{ code: 'now', name: '本学期', from: '2000-01-01', to: '2099-12-31' }];

/** `districts` districts of `schools` schools each; everything that the measured requests need, nothing else. */
export async function populate(
  dataSource: DataSource,
  districts: number,
  schools: number,
): Promise<BenchDistrict[]> {
  const made: BenchDistrict[] = [];
  for (let d = 0; d < districts; d++) {
    const id = newId();
    const zoneId = newId();
    await dataSource.query(`INSERT INTO districts (id, code, name, settings) VALUES ($1, $2, $3, $4)`, [
      id,
      String(370100 + d),
      `测评${d}区`,
      JSON.stringify({ ...DEFAULT_SETTINGS, terms: TERMS }),
    ]);
    await dataSource.query(
      `INSERT INTO zones (district_id, id, code, name) VALUES ($1, $2, 'Z1', '一片区')`,
      [id, zoneId],
    );
    const ids = Array.from({ length: schools }, () => newId());
    const codes = ids.map((_, i) => String(3_701_000_000 + d * 100_000 + i));
    await dataSource.query(
      `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership)
       SELECT $1, u.id, 'school', u.code, '测评学校' || u.code, $2, '{primary}', 'public'
       FROM unnest($3::uuid[], $4::text[]) AS u(id, code)`,
      [id, zoneId, ids, codes],
    );
    // A head at every school, as in a real district: nobody acts on its behalf.
    await dataSource.query(
      `INSERT INTO users (district_id, id, username, name, password_hash, roles, unit_id)
       SELECT district_id, gen_random_uuid(), 'head' || code, '校长' || code, '!', '{unit_leader}', id FROM units WHERE district_id = $1`,
      [id],
    );
    const inspector = await person(dataSource, id, `inspector${d}`, ['inspector'], zoneId);
    const staff = await person(dataSource, id, `staff${d}`, ['office_staff']);
    const apiKey = mintToken('apiKey');
    await dataSource.query(
      `INSERT INTO api_keys (district_id, id, name, hash, prefix, scopes, rate_per_minute, created_by, created_at)
       VALUES ($1, $2, '测评', $3, 'ddk_', '{compliance:read}', 2000000000, $4, now())`,
      [id, newId(), hashToken(apiKey), staff.id],
    );
    made.push({ id, zoneId, schools: ids, inspector, staff, apiKey, schoolCodes: codes });
  }
  return made;
}

/** A person with a token, as if just logged in. */
export async function person(
  dataSource: DataSource,
  districtId: string,
  username: string,
  roles: string[],
  zoneId?: string,
) {
  const [id, session, token] = [newId(), newId(), mintToken('access')];
  await dataSource.query(
    `INSERT INTO users (district_id, id, username, name, password_hash, roles) VALUES ($1, $2, $3, $3, '!', $4)`,
    [districtId, id, username, roles],
  );
  if (zoneId) await dataSource.query(`INSERT INTO user_zones VALUES ($1, $2, $3)`, [districtId, id, zoneId]);
  await dataSource.query(
    `INSERT INTO sessions (district_id, id, user_id, created_at, expires_at) VALUES ($1, $2, $3, now(), now() + interval '1 day')`,
    [districtId, session, id],
  );
  await dataSource.query(
    `INSERT INTO session_tokens (hash, kind, district_id, session_id, expires_at) VALUES ($1, 'access', $2, $3, now() + interval '1 day')`,
    [hashToken(token), districtId, session],
  );
  return { id, token };
}

/**
 * Puts issues number `from` + 1 to `to` into a district's ledger by an INSERT that takes district, schools, zone and registrar
 * as $1 to $4 and the first and last number as $5 and $6; step by step, so that no statement takes all the memory.
 */
export async function fillLedger(
  dataSource: DataSource,
  district: BenchDistrict,
  from: number,
  to: number,
  insert: string,
): Promise<void> {
  const STEP = 100_000;
  for (let start = from; start < to; start += STEP) {
    await dataSource.query(insert, [
      district.id,
      district.schools,
      district.zoneId,
      district.staff.id,
      start + 1,
      Math.min(start + STEP, to),
    ]);
  }
  await dataSource.query('VACUUM ANALYZE issues');
}
