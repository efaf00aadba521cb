/** Submission: what becomes of failed answers, all or nothing; and how a submitted record is corrected. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import type { PersonName } from '#testkit/cast.js';
import { startWorld, type World } from '#testkit/world.js';
import { ITEMS, visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  checklistId = await visitChecklist(world);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

type Change = Record<string, unknown>;
const { op, visit, send, answered, outcomes, pass, fail } = visitHands(
  () => world,
  () => checklistId,
);

describe('submission', () => {
  test('is refused to members, and while required items are open', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
    const member = await world.as('feng').post(`/inspections/${id}/submit`, { summary: '好' });
    expect([member.status, member.body.code]).toEqual([403, 'inspection.not_lead']);
    const early = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
    expect([early.status, early.body.code, early.body.missing]).toEqual([
      409,
      'inspection.incomplete',
      ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-13'],
    ]);
  });

  test('freezes the record, fills the ledger and the measurements; a repeat answers the same and does nothing', async () => {
    const id = await visit();
    await send('wang', id, fail());
    const first = await world.as('wang').post(`/inspections/${id}/submit`, {
      summary: '作业管理有欠缺',
      dispositions: [{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当场更新了公示' }],
    });
    expect([first.status, first.body.inspection.status]).toEqual([200, 'submitted']);
    expect([first.body.inspection.judged, first.body.inspection.met]).toEqual([3, 0]);
    expect(first.body.issues.map((issue: Change) => [issue.itemCode, issue.severity, issue.source])).toEqual([
      ['SJ-ZY-01', 'major', 'visit'],
      ['SJ-ZY-02', 'major', 'visit'],
    ]);
    expect(first.body.issues[1].measuredValue).toContain('75');
    expect(first.body.issues[1].standardValue).toContain('60');
    expect(first.body.issues[0].finding).toContain('二（1）班语文留了抄写');

    const again = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '改一改' });
    expect([again.status, again.body]).toEqual([200, first.body]);
    const counted = await world.dataSource.query(
      `SELECT (SELECT count(*)::int FROM issues WHERE inspection_id = $1) AS issues,
         (SELECT count(*)::int FROM measurements WHERE inspection_id = $1) AS measurements,
         (SELECT count(*)::int FROM events WHERE subject_id = $1 AND action = 'submit') AS submissions`,
      [id],
    );
    expect(counted[0]).toEqual({ issues: 2, measurements: 3, submissions: 1 });

    // Now the school sees it, and another school does not.
    expect((await world.as('liu').get(`/inspections/${id}`)).body.status).toBe('submitted');
    expect((await world.as('zheng').get(`/inspections/${id}`)).status).toBe(404);
  });

  test('sixteen submissions at once register once', async () => {
    const id = await visit();
    await send('wang', id, fail());
    const all = await Promise.all(
      Array.from({ length: 16 }, () => world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' })),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(all[0]!.body.issues).toHaveLength(3);
  });

  test('many visits of one school submitted at once all count, whatever each had read before', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => visit()));
    for (const id of ids) await send('wang', id, fail());
    const all = await Promise.all(
      ids.map((id) => world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' })),
    );
    expect(all.map(({ status }) => status)).toEqual(ids.map(() => 200));
    const numbers = all.flatMap(({ body }) => body.issues.map((issue: Change) => issue.number));
    expect(new Set(numbers).size).toBe(36);
    expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
  });

  test('an answer that arrives while the lead submits is in the record or refused, never in between', async () => {
    for (let round = 0; round < 6; round++) {
      const id = await visit();
      await send('wang', id, fail());
      const [submitted, sent] = await Promise.all([
        world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }),
        send('wang', id, [op('SJ-ZY-07', 'non_compliant', { note: '两个学科未统筹' })]),
      ]);
      const inTime = sent.body.results[0].outcome === 'applied';
      expect([submitted.status, outcomes(sent)]).toEqual([200, [inTime ? 'applied' : 'rejected']]);
      expect(submitted.body.issues.map((issue: Change) => issue.itemCode).includes('SJ-ZY-07')).toBe(inTime);
      expect(submitted.body.inspection.judged).toBe(inTime ? 4 : 3);
    }
  });

  test('a serious item is never a mere reminder, and what passed needs no disposition', async () => {
    const id = await visit();
    await send('wang', id, fail());
    const submit = (dispositions: unknown[]) =>
      world.as('wang').post(`/inspections/${id}/submit`, { summary: '好', dispositions });
    const serious = await submit([{ itemCode: 'SJ-ZY-01', as: 'reminder', reason: '个别现象' }]);
    expect([serious.status, serious.body.code]).toEqual([400, 'disposition.serious_reminder']);
    const silent = await submit([{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '\u200b' }]);
    expect([silent.status, silent.body.errors[0].pointer]).toEqual([400, '/dispositions/0/reason']);
    const passed = await submit([{ itemCode: 'SJ-ZY-13', as: 'issue' }]);
    expect([passed.status, passed.body.errors[0].pointer]).toEqual([400, '/dispositions/0/itemCode']);
    expect((await world.as('wang').get(`/inspections/${id}`)).body.status).toBe('in_progress');
  });

  test('what is still open from last time is found again, not registered twice', async () => {
    const before = await visit();
    await send('wang', before, fail());
    const last = await world.as('wang').post(`/inspections/${before}/submit`, { summary: '好' });
    const issueOn = (code: string) => last.body.issues.find((one: Change) => one.itemCode === code).id;
    const id = await visit();
    await send('wang', id, fail());
    const submit = (issueId: string) =>
      world.as('wang').post(`/inspections/${id}/submit`, {
        summary: '好',
        dispositions: [{ itemCode: 'SJ-ZY-01', as: 'found_again', issueId }],
      });
    const wrong = await submit(issueOn('SJ-ZY-05'));
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/dispositions/0/issueId']);
    const done = await submit(issueOn('SJ-ZY-01'));
    expect([done.status, done.body.issues.map((one: Change) => one.itemCode)]).toEqual([
      200,
      ['SJ-ZY-02', 'SJ-ZY-05'],
    ]);
    const [{ found }] = await world.dataSource.query(
      `SELECT found_again_count AS found FROM issues WHERE id = $1`,
      [issueOn('SJ-ZY-01')],
    );
    expect(found).toBe(1);
  });

  test('what a tablet sends afterwards is kept, marked rejected and shown to the team', async () => {
    const id = await visit();
    const answers = pass();
    await send('wang', id, answers);
    await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
    const frozen = (await world.as('wang').get(`/inspections/${id}`)).body.answers;
    const late = op('SJ-ZY-05', 'non_compliant', { note: '下午又看了一次' });
    const after = await send(
      'feng',
      id,
      [answers[0], late].filter((one) => one !== undefined),
    );
    // Wang's own operation, which Feng's tablet passes on, is known; Feng's is not taken.
    expect([after.status, outcomes(after)]).toEqual([200, ['duplicate', 'rejected']]);
    expect(after.body.results[1].problem.code).toBe('inspection.submitted');
    const again = await send('feng', id, [late]);
    expect([again.status, outcomes(again)]).toEqual([200, ['rejected']]);
    const shown = (await world.as('wang').get(`/inspections/${id}`)).body;
    expect(shown.lateOperations.map((one: { operation: Change }) => one.operation.note)).toEqual([
      '下午又看了一次',
    ]);
    expect(shown.answers).toEqual(frozen);
    expect((await world.as('liu').get(`/inspections/${id}`)).body.lateOperations).toEqual([]);
  });

  test('a visit of last month that is synced now is marked 补录', async () => {
    const id = await visit({ scheduledOn: '2026-02-27' });
    await send(
      'wang',
      id,
      fail().map((one) => ({ ...one, answeredAt: '2026-02-27T03:00:00Z' })),
    );
    const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
    expect([done.body.inspection.visitedOn, done.body.inspection.lateEntry]).toEqual(['2026-02-27', true]);
    expect(done.body.issues[0].lateEntry).toBe(true);
  });

  test('a full visit without failures makes the school’s status, one that checked nothing does not', async () => {
    const unitId = world.cast.units.schoolWest;
    const { chen } = world.cast.people;
    const facts = async () => {
      const [row] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [unitId]);
      return row?.facts;
    };
    const empty = await visit({ unitId, team: [chen], leadId: chen }, 'chen');
    await send(
      'chen',
      empty,
      ITEMS.map((code) => op(code, 'not_checked')),
    );
    expect(
      (await world.as('chen').post(`/inspections/${empty}/submit`, { summary: '临时有事' })).status,
    ).toBe(200);
    expect((await facts()).lastFullInspectionOn).toBeNull();
    const whole = await visit({ unitId, team: [chen], leadId: chen }, 'chen');
    await send('chen', whole, pass());
    await world.as('chen').post(`/inspections/${whole}/submit`, { summary: '好' });
    expect((await facts()).lastFullInspectionOn).toBe('2026-03-10');
    expect((await facts()).categories['作业管理']).toMatchObject({ met: 3, judged: 3, open: 0 });
  });
});

describe('after submission', () => {
  const submitted = async () => {
    const id = await visit();
    await send('wang', id, [...fail().slice(0, 2), ...pass().slice(2)]);
    const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
    expect(done.body.issues).toHaveLength(2);
    return { id, issues: done.body.issues as { id: string; itemCode: string }[] };
  };

  test('the lead corrects with a reason: a reversed failure proposes a withdrawal, a new one fills the ledger', async () => {
    const { id, issues } = await submitted();
    const body = {
      reason: '把六年级的数据看错了行',
      operations: [
        op('SJ-ZY-02', 'compliant', {
          measures: [{ grade: 6, value: 55 }],
          answeredAt: '2026-03-09T01:00:00Z',
        }),
        op('SJ-ZY-05', 'non_compliant', { note: '公示栏是空的' }),
      ],
    };
    const done = await world.as('wang').post(`/inspections/${id}/amendments`, body);
    expect(done.status).toBe(200);
    expect(done.body.issues.map((one: Change) => [one.itemCode, one.withdrawalProposal !== null])).toEqual([
      ['SJ-ZY-01', false],
      ['SJ-ZY-02', true],
      ['SJ-ZY-05', false],
    ]);
    expect([done.body.inspection.judged, done.body.inspection.met]).toEqual([3, 1]);
    const shown = (await world.as('liu').get(`/inspections/${id}`)).body;
    const measured = shown.answers.find((a: Change) => a.itemCode === 'SJ-ZY-02');
    expect([measured.verdict, measured.amended.reason]).toEqual(['compliant', body.reason]);
    expect(shown.amendments.map((one: Change) => [one.byName, one.reason])).toEqual([
      ['王督学', body.reason],
    ]);
    expect(shown.amendments[0].changes).toEqual([
      {
        itemCode: 'SJ-ZY-02',
        before: {
          verdict: 'non_compliant',
          measures: [
            { grade: 5, value: 50 },
            { grade: 6, value: 75 },
          ],
        },
        after: { verdict: 'compliant', measures: [{ grade: 6, value: 55 }] },
      },
      {
        itemCode: 'SJ-ZY-05',
        before: { verdict: 'compliant', measures: [] },
        after: { verdict: 'non_compliant', measures: [] },
      },
    ]);
    const figures = await world.dataSource.query(
      `SELECT value FROM measurements WHERE inspection_id = $1 AND item_code = 'SJ-ZY-02' AND superseded_at IS NULL`,
      [id],
    );
    expect(figures).toEqual([{ value: 55 }]);

    const again = await world.as('wang').post(`/inspections/${id}/amendments`, body);
    expect([again.status, outcomes(again), again.body.issues.length]).toEqual([
      200,
      ['duplicate', 'duplicate'],
      3,
    ]);
    expect(issues).toHaveLength(2);

    const after = await world.as('wang').post(`/inspections/${id}/amendments`, {
      reason: '复核原始记录，第一次没有看错',
      operations: [op('SJ-ZY-02', 'non_compliant', { measures: [{ grade: 6, value: 75 }], extent: 'grade' })],
    });
    expect(after.body.issues.map((one: Change) => one.withdrawalProposal)).toEqual([null, null, null]);
  });

  test('the office may correct, a member, the school and the unit’s own may not; and it is whole or not at all', async () => {
    const { id } = await submitted();
    const body = {
      reason: '更正',
      operations: [op('SJ-ZY-05', 'not_applicable', { reason: '另有公示方式' })],
    };
    for (const [who, status] of [
      ['feng', 403],
      ['liu', 403],
      ['li', 403],
      ['zheng', 404],
      ['strangerHead', 404],
    ] as const) {
      expect([who, (await world.as(who).post(`/inspections/${id}/amendments`, body)).status]).toEqual([
        who,
        status,
      ]);
    }
    const half = { ...body, operations: [...body.operations, op('NONE', 'compliant')] };
    const refused = await world.as('qian').post(`/inspections/${id}/amendments`, half);
    expect([refused.status, refused.body.code]).toEqual([400, 'answer.item_unknown']);
    expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('compliant');
    expect((await world.as('qian').post(`/inspections/${id}/amendments`, body)).status).toBe(200);
    const open = await visit();
    const early = await world.as('wang').post(`/inspections/${open}/amendments`, body);
    expect([early.status, early.body.code]).toEqual([409, 'inspection.not_submitted']);
  });

  test('a lead who has come to head the school corrects nothing there any more; elsewhere he does', async () => {
    const { id } = await submitted();
    const body = {
      reason: '更正',
      operations: [op('SJ-ZY-05', 'not_applicable', { reason: '另有公示方式' })],
    };
    const belongsTo = (unitId: string | null) =>
      world.as('admin').patch(`/users/${world.cast.people.wang}`, { unitId });
    expect((await belongsTo(world.cast.units.schoolLiu)).status).toBe(200);
    // Belonging alone, without a post at the school: he sees what was submitted, and is recused.
    const refused = await world.as('wang').post(`/inspections/${id}/amendments`, body);
    expect([refused.status, refused.body.code]).toEqual([403, 'inspection.not_lead']);
    expect((await belongsTo(world.cast.units.schoolWu)).status).toBe(200);
    expect((await world.as('wang').post(`/inspections/${id}/amendments`, body)).status).toBe(200);
    expect((await belongsTo(null)).status).toBe(200);
  });

  test('cancelling is the office’s, and only before submission; archiving only after', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
    const by = (who: PersonName) => world.as(who).post(`/inspections/${id}/cancel`, { reason: '学校停课' });
    expect((await by('wang')).status).toBe(403);
    expect((await by('liu')).status).toBe(404);
    expect((await by('li')).body.status).toBe('cancelled');
    expect((await by('li')).status).toBe(200);
    expect(outcomes(await send('wang', id, [op('SJ-ZY-07', 'compliant')]))).toEqual(['rejected']);
    expect((await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' })).body.code).toBe(
      'inspection.not_open',
    );
    const done = await submitted();
    const late = await world.as('li').post(`/inspections/${done.id}/cancel`, { reason: '迟了' });
    expect([late.status, late.body.code]).toEqual([409, 'inspection.not_open']);
    expect((await world.as('li').post(`/inspections/${done.id}/archive`)).status).toBe(403);
    expect((await world.as('qian').post(`/inspections/${done.id}/archive`)).body.status).toBe('archived');
    expect((await world.as('qian').post(`/inspections/${id}/archive`)).body.code).toBe(
      'inspection.not_submitted',
    );
  });
});

test('a repeat answers the same also where the office leads and the unit has nobody of its own to act for it', async () => {
  const { schoolWest } = world.cast.units;
  const own = await visit(
    { unitId: schoolWest, team: [world.cast.people.zhao], leadId: world.cast.people.zhao },
    'qian',
  );
  await send('zhao', own, fail());
  const [one, two] = [
    await world.as('zhao').post(`/inspections/${own}/submit`, { summary: '好' }),
    await world.as('zhao').post(`/inspections/${own}/submit`, { summary: '好' }),
  ];
  expect(one.body.issues[0].allowedActions).toContain('issue_notice');
  expect(two.body).toEqual(one.body);
});
