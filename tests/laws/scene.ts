import { createHash, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { hashToken, mintToken } from '#core/auth/tokens.js';
import { newId } from '#core/foundation/ids.js';
import { API_SCOPES, type ApiScope, ROLE_NAMES, type Role } from '#rules/actor.js';
import { type PersonName, type PlaceName, tokenFor } from '#testkit/cast.js';
import type { Response, World } from '#testkit/world.js';
import { renderCircularJob } from '#worker/circular-render.js';

/** Text that stands in schoolLiu's issues alone: whoever reads it elsewhere reads what is not theirs. */
export const MARK = '只在明德小学发现的问题';

/** One of each thing that routes address, at schoolLiu in the east zone of district A. */
export type Scene = Awaited<ReturnType<typeof setScene>>;

/** Plays the first weeks of a term in which one of everything comes about. The clock stands at 2026-03-10 afterwards. */
export async function setScene(world: World) {
  const { units, zones, people, districts } = world.cast;
  const did = async (answer: Promise<Response>) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`the scene could not be set: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const list = (code: string) => ({
    code,
    title: `清单${code}`,
    subject: 'school',
    coverage: 'full',
    items: [{ itemCode: 'SJ-ZY-05', required: true }],
  });
  const checklist = (await did(world.as('qian').post('/checklists', list('MATRIX')))).id;
  await did(world.as('qian').post(`/checklists/${checklist}/publish`));
  const checklistDraft = (await did(world.as('qian').post('/checklists', list('DRAFT')))).id;

  const visit = async () => {
    const id = randomUUID();
    await did(
      world.as('wang').put(`/inspections/${id}`, {
        unitId: units.schoolLiu,
        checklistId: checklist,
        kind: 'routine',
        scheduledOn: '2026-03-10',
        team: [people.wang],
        leadId: people.wang,
      }),
    );
    return id;
  };
  const inspection = await visit();
  const submitted = await visit();
  const answer = { operationId: randomUUID(), itemCode: 'SJ-ZY-05', verdict: 'compliant' };
  await did(
    world.as('wang').post(`/inspections/${submitted}/answers`, {
      operations: [{ ...answer, answeredAt: '2026-03-10T01:00:00Z' }],
    }),
  );
  await did(world.as('wang').post(`/inspections/${submitted}/submit`, { summary: '合格' }));
  const plan = async () => {
    const body = {
      title: '三月计划',
      kind: 'routine',
      checklistId: checklist,
      startsOn: '2026-03-11',
      endsOn: '2026-03-31',
      assignments: [{ unitId: units.schoolLiu, team: [people.wang], leadId: people.wang }],
    };
    return (await did(world.as('qian').post('/plans', body))).id;
  };

  const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const photo = createHash('sha256').update(png).digest('hex');
  await did(world.as('wang').put(`/attachments/${photo}`, undefined, { payload: png, type: 'image/png' }));
  const register = (more: object = {}) =>
    did(
      world.as('wang').post('/issues', {
        unitId: units.schoolLiu,
        category: '作业管理',
        finding: MARK,
        severity: 'minor',
        ...more,
      }),
    );
  const act = (who: PersonName, id: string, action: string, body: object) =>
    did(world.as(who).post(`/issues/${id}/transitions`, { action, ...body }));
  const issue = (await register({ attachments: [photo] })).id;
  const served = (await register()).id;
  const notice = (await act('li', served, 'issue_notice', { requirements: '立即整改' })).noticeId;
  const ordered = (await register()).id;
  await act('li', ordered, 'issue_notice', { requirements: '立即整改' });
  await act('li', ordered, 'escalate', { step: 'supervision_order', note: '督办' });
  const referred = (await register()).id;
  await act('zhao', referred, 'refer', { department: '基础教育科', reason: '职责所在' });
  const exportOfHead = (await did(world.as('zhao').post('/exports', { kind: 'issues', format: 'csv' }))).id;

  const circular = async (period: string) => {
    const { id } = await did(world.as('qian').post('/circulars', { kind: 'monthly', period }));
    const { dataSource, files } = world;
    await renderCircularJob(
      {
        dataSource,
        files,
        publicUrl: world.config.publicUrl,
        now: world.now(),
        done: async (em) =>
          void (await em.query(`DELETE FROM outbox WHERE payload->>'circularId' = $1`, [id])),
      },
      { districtId: districts.A, circularId: id },
    );
    return id;
  };
  const circularIssued = await circular('2026-01');
  const { snapshotHash } = await did(world.as('zhao').post(`/circulars/${circularIssued}/issue`));
  const apiKey = await did(world.as('admin').post('/api-keys', { name: '旧平台', scopes: ['issues:read'] }));
  const { source, holidays, workdays } = await did(world.as('zhao').get('/settings/calendars/2026'));
  return {
    school: units.schoolLiu,
    institution: units.institution,
    department: units.department,
    zone: zones.east,
    person: people.wang,
    inspector: people.wang,
    checklist,
    checklistDraft,
    plan: await plan(),
    planToLaunch: await plan(),
    inspection,
    submitted,
    photo,
    issue,
    served,
    ordered,
    referred,
    notice,
    exportOfHead,
    circularDraft: await circular('2026-02'),
    circularIssued,
    circularHash: String(snapshotHash).slice(0, 16),
    apiKey: apiKey.id,
    districtCode: '370203',
    year: '2026',
    calendar: { source, holidays, workdays },
  };
}

/** Somebody who asks. `own`: belongs to schoolLiu or the east zone; `elsewhere`: the same district, another school or zone. */
export type Asker = {
  name: string;
  role: Role | null;
  place: 'own' | 'elsewhere' | 'other district';
  standing: 'good' | 'disabled' | 'expired' | 'must change password' | 'anonymous' | 'client';
  scopes?: readonly ApiScope[];
  userId?: string;
  token: string | undefined;
};

const LOCAL: Role[] = ['zone_officer', 'inspector', 'unit_leader', 'unit_clerk', 'auditor'];
const AT: Record<Asker['place'], { district: 'A' | 'B'; zone: 'east' | 'west' | 'north'; unit: PlaceName }> =
  {
    own: { district: 'A', zone: 'east', unit: 'schoolLiu' },
    elsewhere: { district: 'A', zone: 'west', unit: 'schoolWest' },
    'other district': { district: 'B', zone: 'north', unit: 'schoolOther' },
  };
export const CAST_OF: Record<Role, PersonName> = {
  office_head: 'zhao',
  office_staff: 'qian',
  bureau_leader: 'sun',
  zone_officer: 'li',
  inspector: 'wang',
  unit_leader: 'liu',
  unit_clerk: 'zhou',
  auditor: 'auditor',
  system_admin: 'admin',
};

/** All who ask at every route: nine roles in three places, nine disabled, nine whose session is over, clients and strangers. */
export async function gatherAskers(world: World): Promise<Asker[]> {
  const { cast, dataSource } = world;
  const em = dataSource.manager;
  const session = async (userId: string, place: Asker['place']) =>
    tokenFor(em, cast.districts[AT[place].district], userId);
  const make = async (role: Role, place: Asker['place'], standing: Asker['standing']): Promise<Asker> => {
    const { district, zone, unit } = AT[place];
    const id = newId();
    await em.query(
      `INSERT INTO users (district_id, id, username, name, password_hash, roles, unit_id, disabled_at, must_change_password)
       VALUES ($1, $2, $3, '来人', '!', $4, $5, $6, $7)`,
      [
        cast.districts[district],
        id,
        `a-${id}`,
        [role],
        role === 'unit_leader' || role === 'unit_clerk' ? cast.units[unit] : null,
        standing === 'disabled' ? new Date('2026-03-01') : null,
        standing === 'must change password',
      ],
    );
    if (['zone_officer', 'inspector'].includes(role) || (role === 'auditor' && place === 'elsewhere')) {
      await em.query(`INSERT INTO user_zones (district_id, user_id, zone_id) VALUES ($1, $2, $3)`, [
        cast.districts[district],
        id,
        cast.zones[zone],
      ]);
    }
    const token = await session(id, place);
    if (standing === 'expired')
      await em.query(
        `UPDATE sessions SET created_at = '2026-03-08', expires_at = '2026-03-09' WHERE user_id = $1`,
        [id],
      );
    return { name: `${standing} ${role}, ${place}`, role, place, standing, userId: id, token };
  };
  const client = async (place: Asker['place'], scopes: readonly ApiScope[]): Promise<Asker> => {
    const token = mintToken('apiKey');
    const { district } = AT[place];
    const by = district === 'A' ? cast.people.admin : cast.people.strangerHead;
    await em.query(
      `INSERT INTO api_keys (district_id, id, name, hash, prefix, scopes, rate_per_minute, created_by, created_at)
       VALUES ($1, $2, '平台', $3, $4, $5, 100000, $6, now())`,
      [cast.districts[district], newId(), hashToken(token), token.slice(0, 8), scopes, by],
    );
    return { name: `client ${scopes}, ${place}`, role: null, place, standing: 'client', scopes, token };
  };

  const askers: Asker[] = [
    { name: 'anonymous', role: null, place: 'own', standing: 'anonymous', token: undefined },
    await make('office_head', 'own', 'must change password'),
    ...(await Promise.all(API_SCOPES.map((scope) => client('own', [scope])))),
    await client('other district', API_SCOPES),
  ];
  for (const role of ROLE_NAMES) {
    const userId = cast.people[CAST_OF[role]];
    askers.push({
      name: `${role}, own`,
      role,
      place: 'own',
      standing: 'good',
      userId,
      token: await session(userId, 'own'),
    });
    if (LOCAL.includes(role)) askers.push(await make(role, 'elsewhere', 'good'));
    for (const [place, standing] of [
      ['other district', 'good'],
      ['own', 'disabled'],
      ['own', 'expired'],
    ] as const) {
      askers.push(await make(role, place, standing));
    }
  }
  return askers;
}
