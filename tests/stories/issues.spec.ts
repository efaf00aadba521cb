import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashToken, mintToken } from '#core/auth/tokens.js';
import { Unit } from '#core/directory/unit.entity.js';
import { newId } from '#core/foundation/ids.js';
import { issuesForExport } from '#core/issues/export-rows.js';
import { registerIssues } from '#core/issues/register.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { type Response, startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const act = (who: PersonName, id: string, action: string, body: object = {}) =>
  world.as(who).post(`/issues/${id}/transitions`, { action, ...body });

type Made = { id: string; number: string; allowedActions: string[]; [field: string]: unknown };
async function register(who: PersonName, unit: PlaceName = 'schoolLiu', more: object = {}): Promise<Made> {
  const answer = await world.as(who).post('/issues', {
    unitId: world.cast.units[unit],
    category: '作业管理',
    finding: '三年级书面作业超过60分钟',
    severity: 'minor',
    ...more,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}
async function served(unit: PlaceName = 'schoolLiu', more: object = {}, notice: object = {}): Promise<Made> {
  const issue = await register('li', unit, more);
  const answer = await act('li', issue.id, 'issue_notice', { requirements: '立即压减', ...notice });
  expect(answer.status).toBe(200);
  return answer.body;
}
async function asked(unit: PlaceName = 'schoolLiu', more: object = {}): Promise<Made> {
  const issue = await served(unit, more);
  const answer = await act('liu', issue.id, 'request_close', { measures: '已调整作业量' });
  expect(answer.status).toBe(200);
  return answer.body;
}
/** A visit of the school with a lead and further members, as the schedule of the office has it. */
async function visit(lead: PersonName, others: PersonName[]): Promise<string> {
  const [district, id, checklist] = [world.cast.districts.A, newId(), newId()];
  await world.dataSource.query(
    `INSERT INTO checklists (district_id, id, code, version, title, status, subject, stages, policy_profile, coverage, items, created_at, published_at)
     VALUES ($1, $2, $3, 1, '作业督导', 'published', 'school', '{primary}', 'current', 'partial', '[]', now(), now())`,
    [district, checklist, id],
  );
  await world.dataSource.query(
    `INSERT INTO inspections (district_id, id, unit_id, checklist_id, kind, status, scheduled_on, lead_id, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, 'special', 'in_progress', '2026-03-10', $5, $5, now(), now())`,
    [district, id, world.cast.units.schoolLiu, checklist, world.cast.people[lead]],
  );
  for (const member of [lead, ...others]) {
    await world.dataSource.query(
      `INSERT INTO inspection_members (district_id, inspection_id, user_id) VALUES ($1, $2, $3)`,
      [district, id, world.cast.people[member]],
    );
  }
  return id;
}
/** A photo in the store that this person brought. */
async function photo(who: PersonName, name: string): Promise<string> {
  const sha256 = createHash('sha256').update(name).digest('hex');
  const district = world.cast.districts.A;
  await world.dataSource.query(
    `INSERT INTO attachments (district_id, sha256, media_type, size, stored_at) VALUES ($1, $2, 'image/jpeg', 9, now()) ON CONFLICT DO NOTHING`,
    [district, sha256],
  );
  await world.dataSource.query(
    `INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING`,
    [district, sha256, world.cast.people[who]],
  );
  return sha256;
}
const refusal = ({ status, body }: Response) => `${status} ${body.code}`;
const missing = ({ status, body }: Response) => [
  status,
  body.code,
  ...body.errors.map((e: { pointer: string }) => e.pointer),
];

describe('an issue of a school, from the visit to its close-out', () => {
  test('inspector Wang registers, Li serves the notice, headmistress Liu rectifies, Wang verifies, Qian closes', async () => {
    const issue = await register('wang');
    expect(issue).toMatchObject({
      number: expect.stringMatching(/^WT2026-\d{5}$/),
      status: 'registered',
      severity: 'minor',
      severityGiven: 'minor',
      mode: 'time_limited',
      source: 'visit',
      unit: { id: world.cast.units.schoolLiu, name: '明德小学', kind: 'school' },
      dueOn: null,
      overdue: false,
      attachments: [],
    });

    const notice = await act('li', issue.id, 'issue_notice', { requirements: '压减书面作业' });
    // 30 working days after 10 March 2026: Qingming (4–6 April) is no working day.
    expect(notice.body).toMatchObject({
      status: 'rectifying',
      dueOn: '2026-04-22',
      originalDueOn: '2026-04-22',
      requirements: '压减书面作业',
      servedOn: '2026-03-10',
    });
    expect(notice.body.dueExplanation).toMatch(/清明/);

    const planned = await act('zhou', issue.id, 'plan', { responsiblePerson: '教导主任', plan: '逐班核查' });
    expect(planned.body.plan).toMatchObject({ responsiblePerson: '教导主任', byName: '周干事' });

    world.setNow('2026-03-12');
    const requested = await act('liu', issue.id, 'request_close', { measures: '已压减' });
    expect(requested.body).toMatchObject({
      status: 'close_requested',
      officeDueOn: '2026-03-26',
      requestedLate: false,
      rectification: { measures: '已压减', byName: '刘校长' },
    });

    const verified = await act('wang', issue.id, 'verify', { finding: '属实', method: 'on_site' });
    expect(verified.body).toMatchObject({ status: 'verified', officeDueOn: '2026-03-19' });

    const closed = await act('qian', issue.id, 'close', { note: '同意销号' });
    expect(closed.body).toMatchObject({
      status: 'closed',
      closing: { note: '同意销号', byName: '钱干事' },
      allowedActions: [],
    });
    expect(closed.body.closedAt).toBe('2026-03-12T02:00:00.000Z');

    const history = await world.as('liu').get(`/issues/${issue.id}/events`);
    expect(
      history.body.items.map(
        (e: { action: string; actor: { name: string } }) => `${e.actor.name} ${e.action}`,
      ),
    ).toEqual([
      '王督学 register',
      '李片长 issue_notice',
      '周干事 plan',
      '刘校长 request_close',
      '王督学 verify',
      '钱干事 close',
    ]);
    expect(history.body.items[5].changes.status).toEqual(['verified', 'closed']);
    expect(refusal(await act('zhao', issue.id, 'withdraw', { reason: '误' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });

  test('another school, another zone and another district do not even see it', async () => {
    const issue = await register('wang');
    for (const stranger of ['zheng', 'chen', 'strangerHead', 'strangerInspector', 'admin'] as const) {
      const status = (await world.as(stranger).get(`/issues/${issue.id}`)).status;
      expect([stranger, status]).toEqual([stranger, stranger === 'admin' ? 403 : 404]);
    }
    expect(refusal(await act('chen', issue.id, 'verify'))).toBe('404 resource.not_found');
    expect((await world.as('zheng').get(`/issues?unitId=${world.cast.units.schoolLiu}`)).body.items).toEqual(
      [],
    );
    expect((await world.as('auditor').get(`/issues/${issue.id}`)).body.allowedActions).toEqual([]);
  });
});

describe('register 登记', () => {
  test('an item of the library brings category, basis, limit and whether evidence is demanded', async () => {
    const [item] = (await world.as('wang').get('/checklist-items?category=作业管理&limit=1')).body.items;
    const made = await register('wang', 'schoolLiu', { itemCode: item.itemCode, category: undefined });
    expect(made).toMatchObject({
      itemCode: item.itemCode,
      category: item.category,
      basis: item.basis,
      evidenceRequired: item.evidenceRequired,
    });
  });

  test('every unmet need is named; unknown items and foreign inspections are refused', async () => {
    const post = (who: PersonName, body: object) => world.as(who).post('/issues', body);
    const unitId = world.cast.units.schoolLiu;
    expect(missing(await post('wang', { unitId }))).toEqual([
      400,
      'issue.missing_field',
      '/category',
      '/finding',
      '/severity',
    ]);
    expect(missing(await post('wang', { category: '作业管理', finding: 'x', severity: 'minor' }))).toEqual([
      400,
      'issue.missing_field',
      '/unitId',
    ]);
    const full = { unitId, category: '作业管理', finding: '问题', severity: 'minor' };
    expect(refusal(await post('wang', { ...full, itemCode: 'NO-SUCH' }))).toBe('400 checklist.item_unknown');
    expect(refusal(await post('wang', { ...full, inspectionId: unitId }))).toBe('400 request.invalid');
    expect(refusal(await post('wang', { ...full, source: 'self_check' }))).toBe('400 request.invalid');
    expect(refusal(await post('wang', { ...full, surprise: 1 }))).toBe('400 request.invalid');
    expect(refusal(await post('wang', { ...full, attachments: ['a'.repeat(64)] }))).toBe(
      '400 attachment.unknown',
    );
  });

  test('an inspector adds to the record of the own team alone; the zone and the office to any', async () => {
    const inspectionId = await visit('wang', []);
    const body = {
      unitId: world.cast.units.schoolLiu,
      category: '作业管理',
      finding: '公示栏未更新',
      severity: 'minor',
      inspectionId,
    };
    expect(refusal(await world.as('feng').post('/issues', body))).toBe('403 inspection.not_on_team');
    for (const who of ['wang', 'li', 'qian'] as const) {
      expect([who, (await world.as(who).post('/issues', body)).status]).toEqual([who, 201]);
    }
    const { inspectionId: _, ...beside } = body;
    expect((await world.as('feng').post('/issues', beside)).status).toBe(201);
  });

  test('a school does not register, Wu not at the own school, inspectors only what visits find', async () => {
    const body = { category: '作业管理', finding: '问题', severity: 'minor' };
    const at = (unit: PlaceName, more: object = {}) => ({ ...body, unitId: world.cast.units[unit], ...more });
    const post = async (who: PersonName, given: object) =>
      refusal(await world.as(who).post('/issues', given));
    expect(await post('liu', at('schoolLiu'))).toBe('403 issue.not_permitted');
    expect(await post('wu', at('schoolWu'))).toBe('403 issue.not_permitted');
    expect((await world.as('wu').post('/issues', at('schoolLiu'))).status).toBe(201);
    expect(await post('wang', at('schoolLiu', { source: 'complaint' }))).toBe('403 issue.not_permitted');
    expect(
      (await world.as('qian').post('/issues', at('schoolLiu', { source: 'assigned' }))).body.source,
    ).toBe('assigned');
    expect(await post('chen', at('schoolLiu'))).toBe('404 resource.not_found');
    expect(await post('auditor', at('schoolLiu'))).toBe('403 issue.not_permitted');
  });

  test('sixteen at once in two schools: numbers without a gap, also when some are rolled back', async () => {
    const before = await register('wang');
    const units: PlaceName[] = ['schoolLiu', 'institution'];
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        world.as('wang').post('/issues', {
          unitId: world.cast.units[units[i % 2]!],
          category: '作业管理',
          finding: `第${i}个`,
          severity: 'minor',
          // Fails after the number was taken, so that it must come back.
          ...(i % 4 === 3 ? { attachments: ['b'.repeat(64)] } : {}),
        }),
      ),
    );
    const numbers = answers.filter((a) => a.status === 201).map((a) => Number(a.body.number.split('-')[1]));
    const first = Number(before.number.split('-')[1]) + 1;
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => first + i));
    expect((await register('wang')).number).toMatch(new RegExp(`-0*${first + 12}$`));
  });
});

describe('resolve_on_site 立行立改', () => {
  test('the lead shows photos before and after; somebody else closes', async () => {
    const inspectionId = await visit('wang', ['feng']);
    const issue = await register('wang', 'schoolLiu', { inspectionId });
    expect(refusal(await act('feng', issue.id, 'resolve_on_site', {}))).toBe('403 inspection.not_lead');
    expect(missing(await act('wang', issue.id, 'resolve_on_site', { note: ' ' }))).toEqual([
      400,
      'issue.missing_field',
      '/note',
      '/attachments',
    ]);
    const attachments = [await photo('wang', 'before'), await photo('wang', 'after')];
    const done = await act('wang', issue.id, 'resolve_on_site', { note: '当场整改', attachments });
    expect(done.body).toMatchObject({ status: 'verified', mode: 'immediate' });
    expect(done.body.attachments.sort()).toEqual(attachments.sort());
    expect((await act('li', issue.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('Liu may not, and who led may not close: Zhao as lead leaves it to Qian', async () => {
    const inspectionId = await visit('zhao', []);
    const issue = await register('zhao', 'schoolLiu', { inspectionId });
    expect(refusal(await act('liu', issue.id, 'resolve_on_site', {}))).toBe('403 issue.not_permitted');
    const attachments = [await photo('zhao', 'before')];
    await act('zhao', issue.id, 'resolve_on_site', { note: '当场整改', attachments });
    expect(refusal(await act('zhao', issue.id, 'close', { note: '同意' }))).toBe('403 issue.own_work');
    expect((await world.as('zhao').get(`/issues/${issue.id}`)).body.allowedActions).not.toContain('close');
    expect((await act('qian', issue.id, 'close', { note: '同意' })).status).toBe(200);
  });
});

describe('issue_notice 下发整改通知书', () => {
  test('deadline by severity and mode, by working days, or as typed; never today', async () => {
    const due = async (severity: string, body: object) =>
      (await served('schoolLiu', { severity }, body)).dueOn;
    expect(await due('serious', {})).toBe('2026-03-17');
    expect(await due('major', {})).toBe('2026-03-31');
    expect(await due('minor', { mode: 'immediate' })).toBe('2026-03-13');
    expect(await due('minor', { workingDays: 1 })).toBe('2026-03-11');
    expect(await due('minor', { dueOn: '2030-01-01' })).toBe('2030-01-01');
    const milestones = [{ on: '2026-06-30', text: '期末复查' }];
    expect(await due('minor', { mode: 'long_term', milestones })).toBe('2026-06-30');
    const issue = await register('li');
    const refused = (body: object) => act('li', issue.id, 'issue_notice', { requirements: '改', ...body });
    expect(refusal(await refused({ dueOn: '2026-03-10' }))).toBe('400 issue.due_not_after');
    expect(refusal(await refused({ dueOn: '2026-02-30' }))).toBe('400 request.invalid');
    expect(refusal(await refused({ dueOn: '2026-04-01', workingDays: 3 }))).toBe('400 request.invalid');
    expect(missing(await act('li', issue.id, 'issue_notice'))).toEqual([
      400,
      'issue.missing_field',
      '/requirements',
    ]);
    expect(refusal(await refused({ note: 'x' }))).toBe('400 issue.field_not_of_action');
  });

  test('beyond the calendar nothing is guessed: a date is asked for, and a typed one works', async () => {
    world.setNow('2026-12-28');
    const issue = await register('li');
    const asked = await act('li', issue.id, 'issue_notice', { requirements: '改' });
    expect([asked.status, asked.body.code, asked.body.neededYear]).toEqual([
      422,
      'calendar.beyond_horizon',
      2027,
    ]);
    const typed = await act('li', issue.id, 'issue_notice', { requirements: '改', dueOn: '2027-02-01' });
    expect(typed.body).toMatchObject({ status: 'rectifying', dueOn: '2027-02-01' });
    expect((await act('liu', issue.id, 'request_close', { measures: '已改' })).body).toMatchObject({
      status: 'close_requested',
      officeDueOn: null,
      officeOverdue: false,
    });
  });

  test('the lead may for minor issues alone; other inspectors and the school may not', async () => {
    const inspectionId = await visit('wang', ['feng']);
    const minor = await register('wang', 'schoolLiu', { inspectionId });
    const major = await register('wang', 'schoolLiu', { inspectionId, severity: 'major' });
    const body = { requirements: '改' };
    expect(refusal(await act('feng', minor.id, 'issue_notice', body))).toBe('403 inspection.not_lead');
    expect(refusal(await act('wang', major.id, 'issue_notice', body))).toBe('403 issue.not_permitted');
    expect(refusal(await act('liu', minor.id, 'issue_notice', body))).toBe('403 issue.not_permitted');
    expect((await act('wang', minor.id, 'issue_notice', body)).body.status).toBe('rectifying');
  });
});

describe('object 申辩, uphold and accept_objection', () => {
  test('within three working days of the feedback, across a weekend, once', async () => {
    world.setNow('2026-03-13');
    const issue = await register('wang');
    world.setNow('2026-03-18');
    expect((await world.as('liu').get(`/issues/${issue.id}`)).body.allowedActions).toContain('object');
    const objected = await act('liu', issue.id, 'object', { grounds: '当日为活动日' });
    expect(objected.body).toMatchObject({
      status: 'objected',
      officeDueOn: '2026-03-25',
      objection: { grounds: '当日为活动日' },
    });
    world.setNow('2026-03-26');
    expect((await world.as('qian').get(`/issues/${issue.id}`)).body).toMatchObject({
      officeOverdue: true,
      overdue: false,
    });
    expect(refusal(await act('li', issue.id, 'uphold', { note: 'x' }))).toBe('403 issue.not_permitted');
    expect((await act('qian', issue.id, 'uphold', { note: '事实清楚' })).body).toMatchObject({
      status: 'registered',
      dueOn: null,
      objection: { decision: { outcome: 'upheld', byName: '钱干事' } },
    });
    expect(refusal(await act('liu', issue.id, 'object', { grounds: '再辩' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });

  test('on the fourth working day it is too late, and Zhou never may', async () => {
    world.setNow('2026-03-13');
    const issue = await register('wang');
    expect(refusal(await act('zhou', issue.id, 'object', { grounds: 'x' }))).toBe('403 issue.not_permitted');
    world.setNow('2026-03-19');
    const late = await act('liu', issue.id, 'object', { grounds: 'x' });
    expect(refusal(late)).toBe('409 issue.transition_not_allowed');
    expect(late.body.detail).toMatch(/期限已过/);
    expect(late.body.allowedActions).toEqual([]);
  });

  test('after service five working days; upheld, the days it took are added back', async () => {
    const issue = await served('schoolLiu', { severity: 'major' });
    expect(issue.dueOn).toBe('2026-03-31');
    world.setNow('2026-03-17');
    await act('liu', issue.id, 'object', { grounds: '数据有误' });
    world.setNow('2026-03-19');
    const back = await act('sun', issue.id, 'uphold', { note: '维持' });
    expect(back.body).toMatchObject({
      status: 'rectifying',
      dueOn: '2026-04-02',
      originalDueOn: '2026-03-31',
    });
    expect(back.body.dueExplanation).toMatch(/2 个工作日予以顺延/);
  });

  test('accepted, the issue is withdrawn; the own team does not decide', async () => {
    const inspectionId = await visit('wang', ['qian']);
    const issue = await register('wang', 'schoolLiu', { inspectionId });
    await act('liu', issue.id, 'object', { grounds: '不属实' });
    expect(refusal(await act('qian', issue.id, 'accept_objection', { note: '同意' }))).toBe(
      '403 issue.own_work',
    );
    expect((await act('zhao', issue.id, 'accept_objection', { note: '采纳' })).body).toMatchObject({
      status: 'withdrawn',
      objection: { decision: { outcome: 'accepted' } },
    });
  });
});

describe('extensions 延期', () => {
  test('Liu asks before the deadline, Qian grants; two at most, and the original deadline stays', async () => {
    const issue = await served('schoolLiu', { severity: 'serious' });
    const ask = (dueOn: string) => act('liu', issue.id, 'request_extension', { reason: '施工未完', dueOn });
    expect(refusal(await ask('2026-03-17'))).toBe('400 issue.due_not_after');
    expect((await ask('2026-03-24')).body).toMatchObject({ extensionPending: true, dueOn: '2026-03-17' });
    expect(refusal(await ask('2026-03-25'))).toBe('409 issue.transition_not_allowed');
    expect(refusal(await act('li', issue.id, 'grant_extension', { note: '同意' }))).toBe(
      '403 issue.not_permitted',
    );
    expect((await act('qian', issue.id, 'grant_extension', { note: '同意' })).body).toMatchObject({
      dueOn: '2026-03-24',
      originalDueOn: '2026-03-17',
      extensionCount: 1,
      extensionPending: false,
    });
    await ask('2026-03-30');
    expect(
      (await act('qian', issue.id, 'grant_extension', { note: '同意', dueOn: '2026-03-27' })).body.dueOn,
    ).toBe('2026-03-27');
    expect(refusal(await ask('2026-04-30'))).toBe('409 issue.transition_not_allowed');
  });

  test('after the deadline there is no asking; a refusal changes no date and leaves asking open', async () => {
    const issue = await served('schoolLiu', { severity: 'serious' });
    const ask = () => act('liu', issue.id, 'request_extension', { reason: '施工', dueOn: '2026-04-01' });
    await ask();
    const refused = await act('zhao', issue.id, 'refuse_extension', { note: '按期完成' });
    expect(refused.body).toMatchObject({ dueOn: '2026-03-17', extensionPending: false, extensionCount: 0 });
    expect(refusal(await act('zhao', issue.id, 'refuse_extension', { note: '再' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    world.setNow('2026-03-18');
    expect(refusal(await ask())).toBe('409 issue.transition_not_allowed');
  });
});

describe('what the office applied for on behalf of a school without a leader', () => {
  test('is answered by a colleague: an extension', async () => {
    const issue = await register('qian', 'schoolWest', { severity: 'serious' });
    await act('qian', issue.id, 'issue_notice', { requirements: '改' });
    const asked = await act('qian', issue.id, 'request_extension', { reason: '施工', dueOn: '2026-03-24' });
    expect(asked.body).toMatchObject({ extensionPending: true, extension: { onBehalf: true } });
    expect(asked.body.allowedActions).not.toContain('grant_extension');
    for (const action of ['grant_extension', 'refuse_extension']) {
      expect(refusal(await act('qian', issue.id, action, { note: '自批' }))).toBe('403 issue.own_work');
    }
    const bulk = await world.as('qian').post('/issues/transitions', {
      action: 'grant_extension',
      issueIds: [issue.id],
      note: '自批',
    });
    expect(bulk.body.results).toMatchObject([{ ok: false, problem: { code: 'issue.own_work' } }]);
    expect((await act('zhao', issue.id, 'grant_extension', { note: '同意' })).body.dueOn).toBe('2026-03-24');
  });

  test('and an objection; who once applied decides what the school itself asks for', async () => {
    const issue = await register('wang', 'schoolLiu');
    const west = await register('qian', 'schoolWest');
    await act('zhao', west.id, 'object', { grounds: '学校来函' });
    for (const action of ['uphold', 'accept_objection']) {
      expect(refusal(await act('zhao', west.id, action, { note: 'x' }))).toBe('403 issue.own_work');
    }
    expect((await act('sun', west.id, 'uphold', { note: '维持' })).body.status).toBe('registered');
    await act('liu', issue.id, 'object', { grounds: '不属实' });
    expect((await act('zhao', issue.id, 'uphold', { note: '维持' })).body.status).toBe('registered');
  });
});

describe('request_close 申请销号 and the two clocks', () => {
  test('evidence where the item demands it', async () => {
    const issue = await served();
    // As registered from a checklist whose item demands it.
    await world.dataSource.query(`UPDATE issues SET evidence_required = true WHERE id = $1`, [issue.id]);
    expect(missing(await act('liu', issue.id, 'request_close', {}))).toEqual([
      400,
      'issue.missing_field',
      '/measures',
      '/attachments',
    ]);
    const attachments = [await photo('liu', 'evidence')];
    expect(
      (await act('liu', issue.id, 'request_close', { measures: '已改', attachments })).body,
    ).toMatchObject({
      status: 'close_requested',
      attachments,
    });
  });

  test('overdue from midnight after the deadline; asked in time, it is the office whose clock runs', async () => {
    const issue = await served('schoolLiu', { severity: 'serious' });
    const seen = async () => (await world.as('liu').get(`/issues/${issue.id}`)).body;
    world.setNow('2026-03-17T15:59:59.000Z');
    expect(await seen()).toMatchObject({ overdue: false, daysOverdue: 0 });
    world.setNow('2026-03-17T16:00:00.000Z');
    expect(await seen()).toMatchObject({ overdue: true, daysOverdue: 1 });
    world.setNow('2026-03-17');
    await act('liu', issue.id, 'request_close', { measures: '已改' });
    world.setNow('2026-04-01');
    expect(await seen()).toMatchObject({ overdue: false, officeDueOn: '2026-03-31', officeOverdue: true });
    world.setNow('2026-04-02');
    const back = await act('wang', issue.id, 'return', { reason: '不到位' });
    // Asked on the last day: the twelve working days in the office's hands are added back, and today is the last day again.
    expect(back.body).toMatchObject({
      status: 'rectifying',
      returnCount: 1,
      dueOn: '2026-04-02',
      overdue: false,
      officeDueOn: null,
    });
  });

  test('asked for only after the deadline it stays overdue until it is closed or returned', async () => {
    const issue = await served('schoolLiu', { severity: 'serious' });
    world.setNow('2026-03-19');
    await act('liu', issue.id, 'request_close', { measures: '已改' });
    world.setNow('2026-03-25');
    expect((await world.as('liu').get(`/issues/${issue.id}`)).body).toMatchObject({
      overdue: true,
      daysOverdue: 2,
      requestedLate: true,
    });
    const back = await act('li', issue.id, 'return', { reason: '重做', dueOn: '2026-03-30' });
    expect(back.body).toMatchObject({ overdue: false, dueOn: '2026-03-30', originalDueOn: '2026-03-17' });
  });

  test('Zhou prepares and does not ask; the office asks only where the unit has no leader, and that is on record', async () => {
    const issue = await served();
    expect(refusal(await act('zhou', issue.id, 'request_close', { measures: 'x' }))).toBe(
      '403 issue.not_permitted',
    );
    expect(refusal(await act('qian', issue.id, 'request_close', { measures: 'x' }))).toBe(
      '403 issue.not_permitted',
    );
    const west = await register('qian', 'schoolWest');
    await act('qian', west.id, 'issue_notice', { requirements: '改' });
    const done = await act('qian', west.id, 'request_close', { measures: '学校已改' });
    expect(done.body.rectification).toMatchObject({ onBehalf: true, byName: '钱干事' });
    const events = (await world.as('qian').get(`/issues/${west.id}/events`)).body.items;
    expect(events.at(-1)).toMatchObject({ action: 'request_close', onBehalf: true });
    // Who asked does not close, not even on behalf.
    expect(refusal(await act('qian', west.id, 'close', { note: '同意' }))).toBe('403 issue.own_work');
    expect((await act('zhao', west.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });
});

describe('verify 核验 and close 销号', () => {
  test('a serious issue: on site, by two, closed by the head or the bureau leader', async () => {
    const issue = await asked('schoolLiu', { severity: 'serious' });
    const { wang, feng, liu, qian } = world.cast.people;
    const verify = (body: object) => act('wang', issue.id, 'verify', { finding: '属实', ...body });
    expect(missing(await verify({ method: 'documents' }))).toEqual([
      400,
      'issue.missing_field',
      '/method',
      '/coVerifierId',
    ]);
    for (const coVerifierId of [wang, liu, qian]) {
      expect(missing(await verify({ method: 'on_site', coVerifierId }))).toEqual([
        400,
        'issue.missing_field',
        '/coVerifierId',
      ]);
    }
    const measures = [{ grade: 3, value: 45 }];
    const done = await verify({ method: 're_measurement', coVerifierId: feng, measures });
    expect(done.body.verification).toMatchObject({
      method: 're_measurement',
      coVerifierName: '冯督学',
      measures,
    });
    expect(refusal(await act('li', issue.id, 'close', { note: 'x' }))).toBe('403 issue.not_permitted');
    expect(refusal(await act('qian', issue.id, 'close', { note: 'x' }))).toBe('403 issue.not_permitted');
    expect((await world.as('sun').get(`/issues/${issue.id}`)).body.allowedActions).toContain('close');
    expect((await act('sun', issue.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('verifying is not for the office, the school or Wu at the own school', async () => {
    const issue = await asked();
    for (const who of ['zhao', 'qian', 'sun', 'liu'] as const) {
      expect([who, refusal(await act(who, issue.id, 'verify', { finding: 'x', method: 'on_site' }))]).toEqual(
        [who, '403 issue.not_permitted'],
      );
    }
    const own = await served('schoolWu');
    await act('wu', own.id, 'request_close', { measures: '已改' });
    expect(refusal(await act('wu', own.id, 'verify', { finding: 'x', method: 'on_site' }))).toBe(
      '403 issue.not_permitted',
    );
    expect((await act('wu', issue.id, 'verify', { finding: '属实', method: 'documents' })).body.status).toBe(
      'verified',
    );
  });

  test('Li who verified does not close; a major issue needs verification first and the office', async () => {
    const minor = await asked();
    await act('li', minor.id, 'verify', { finding: '属实', method: 'documents' });
    expect(refusal(await act('li', minor.id, 'close', { note: 'x' }))).toBe('403 issue.own_work');

    const direct = await asked();
    expect((await act('li', direct.id, 'close', { note: '同意' })).body.status).toBe('closed');

    const major = await asked('schoolLiu', { severity: 'major' });
    const early = await act('qian', major.id, 'close', { note: 'x' });
    expect(refusal(early)).toBe('409 issue.transition_not_allowed');
    expect(early.body.allowedActions).toEqual(['return', 'escalate']);
    await act('wang', major.id, 'verify', { finding: '属实', method: 'on_site' });
    expect(refusal(await act('li', major.id, 'close', { note: 'x' }))).toBe('403 issue.not_permitted');
    expect(missing(await act('qian', major.id, 'close'))).toEqual([400, 'issue.missing_field', '/note']);
    expect((await act('qian', major.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('where nobody could verify, the bureau leader stands in; elsewhere not', async () => {
    const department = await register('qian', 'department', { severity: 'major' });
    await act('qian', department.id, 'issue_notice', { requirements: '改' });
    await act('qian', department.id, 'request_close', { measures: '已改' });
    expect((await world.as('sun').get(`/issues/${department.id}`)).body.allowedActions).toContain('verify');
    expect(
      (await act('sun', department.id, 'verify', { finding: '属实', method: 'documents' })).body.status,
    ).toBe('verified');
    expect(refusal(await act('sun', department.id, 'close', { note: 'x' }))).toBe('403 issue.own_work');
    expect((await act('zhao', department.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });
});

describe('what the office decides', () => {
  test('refer 移交: only Zhao; resolved is verified, sent back gets its time added', async () => {
    const one = await served('schoolLiu', { severity: 'major' });
    const body = { department: '区市场监管局', reason: '属收费管理' };
    expect(refusal(await act('qian', one.id, 'refer', body))).toBe('403 issue.not_permitted');
    expect(missing(await act('zhao', one.id, 'refer'))).toEqual([
      400,
      'issue.missing_field',
      '/department',
      '/reason',
    ]);
    expect((await act('zhao', one.id, 'refer', body)).body).toMatchObject({
      status: 'referred',
      referral: body,
    });
    world.setNow('2026-03-13');
    expect(
      (await act('zhao', one.id, 'settle_referral', { outcome: 'sent_back', note: '退回学校' })).body,
    ).toMatchObject({
      status: 'rectifying',
      dueOn: '2026-04-03',
    });
    const two = await register('wang');
    await act('zhao', two.id, 'refer', body);
    expect(
      (await act('zhao', two.id, 'settle_referral', { outcome: 'resolved', note: '已查处' })).body.status,
    ).toBe('verified');
    expect(refusal(await act('zhao', two.id, 'close', { note: 'x' }))).toBe('403 issue.own_work');
    expect(refusal(await act('zhao', two.id, 'settle_referral', { outcome: 'resolved', note: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });

  test('settled and then returned: the days of the referral are added back, earlier rounds are not counted twice', async () => {
    const issue = await asked('schoolLiu', { severity: 'major' });
    world.setNow('2026-03-12');
    const back = await act('wang', issue.id, 'return', { reason: '未改到位' });
    expect(back.body.dueOn).toBe('2026-04-02');
    await act('zhao', issue.id, 'refer', { department: '区市场监管局', reason: '属收费管理' });
    world.setNow('2026-03-13');
    await act('zhao', issue.id, 'settle_referral', { outcome: 'resolved', note: '已查处' });
    world.setNow('2026-03-16');
    const again = await act('qian', issue.id, 'return', { reason: '复查仍有' });
    // Two working days since the referral of the 12th, not four since the request of the 10th.
    expect([again.body.status, again.body.dueOn]).toEqual(['rectifying', '2026-04-07']);
  });

  test('a verification that was returned is undone: not on the issue, and its verifiers are free', async () => {
    const issue = await asked();
    const { feng } = world.cast.people;
    await act('li', issue.id, 'verify', { finding: '属实', method: 'on_site', coVerifierId: feng });
    expect(refusal(await act('li', issue.id, 'close', { note: 'x' }))).toBe('403 issue.own_work');
    const back = await act('qian', issue.id, 'return', { reason: '资料不全' });
    expect(back.body).toMatchObject({ status: 'rectifying', verification: null, verifiedAt: null });
    await act('liu', issue.id, 'request_close', { measures: '已补' });
    // A minor issue is closed without verification; nobody has verified this round.
    const closed = await act('li', issue.id, 'close', { note: '同意' });
    expect(closed.body).toMatchObject({ status: 'closed', verification: null });
    const told = (await world.as('qian').get(`/issues/${issue.id}/events`)).body.items;
    expect(told.map((one: { action: string }) => one.action)).toContain('verify');
  });

  test('regrade 调整等级 and withdraw 撤销: Zhao alone; the grade given stays on record', async () => {
    const issue = await register('wang');
    expect(refusal(await act('qian', issue.id, 'regrade', { severity: 'major', reason: 'x' }))).toBe(
      '403 issue.not_permitted',
    );
    expect(
      (await act('zhao', issue.id, 'regrade', { severity: 'major', reason: '涉及面广' })).body,
    ).toMatchObject({
      severity: 'major',
      severityGiven: 'minor',
    });
    expect(refusal(await act('qian', issue.id, 'withdraw', { reason: 'x' }))).toBe('403 issue.not_permitted');
    expect((await act('zhao', issue.id, 'withdraw', { reason: '重复登记' })).body.status).toBe('withdrawn');
    expect(refusal(await act('zhao', issue.id, 'regrade', { severity: 'minor', reason: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });

  test('merge 归并 into an open issue of the same school alone', async () => {
    const [issue, into, elsewhere] = [
      await register('wang'),
      await register('wang'),
      await register('wang', 'institution'),
    ];
    const merge = (who: PersonName, intoIssueId?: string) => act(who, issue.id, 'merge', { intoIssueId });
    expect(refusal(await merge('wang', into.id))).toBe('403 issue.not_permitted');
    expect(missing(await merge('li'))).toEqual([400, 'issue.missing_field', '/intoIssueId']);
    expect(refusal(await merge('li', issue.id))).toBe('400 issue.merge_target_invalid');
    expect(refusal(await merge('li', elsewhere.id))).toBe('400 issue.merge_target_invalid');
    expect((await merge('li', into.id)).body).toMatchObject({ status: 'merged', mergedInto: into.id });
    const events = (await world.as('li').get(`/issues/${into.id}/events`)).body.items;
    expect(events.at(-1)).toMatchObject({ action: 'absorb', details: { of: issue.number } });
  });

  test('a recurrence is suspected by itself within twelve months and confirmed by a person, one step graver', async () => {
    const items = (await world.as('wang').get('/checklist-items?limit=200&stage=primary')).body.items;
    const { itemCode } = items.find((one: { evidenceRequired: boolean }) => !one.evidenceRequired);
    const item = { itemCode, category: undefined };
    world.setNow('2025-02-10');
    const first = await asked('schoolLiu', item);
    await act('li', first.id, 'close', { note: '同意' });

    world.setNow('2026-02-11');
    expect((await register('wang', 'schoolLiu', item)).recurrenceOf).toBeNull();
    world.setNow('2026-02-10');
    const again = await register('wang', 'schoolLiu', item);
    expect(again).toMatchObject({ recurrenceOf: first.id, recurrenceConfirmed: false, severity: 'minor' });
    expect((await register('wang', 'institution', item)).recurrenceOf).toBeNull();

    expect(refusal(await act('liu', again.id, 'confirm_recurrence', { note: 'x' }))).toBe(
      '403 issue.not_permitted',
    );
    expect((await act('wang', again.id, 'confirm_recurrence', { note: '同一原因' })).body).toMatchObject({
      recurrenceConfirmed: true,
      severity: 'major',
      severityGiven: 'minor',
    });
    expect(refusal(await act('wang', again.id, 'confirm_recurrence', { note: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    const found = await world.as('qian').get('/issues?recurrence=confirmed');
    expect(found.body.items.map((one: Made) => one.id)).toEqual([again.id]);
    expect((await world.as('li').get(`/issues/${first.id}`)).body.status).toBe('closed');
  });

  test('raised to serious after one had verified it from papers, it is not closed but returned and verified by two', async () => {
    const again = async () => {
      const before = await served('schoolLiu', { itemCode: 'SJ-ZY-02', severity: 'minor' });
      await act('liu', before.id, 'request_close', {
        measures: '已改',
        attachments: [await photo('liu', 'after')],
      });
      expect((await act('qian', before.id, 'close', { note: '同意' })).status).toBe(200);
      const issue = await served('schoolLiu', { itemCode: 'SJ-ZY-02', severity: 'major' });
      await act('liu', issue.id, 'request_close', {
        measures: '已改',
        attachments: [await photo('liu', 'after')],
      });
      const verified = await act('wang', issue.id, 'verify', { finding: '看了材料', method: 'documents' });
      expect(verified.body).toMatchObject({ status: 'verified', recurrenceOf: expect.any(String) });
      return issue;
    };
    const issue = await again();
    const raised = await act('qian', issue.id, 'confirm_recurrence', { note: '同一原因' });
    expect(raised.body).toMatchObject({ status: 'verified', severity: 'serious' });
    const refused = await act('zhao', issue.id, 'close', { note: '同意' });
    expect(refusal(refused)).toBe('409 issue.transition_not_allowed');
    expect(refused.body.allowedActions).toContain('return');
    await act('zhao', issue.id, 'return', { reason: '须实地核验', dueOn: '2026-04-01' });
    await act('liu', issue.id, 'request_close', {
      measures: '已改',
      attachments: [await photo('liu', 'after')],
    });
    const two = { finding: '属实', method: 'on_site', coVerifierId: world.cast.people.feng };
    expect((await act('wang', issue.id, 'verify', two)).status).toBe(200);
    expect((await act('zhao', issue.id, 'close', { note: '同意' })).body.status).toBe('closed');

    // Without the rise, one verification from papers is enough for a major issue.
    const major = await again();
    expect((await act('zhao', major.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('escalate 升级: upwards only, and the school is escalated with it', async () => {
    const issue = await served('institution');
    const rise = (who: PersonName, step: string) =>
      act(who, issue.id, 'escalate', { step, note: '逾期未改' });
    expect(refusal(await rise('wang', 'urging'))).toBe('403 issue.not_permitted');
    expect((await rise('li', 'urging')).body.escalation).toBe('urging');
    expect(refusal(await rise('li', 'reminder'))).toBe('409 issue.escalation_not_upwards');
    expect(refusal(await rise('li', 'shouting'))).toBe('400 request.invalid');
    expect((await rise('qian', 'supervision_order')).body.escalations).toHaveLength(2);
    const [{ facts }] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
      world.cast.units.institution,
    ]);
    expect(facts.categories.作业管理.escalated).toBe(1);
    await rise('zhao', 'accountability');
    expect(refusal(await rise('zhao', 'accountability'))).toBe('409 issue.transition_not_allowed');
  });
});

describe('a self-check finding belongs to the school', () => {
  const selfFinding = async () => {
    const ctx = await world.ctx('wu');
    return world.dataSource.transaction(async (em) => {
      const unit = await em.findOneByOrFail(Unit, {
        districtId: ctx.actor.districtId,
        id: world.cast.units.schoolWu,
      });
      const [issue] = await registerIssues(
        { ...ctx, em },
        { unit, source: 'self_check', feedbackOn: ctx.today, lateEntry: false },
        [
          {
            itemCode: null,
            category: '作业管理',
            finding: '自查发现作业超量',
            severity: 'serious',
            basis: null,
            standardValue: null,
            measuredValue: null,
            evidenceRequired: false,
            attachments: [],
          },
        ],
      );
      return issue!;
    });
  };

  test('own number, own list, closed by its own leader; no number of the ledger is used', async () => {
    const before = await register('wang');
    const own = await selfFinding();
    expect(own.number).toMatch(/^ZC2026-\d{5}$/);
    expect(Number((await register('wang')).number.slice(-5))).toBe(Number(before.number.slice(-5)) + 1);

    const mine = await world.as('wu').get(`/issues?source=self_check`);
    expect(mine.body.items.map((one: Made) => one.id)).toContain(own.id);
    expect(mine.body.items[0].allowedActions).toEqual(['close_own']);
    for (const who of ['wu', 'zhao', 'li'] as const) {
      const ledger = await world.as(who).get(`/issues?unitId=${world.cast.units.schoolWu}`);
      expect(ledger.body.items.map((one: Made) => one.id)).not.toContain(own.id);
    }
    const [{ facts }] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
      world.cast.units.schoolWu,
    ]);
    expect(facts.categories.课程教学).toBeUndefined();

    expect(missing(await act('wu', own.id, 'close_own'))).toEqual([400, 'issue.missing_field', '/measures']);
    expect((await act('wu', own.id, 'close_own', { measures: '已自行整改' })).body.status).toBe('closed');
  });

  test('it is in no notice and no ladder, and another school does not see it', async () => {
    const own = await selfFinding();
    expect(refusal(await act('zhao', own.id, 'issue_notice', { requirements: '改' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    expect(refusal(await act('zhao', own.id, 'withdraw', { reason: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    expect((await world.as('zhao').get(`/issues/${own.id}`)).body.allowedActions).toEqual([]);
    expect((await world.as('liu').get(`/issues/${own.id}`)).status).toBe(404);
    const visited = await register('wang');
    expect(refusal(await act('liu', visited.id, 'close_own', { measures: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });
});

describe('many at once and in step with others', () => {
  test('bulk: each for itself, one notice for one unit, results in the order asked for', async () => {
    const [a, b, c] = [await register('li'), await register('li', 'institution'), await register('li')];
    const gone = world.cast.units.schoolLiu;
    const closed = await asked();
    await act('li', closed.id, 'close', { note: '同意' });
    const answer = await world.as('li').post('/issues/transitions', {
      action: 'issue_notice',
      issueIds: [a.id, closed.id, b.id, gone, c.id],
      requirements: '限期整改',
    });
    expect(answer.status).toBe(200);
    const outcome = answer.body.results.map(
      (one: { ok: boolean; issue?: Made; problem?: { code: string } }) =>
        one.ok ? one.issue!.status : one.problem!.code,
    );
    expect(outcome).toEqual([
      'rectifying',
      'issue.transition_not_allowed',
      'rectifying',
      'resource.not_found',
      'rectifying',
    ]);
    const [first, , second, , third] = answer.body.results.map(
      (one: { issue?: Made }) => one.issue?.noticeId,
    );
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    const notice = (await world.as('liu').get(`/notices/${first}`)).body;
    expect(notice.lines.map((line: { issueId: string }) => line.issueId).sort()).toEqual([a.id, c.id].sort());

    const without = await world
      .as('li')
      .post('/issues/transitions', { action: 'issue_notice', issueIds: [a.id, 'x'] });
    expect(refusal(without)).toBe('400 request.invalid');
    const escalated = await world
      .as('wang')
      .post('/issues/transitions', { action: 'escalate', issueIds: [a.id] });
    expect(escalated.body.results[0].problem).toMatchObject({ code: 'issue.not_permitted', status: 403 });
  });

  test('If-Match: the second of two officers is told that the first was quicker', async () => {
    const issue = await served();
    const { etag } = (await world.as('zhao').get(`/issues/${issue.id}`)).headers;
    await act('zhou', issue.id, 'plan', { responsiblePerson: '主任', plan: '方案' });
    const withdraw = (tag: string) =>
      world
        .as('zhao')
        .post(
          `/issues/${issue.id}/transitions`,
          { action: 'withdraw', reason: '误' },
          { headers: { 'if-match': tag } },
        );
    expect(refusal(await withdraw(etag!))).toBe('412 request.stale');
    const fresh = (await world.as('zhao').get(`/issues/${issue.id}`)).headers.etag!;
    const done = await withdraw(fresh);
    expect(done.status).toBe(200);
    expect((await world.as('zhao').get(`/issues/${issue.id}`)).headers.etag).toBe(done.headers.etag);
  });

  test('two close at once: one does, the other is told so', async () => {
    const issue = await asked();
    const answers = await Promise.all([
      act('li', issue.id, 'close', { note: '一' }),
      act('qian', issue.id, 'close', { note: '二' }),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  });
});

describe('the ledger as a list', () => {
  test('as of an instant: what had not happened yet is not there', async () => {
    world.setNow('2026-05-06');
    const issue = await served('schoolLiu', { severity: 'serious', category: '睡眠作息' });
    world.setNow('2026-05-20');
    await act('liu', issue.id, 'request_close', { measures: '已改' });
    const on = async (asOf: string) =>
      (await world.as('qian').get(`/issues?category=睡眠作息&asOf=${asOf}`)).body.items;
    expect(await on('2026-05-05')).toEqual([]);
    expect(await on('2026-05-06T01:59:59.999Z')).toEqual([]);
    expect(await on('2026-05-14')).toMatchObject([
      {
        id: issue.id,
        status: 'rectifying',
        overdue: true,
        daysOverdue: 2,
        rectification: null,
        allowedActions: [],
      },
    ]);
    expect(await on('2026-05-20')).toMatchObject([{ status: 'close_requested', requestedLate: true }]);
    const filtered = await world
      .as('qian')
      .get('/issues?category=睡眠作息&status=close_requested&asOf=2026-05-14&count=true');
    expect(filtered.body).toMatchObject({ items: [], count: 0 });
    expect(refusal(await world.as('qian').get('/issues?asOf=2026-05-21'))).toBe('400 request.invalid');
    expect(refusal(await world.as('qian').get('/issues?asOf=soon'))).toBe('400 request.invalid');
  });

  test.each([
    '-registeredAt',
    'registeredAt',
    '-number',
    'number',
    'dueOn',
    '-dueOn',
    'severity',
    '-severity',
  ])('page by page by %s gives each issue once, in order, the same as one long page', async (sort) => {
    world.setNow('2026-06-01');
    const all = (await world.as('zhao').get(`/issues?limit=200&sort=${sort}`)).body;
    expect(all.nextCursor).toBeNull();
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = (
        await world.as('zhao').get(`/issues?limit=7&sort=${sort}${cursor && `&cursor=${cursor}`}`)
      ).body;
      ids.push(...page.items.map((one: Made) => one.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toEqual(all.items.map((one: Made) => one.id));
    expect(new Set(ids).size).toBe(ids.length);
    const rank = (one: Made) =>
      sort.endsWith('dueOn')
        ? one.dueOn
        : sort.endsWith('severity')
          ? ['minor', 'major', 'serious'].indexOf(one.severity as string)
          : one.id;
    const keys = all.items.map(rank).filter((key: unknown) => key !== null);
    const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
  });

  test('filters: several values, overdue, search, count; a wrong value is refused', async () => {
    world.setNow('2026-06-01');
    const get = async (query: string) => (await world.as('zhao').get(`/issues?limit=200&${query}`)).body;
    const open = await get('status=rectifying,close_requested&count=true');
    expect(open.count).toBe(open.items.length);
    expect(new Set(open.items.map((one: Made) => one.status))).toEqual(
      new Set(['rectifying', 'close_requested']),
    );
    const late = await get('overdue=true');
    expect(late.items.length).toBeGreaterThan(0);
    expect(late.items.every((one: Made) => one.overdue)).toBe(true);
    expect((await get('overdue=false')).items.some((one: Made) => one.overdue)).toBe(false);
    const office = await get('officeOverdue=true');
    expect(office.items.length).toBeGreaterThan(0);
    expect(office.items.every((one: Made) => one.officeOverdue)).toBe(true);
    expect((await get(`q=${late.items[0].number}`)).items.map((one: Made) => one.id)).toEqual([
      late.items[0].id,
    ]);
    expect(
      (await get(`q=${encodeURIComponent('明德')}`)).items.every(
        (one: { unit: { name: string } }) => one.unit.name === '明德小学',
      ),
    ).toBe(true);
    expect((await get('q=%25')).items).toEqual([]);
    expect(
      (await get(`zoneId=${world.cast.zones.west}`)).items.every(
        (one: { unit: { zoneId: string } }) => one.unit.zoneId === world.cast.zones.west,
      ),
    ).toBe(true);
    for (const query of [
      'status=nonsense',
      'sort=colour',
      'dueBefore=2026-02-30',
      'colour=red',
      'cursor=abc',
      'limit=201',
    ]) {
      expect([query, (await world.as('zhao').get(`/issues?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('the export gives the very rows of the list, in words', async () => {
    world.setNow('2026-06-01');
    const { actor } = await world.ctx('li');
    const rows = [];
    for await (const batch of issuesForExport(
      world.dataSource.manager,
      actor,
      { status: ['closed'] },
      world.now(),
    ))
      rows.push(...batch);
    const shown = (await world.as('li').get('/issues?status=closed&limit=200&sort=registeredAt')).body.items;
    expect(rows.map((row) => row.number)).toEqual(shown.map((one: Made) => one.number));
    expect(rows[0]).toMatchObject({ status: '已销号', zone: '东片区', unitName: '明德小学' });
  });
});

test('another system with issues:read sees the ledger without evidence or self-checks; without the scope nothing', async () => {
  const key = async (...scopes: string[]) => {
    const token = mintToken('apiKey');
    await world.dataSource.query(
      `INSERT INTO api_keys (district_id, id, name, hash, prefix, scopes, rate_per_minute, created_by, created_at)
       VALUES ($1, $2, '数据平台', $3, $4, $5, 600, $6, now())`,
      [world.cast.districts.A, newId(), hashToken(token), token.slice(0, 8), scopes, world.cast.people.admin],
    );
    return world.with(token);
  };
  const inspectionId = await visit('wang', []);
  const issue = await register('wang', 'schoolLiu', { inspectionId });
  await act('wang', issue.id, 'resolve_on_site', {
    note: '当场整改',
    attachments: [await photo('wang', 'seen')],
  });
  const client = await key('issues:read');
  expect((await client.get(`/issues/${issue.id}`)).body).toMatchObject({
    status: 'verified',
    attachments: [],
    verification: null,
    allowedActions: [],
  });
  expect((await client.get('/issues?source=self_check')).body.items).toEqual([]);
  expect((await client.get(`/issues/${issue.id}/events`)).status).toBe(403);
  expect((await client.post(`/issues/${issue.id}/transitions`, { action: 'close', note: 'x' })).status).toBe(
    403,
  );
  const narrow = await key('compliance:read');
  expect(refusal(await narrow.get(`/issues/${issue.id}`))).toBe('403 access.scope_missing');
});
