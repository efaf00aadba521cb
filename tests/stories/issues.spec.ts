/** The course of an issue, and how one comes into the ledger and to its unit. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { issueHands, missing } from './issue-hands.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const { act, register, served, visit, photo } = issueHands(() => world);

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
    expect(missing(await post('wang', { unitId, finding: '\u200b' }))).toEqual([
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

test('an item for training institutions is no finding of a school, nor the other way round', async () => {
  const post = (unit: 'schoolLiu' | 'institution', itemCode: string) =>
    world.as('zhao').post('/issues', {
      unitId: world.cast.units[unit],
      itemCode,
      finding: '查见问题',
      severity: 'minor',
    });
  for (const refused of [await post('schoolLiu', 'SJ-PX-13'), await post('institution', 'SJ-ZY-02')]) {
    expect(refusal(refused)).toBe('400 request.invalid');
    expect(refused.body.errors).toMatchObject([{ pointer: '/itemCode', code: 'item.subject' }]);
  }
  expect((await post('institution', 'SJ-PX-13')).status).toBe(201);
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
    const alone = await act('wang', issue.id, 'resolve_on_site', {
      note: '当场整改',
      attachments: attachments.slice(0, 1),
    });
    expect(missing(alone)).toEqual([400, 'issue.missing_field', '/attachments']);
    expect(alone.body.detail).toBe('立行立改须有整改前、后的照片');
    const done = await act('wang', issue.id, 'resolve_on_site', { note: '当场整改', attachments });
    expect(done.body).toMatchObject({ status: 'verified', mode: 'immediate' });
    expect(done.body.attachments.sort()).toEqual(attachments.sort());
    expect((await act('li', issue.id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('the picture of the failed answer is the one before: another is asked for, not the same again', async () => {
    const inspectionId = await visit('wang', []);
    const before = await photo('wang', 'as found');
    const issue = await register('wang', 'schoolLiu', { inspectionId, attachments: [before] });
    const resolve = (...attachments: string[]) =>
      act('wang', issue.id, 'resolve_on_site', { note: '当场整改', attachments });
    expect(missing(await resolve(before))).toEqual([400, 'issue.missing_field', '/attachments']);
    expect((await resolve(await photo('wang', 'put right'))).body.status).toBe('verified');
    // Returned, it is still to be put right at once (立行立改): three working days.
    const back = await act('li', issue.id, 'return', { reason: '照片看不清' });
    expect(back.body).toMatchObject({ status: 'rectifying', mode: 'immediate', dueOn: '2026-03-13' });
  });

  test('Liu may not, and who led may not close: Zhao as lead leaves it to Qian', async () => {
    const inspectionId = await visit('zhao', []);
    const issue = await register('zhao', 'schoolLiu', { inspectionId });
    expect(refusal(await act('liu', issue.id, 'resolve_on_site', {}))).toBe('403 issue.not_permitted');
    const attachments = [await photo('zhao', 'before'), await photo('zhao', 'after')];
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
    expect(await due('minor', { mode: 'long_term', dueOn: '2026-06-30', milestones })).toBe('2026-06-30');
    const issue = await register('li');
    const refused = (body: object) => act('li', issue.id, 'issue_notice', { requirements: '改', ...body });
    expect(refusal(await refused({ dueOn: '2026-03-10' }))).toBe('400 issue.due_not_after');
    const long = { mode: 'long_term', dueOn: '2026-06-30' };
    for (const [body, pointer] of [
      [{ milestones }, '/milestones'],
      [{ mode: 'long_term', milestones }, '/milestones/0/on'],
      [{ mode: 'time_limited', dueOn: '2026-06-30', milestones }, '/milestones'],
      [{ ...long, milestones: [...milestones, { on: '2020-01-01', text: '启动' }] }, '/milestones/1/on'],
      [{ ...long, milestones: [{ on: '2026-03-10', text: '启动' }] }, '/milestones/0/on'],
      [{ ...long, dueOn: '2026-06-29', milestones }, '/milestones/0/on'],
    ] as const) {
      const answer = await refused(body);
      expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, pointer]);
    }
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
