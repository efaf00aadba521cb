import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
