/** What the printed record (督导记录表) says of days, figures and what was put right afterwards. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordData } from '#core/inspections/record-data.js';
import { ok } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  world.setNow('2026-03-10T02:00:00Z');
  checklistId = await visitChecklist(world);
});
afterAll(() => world.stop());
const { op, visit, send, pass } = visitHands(
  () => world,
  () => checklistId,
);
const recordOf = async (id: string) => recordData(await world.ctx('wang'), id);

test('a visit that went on after midnight has one date everywhere, and the record names both days', async () => {
  const id = await visit();
  const at = (answeredAt: string) => ({ answeredAt });
  // 18:00 and 23:10 on the 9th, 0:30 on the 10th; the first is answered again later and only tells of the session.
  await send('wang', id, [op('SJ-ZY-01', 'compliant', at('2026-03-09T10:00:00.000Z'))]);
  await send('wang', id, [
    op('SJ-ZY-01', 'compliant', { ...at('2026-03-09T15:10:00.000Z'), note: '复查' }),
    ...pass()
      .slice(1)
      .map((one) => ({ ...one, ...at('2026-03-09T16:30:00.000Z') })),
  ]);
  const before = await recordOf(id);
  const { inspection } = await ok(world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }));
  expect(inspection.visitedOn).toBe('2026-03-10');
  const record = await recordOf(id);
  expect(record).toMatchObject({
    inspectedOn: '2026-03-10',
    inspectedDays: '2026年3月9日至10日',
    sessions: ['3月9日 18:00', '3月9日 23:10—3月10日 0:30'],
  });
  expect(before.inspectedDays).toBe(record.inspectedDays);
});

test('a figure that was not filled in is said to be so', async () => {
  const id = await visit();
  await send('wang', id, [...pass().slice(0, 1), op('SJ-ZY-02', 'compliant'), ...pass().slice(2)]);
  const measured = Object.fromEntries(
    (await recordOf(id)).answers.map((one) => [one.itemCode, one.measured]),
  );
  expect(measured).toMatchObject({
    'SJ-ZY-02': '未填实测值',
    'SJ-ZY-01': '符合',
    'SJ-ZY-13': '95%（95/100）',
  });
});

test('a correction tells what each answer was and is; an issue withdrawn for it does not read as if it stood', async () => {
  const id = await visit();
  await send('wang', id, [
    ...pass().slice(0, 1),
    op('SJ-ZY-02', 'non_compliant', { measures: [{ grade: 6, value: 75 }], extent: 'grade' }),
    ...pass().slice(2),
  ]);
  const { issues } = await ok(world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }));
  await ok(
    world.as('wang').post(`/inspections/${id}/amendments`, {
      reason: '看错了行',
      operations: [
        op('SJ-ZY-02', 'compliant', { measures: [{ grade: 6, value: 55 }] }),
        op('SJ-ZY-07', 'compliant'),
      ],
    }),
  );
  await ok(
    world.as('zhao').post(`/issues/${issues[0].id}/transitions`, { action: 'withdraw', reason: '记录更正' }),
  );
  const record = await recordOf(id);
  expect(record.amendments).toEqual([
    {
      at: '2026-03-10 10:00',
      by: '王督学',
      reason: '看错了行',
      changes: [
        expect.stringMatching(/^SJ-ZY-02 .+：不达标（六年级每天75分钟）→达标（六年级每天55分钟）$/),
        expect.stringMatching(/^SJ-ZY-07 .+：未填→达标$/),
      ],
    },
  ]);
  expect(record.issues).toMatchObject([{ number: issues[0].number, ended: '已撤销' }]);
});
