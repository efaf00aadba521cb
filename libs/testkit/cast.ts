import type { EntityManager } from 'typeorm';
import { hashToken, mintToken } from '#core/auth/tokens.js';
import { newId } from '#core/foundation/ids.js';
import type { Role } from '#rules/actor.js';
import { DEFAULT_SETTINGS } from '#rules/settings.js';

/** The places of every story: district A with two zones, and district B, which must never see it. */
const PLACES = {
  schoolLiu: {
    district: 'A',
    zone: 'east',
    kind: 'school',
    code: '3702030001',
    name: '明德小学',
    stages: ['primary'],
  },
  schoolWu: {
    district: 'A',
    zone: 'east',
    kind: 'school',
    code: '3702030002',
    name: '育才初级中学',
    stages: ['junior'],
  },
  schoolWest: {
    district: 'A',
    zone: 'west',
    kind: 'school',
    code: '3702030003',
    name: '西山学校',
    stages: ['primary', 'junior'],
  },
  institution: {
    district: 'A',
    zone: 'east',
    kind: 'training_institution',
    code: 'PX0001',
    name: '新知培训学校',
    stages: ['primary'],
  },
  department: {
    district: 'A',
    zone: null,
    kind: 'department',
    code: 'BM0001',
    name: '基础教育科',
    stages: [],
  },
  schoolOther: {
    district: 'B',
    zone: 'north',
    kind: 'school',
    code: '3702040001',
    name: '邻区第一小学',
    stages: ['primary'],
  },
} as const;
export type PlaceName = keyof typeof PLACES;

/** The people of every story, by surname. Who belongs to a unit is recused there. */
export const PEOPLE = {
  zhao: { district: 'A', name: '赵主任', roles: ['office_head'] },
  qian: { district: 'A', name: '钱干事', roles: ['office_staff'] },
  sun: { district: 'A', name: '孙局长', roles: ['bureau_leader'] },
  li: { district: 'A', name: '李片长', roles: ['zone_officer'], zones: ['east'] },
  wang: { district: 'A', name: '王督学', roles: ['inspector'], zones: ['east'] },
  feng: { district: 'A', name: '冯督学', roles: ['inspector'], zones: ['east'] },
  chen: { district: 'A', name: '陈督学', roles: ['inspector'], zones: ['west'] },
  liu: { district: 'A', name: '刘校长', roles: ['unit_leader'], unit: 'schoolLiu' },
  zhou: { district: 'A', name: '周干事', roles: ['unit_clerk'], unit: 'schoolLiu' },
  wu: {
    district: 'A',
    name: '吴校长',
    roles: ['unit_leader', 'inspector'],
    unit: 'schoolWu',
    zones: ['east'],
  },
  zheng: { district: 'A', name: '郑老师', roles: ['unit_leader'], unit: 'institution' },
  auditor: { district: 'A', name: '审计员', roles: ['auditor'] },
  admin: { district: 'A', name: '管理员', roles: ['system_admin'] },
  strangerHead: { district: 'B', name: '外区主任', roles: ['office_head'] },
  strangerInspector: { district: 'B', name: '外区督学', roles: ['inspector'], zones: ['north'] },
} as const satisfies Record<
  string,
  { district: 'A' | 'B'; name: string; roles: readonly Role[]; unit?: PlaceName; zones?: readonly string[] }
>;
export type PersonName = keyof typeof PEOPLE;

export type Cast = {
  districts: Record<'A' | 'B', string>;
  zones: Record<'east' | 'west' | 'north', string>;
  units: Record<PlaceName, string>;
  people: Record<PersonName, string>;
};

/** Puts the cast into an empty, migrated database. Password hashes are unusable: stories use `tokenFor`. */
export async function seedCast(em: EntityManager): Promise<Cast> {
  const districts = { A: newId(), B: newId() };
  const zones = { east: newId(), west: newId(), north: newId() };
  const settings = {
    ...DEFAULT_SETTINGS,
    terms: [
      { code: '2025-2026-2', name: '2025—2026学年第二学期', from: '2026-02-26', to: '2026-07-03' },
      { code: '2026-2027-1', name: '2026—2027学年第一学期', from: '2026-09-01', to: '2027-01-22' },
    ],
  };
  for (const [key, code, name] of [
    ['A', '370203', '示范区'],
    ['B', '370204', '邻区'],
  ] as const) {
    await em.query(`INSERT INTO districts (id, code, name, settings) VALUES ($1, $2, $3, $4)`, [
      districts[key],
      code,
      name,
      JSON.stringify(settings),
    ]);
  }
  for (const [zone, district, name] of [
    ['east', 'A', '东片区'],
    ['west', 'A', '西片区'],
    ['north', 'B', '北片区'],
  ] as const) {
    await em.query(`INSERT INTO zones (district_id, id, code, name) VALUES ($1, $2, $3, $4)`, [
      districts[district],
      zones[zone],
      zone,
      name,
    ]);
  }
  const units = {} as Cast['units'];
  for (const [key, place] of Object.entries(PLACES) as [PlaceName, (typeof PLACES)[PlaceName]][]) {
    units[key] = newId();
    await em.query(
      `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership, pupils)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'public', '{}')`,
      [
        districts[place.district],
        units[key],
        place.kind,
        place.code,
        place.name,
        place.zone ? zones[place.zone] : null,
        place.stages,
      ],
    );
  }
  const people = {} as Cast['people'];
  for (const [key, person] of Object.entries(PEOPLE) as [PersonName, (typeof PEOPLE)[PersonName]][]) {
    people[key] = newId();
    const district = districts[person.district];
    await em.query(
      `INSERT INTO users (district_id, id, username, name, password_hash, roles, unit_id) VALUES ($1, $2, $3, $4, '!', $5, $6)`,
      [
        district,
        people[key],
        key.toLowerCase(),
        person.name,
        person.roles,
        'unit' in person ? units[person.unit] : null,
      ],
    );
    for (const zone of 'zones' in person ? person.zones : []) {
      await em.query(`INSERT INTO user_zones (district_id, user_id, zone_id) VALUES ($1, $2, $3)`, [
        district,
        people[key],
        zones[zone as keyof Cast['zones']],
      ]);
    }
  }
  return { districts, zones, units, people };
}

/** A live access token for a person, as if just logged in (valid for ten years, for stories that move the clock). */
export async function tokenFor(em: EntityManager, districtId: string, userId: string): Promise<string> {
  const session = newId();
  const token = mintToken('access');
  await em.query(
    `INSERT INTO sessions (district_id, id, user_id, created_at, expires_at) VALUES ($1, $2, $3, now(), now() + interval '10 years')`,
    [districtId, session, userId],
  );
  await em.query(
    `INSERT INTO session_tokens (hash, kind, district_id, session_id, expires_at)
     VALUES ($1, 'access', $2, $3, now() + interval '10 years')`,
    [hashToken(token), districtId, session],
  );
  return token;
}
