/** What a unit answers: objections, extensions, asking for close-out. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
    const early = await ask('2026-03-17');
    expect(refusal(early)).toBe('400 issue.due_not_after');
    expect(early.body.detail).toBe('期限应当在原期限（2026年3月17日）之后');
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
      dueExplanation: '经批准延期至2026年3月24日',
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
