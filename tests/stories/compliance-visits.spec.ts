/** What a school's compliance takes from its visits does not depend on when they arrive, nor on a tablet's clock. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ok } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  checklistId = await visitChecklist(world);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-20'));

const { op, visit, send, pass } = visitHands(
  () => world,
  () => checklistId,
);
/** A visit on that day: everything passes but the item, which is as said. */
const visited = async (
  day: string,
  verdict: 'compliant' | 'non_compliant' | 'not_checked',
  clock = `${day}T01:00:00.000Z`,
) => {
  const id = await visit({ scheduledOn: day });
  const answers = [
    ...pass().filter(({ itemCode }) => itemCode !== 'SJ-ZY-05'),
    op('SJ-ZY-05', verdict, { note: '见公示栏' }),
  ];
  await send(
    'wang',
    id,
    answers.map((one) => ({ ...one, answeredAt: clock })),
    { sentAt: clock > '2027' ? clock : undefined },
  );
  await ok(world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }));
  return id;
};
const shown = async () =>
  (await world.as('qian').get(`/compliance/schools/${world.cast.units.schoolLiu}/items`)).body.items.find(
    (one: { itemCode: string }) => one.itemCode === 'SJ-ZY-05',
  );
const rate = async () =>
  (await world.as('qian').get(`/compliance/schools/${world.cast.units.schoolLiu}`)).body.metRate;

test('an older visit that is synced later leaves items and met rate as the newer one found them; so does correcting it', async () => {
  const newer = await visited('2026-03-18', 'compliant');
  const older = await visited('2026-03-12', 'non_compliant');
  expect(await shown()).toMatchObject({
    verdict: 'compliant',
    inspectionId: newer,
    inspectedOn: '2026-03-18',
  });
  expect(await rate()).toEqual({ met: 3, judged: 3 });
  await ok(
    world.as('wang').post(`/inspections/${older}/amendments`, {
      reason: '更正',
      operations: [op('SJ-ZY-01', 'non_compliant', { note: '留了抄写', answeredAt: '2026-03-20T01:00:00Z' })],
    }),
  );
  expect(await shown()).toMatchObject({ verdict: 'compliant', inspectionId: newer });
});

test('a tablet whose clock is a year ahead does not make its visit the last word', async () => {
  world.setNow('2026-03-24');
  await visited('2026-03-24', 'non_compliant', '2027-03-24T01:00:00.000Z');
  expect(await shown()).toMatchObject({ verdict: 'non_compliant', answeredAt: world.now().toISOString() });
  world.setNow('2026-03-25');
  const last = await visited('2026-03-25', 'compliant');
  expect(await shown()).toMatchObject({ verdict: 'compliant', inspectionId: last });
});

test('a later visit that did not look at an item takes nothing from what an earlier one found', async () => {
  world.setNow('2026-03-27');
  const found = await visited('2026-03-26', 'non_compliant');
  await visited('2026-03-27', 'not_checked');
  expect(await shown()).toMatchObject({
    verdict: 'non_compliant',
    inspectionId: found,
    inspectedOn: '2026-03-26',
  });
});
