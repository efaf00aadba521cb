/** What is verified, closed and decided, by whom and by whom not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonName } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { issueHands, type Made, missing } from './issue-hands.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const { act, register, served, asked, visit, photo } = issueHands(() => world);

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

  describe('re_measurement 复测', () => {
    const exams = { itemCode: 'SJ-KS-02', category: '考试管理', finding: '组织了三次统一考试' };
    const measureAgain = async (who: PersonName, id: string, ...measures: object[]) => {
      const body = { finding: '复测', method: 're_measurement', ...(measures.length ? { measures } : {}) };
      return act(who, id, 'verify', body);
    };
    const told = ({ status, body }: Awaited<ReturnType<typeof measureAgain>>) => [
      status,
      body.code,
      ...(body.errors ?? []).map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`),
    ];

    test('figures are taken as an answer’s are, and those that miss the limit verify nothing', async () => {
      const made = await register('li', 'schoolWu', exams);
      await act('li', made.id, 'issue_notice', { requirements: '立即纠正' });
      await act('wu', made.id, 'request_close', { measures: '已取消一次' });
      const again = (...measures: object[]) => measureAgain('wang', made.id, ...measures);
      expect(told(await again())).toEqual([400, 'issue.missing_field', '/measures issue.missing_field']);
      for (const [measure, fault] of [
        [{ grade: 3, value: 1 }, '/measures/0/grade measure.stage_not_taught'],
        [{ value: '08:00' }, '/measures/0/value measure.value_type'],
        [{ numerator: 9, denominator: 3 }, '/measures/0/value measure.value_required'],
      ] as const) {
        expect(told(await again(measure))).toEqual([400, 'answer.measure_invalid', fault]);
      }
      const missed = await again({ grade: 7, value: 1 }, { grade: 8, value: 3 });
      expect(told(missed)).toEqual([400, 'request.invalid', '/measures/1 measure.misses_limit']);
      expect(missed.body.detail).toBe(
        '复测八年级每学期3次（共2项实测，1项不达标），标准为初中每学期不超过2次，仍未达标，不能核验通过；请退回继续整改',
      );
      expect((await again({ grade: 8, value: 2 })).body).toMatchObject({
        status: 'verified',
        verification: { measures: [{ grade: 8, value: 2 }] },
      });
    });

    test('what was judged under a limit is measured again under it', async () => {
      const inspectionId = await visit('wang', ['feng']);
      const limits = (localLimits: object) => world.as('zhao').patch('/settings', { localLimits });
      expect((await limits({ 'SJ-ZY-02': 40 })).status).toBe(200);
      const checklist = await publishChecklist(world, ['SJ-ZY-02']);
      await limits({ 'SJ-ZY-02': null });
      await world.dataSource.query(`UPDATE inspections SET checklist_id = $2 WHERE id = $1`, [
        inspectionId,
        checklist,
      ]);
      const issue = await asked('schoolLiu', { itemCode: 'SJ-ZY-02', inspectionId });
      const missed = await measureAgain('wang', issue.id, { grade: 3, value: 50 });
      expect(missed.body.detail).toContain('不超过40分钟');
      expect((await measureAgain('wang', issue.id, { grade: 3, value: 40 })).body.status).toBe('verified');
    });

    test('without a measured item a figure must at least be possible there', async () => {
      const issue = await asked();
      const none = await measureAgain('wang', issue.id);
      expect(told(none)).toEqual([400, 'issue.missing_field', '/measures issue.missing_field']);
      expect(none.body.detail).toContain('请选实地核验');
      expect(told(await measureAgain('wang', issue.id, { value: 1, numerator: 9, denominator: 3 }))).toEqual([
        400,
        'answer.measure_invalid',
        '/measures/0/numerator measure.fraction_range',
      ]);
      expect(told(await measureAgain('wang', issue.id, { grade: 8, value: 3 }))).toEqual([
        400,
        'answer.measure_invalid',
        '/measures/0/grade measure.stage_not_taught',
      ]);
      expect((await measureAgain('wang', issue.id, { grade: 3, value: 45 })).body.status).toBe('verified');
    });
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

  test('at a department one of the office is the second verifier, as long as somebody is left to close', async () => {
    const { wang, li, qian, zhao } = world.cast.people;
    const person = { username: 'ma', name: '马干事', roles: ['office_staff'], password: 'Mingde-2026-ma' };
    const ma = (await world.as('admin').post('/users', person)).body.id;
    const issue = await register('qian', 'department', { severity: 'serious' });
    await act('qian', issue.id, 'issue_notice', { requirements: '改' });
    await act('qian', issue.id, 'request_close', { measures: '已改' });
    const verify = (coVerifierId: string) =>
      act('sun', issue.id, 'verify', { finding: '属实', method: 'on_site', coVerifierId });
    for (const id of [wang, li, qian, zhao]) {
      expect(missing(await verify(id))).toEqual([400, 'issue.missing_field', '/coVerifierId']);
    }
    expect((await verify(zhao)).body.detail).toBe('赵主任核验后再无他人可以销号，请另选第二核验人');
    expect((await verify(ma)).body).toMatchObject({
      status: 'verified',
      verification: { coVerifierName: '马干事' },
    });
    expect(refusal(await act('sun', issue.id, 'close', { note: 'x' }))).toBe('403 issue.own_work');
    expect((await act('zhao', issue.id, 'close', { note: '同意' })).body.status).toBe('closed');
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

  test('who may neither verify nor close an issue of that grade may not send it back', async () => {
    const issue = await asked('schoolLiu', { severity: 'serious' });
    expect(refusal(await act('qian', issue.id, 'return', { reason: '资料不全' }))).toBe(
      '403 issue.not_permitted',
    );
    expect((await world.as('qian').get(`/issues/${issue.id}`)).body.allowedActions).not.toContain('return');
    expect((await act('zhao', issue.id, 'return', { reason: '资料不全' })).status).toBe(200);
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
    const { itemCode } = items.find(
      (one: { evidenceRequired: boolean; subject: string }) =>
        !one.evidenceRequired && one.subject === 'school',
    );
    const item = { itemCode, category: undefined };
    world.setNow('2025-02-10');
    const first = await asked('schoolLiu', item);
    await act('li', first.id, 'close', { note: '同意' });

    world.setNow('2026-02-11');
    expect((await register('wang', 'schoolLiu', item)).recurrenceOf).toBeNull();
    world.setNow('2026-02-10');
    const again = await register('wang', 'schoolLiu', item);
    expect(again).toMatchObject({ recurrenceOf: first.id, recurrenceConfirmed: false, severity: 'minor' });
    expect((await register('wang', 'schoolWu', item)).recurrenceOf).toBeNull();

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
