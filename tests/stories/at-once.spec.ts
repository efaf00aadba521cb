import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readRecords } from '#core/circulars/snapshot/records.js';
import { endOfMonth } from '#core/circulars/snapshot/window.js';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import { publishChecklist } from '#testkit/hands.js';
import { ok } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';

/** The instant of a request is not its place in the history: of two at once the one asked for first may be done last. */
let world: World;
let checklistId: string;
const ITEMS = ['SJ-ZY-01', 'SJ-ZY-05', 'SJ-KS-01'];
beforeAll(async () => {
  world = await startWorld();
  checklistId = await publishChecklist(world, ITEMS);
});
afterAll(() => world.stop());

/** A visit of 9 March with the first `failed` items failed, ready to be submitted. */
async function ready(failed: number): Promise<string> {
  const id = randomUUID();
  const { wang } = world.cast.people;
  await ok(
    world.as('wang').put(`/inspections/${id}`, {
      unitId: world.cast.units.schoolLiu,
      checklistId,
      kind: 'routine',
      scheduledOn: '2026-03-09',
      team: [wang],
      leadId: wang,
    }),
  );
  const operations = ITEMS.map((itemCode, i) => ({
    operationId: randomUUID(),
    itemCode,
    verdict: i < failed ? 'non_compliant' : 'compliant',
    answeredAt: '2026-03-09T02:00:00.000Z',
    note: '据实',
  }));
  await ok(world.as('wang').post(`/inspections/${id}/answers`, { operations }));
  return id;
}

test('visits of one school submitted at once leave the met rate of the one that was last, and counting anew finds the same', async () => {
  for (let round = 0; round < 4; round++) {
    world.setNow(`2026-03-10T02:0${round}:00.000Z`);
    const ids = await Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map(ready));
    const submitted = ids.map((id) =>
      world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' }),
    );
    for (const answer of submitted) await ok(answer);
    expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
  }
});

test('a submission that was asked for earlier and done later is the latest', async () => {
  const [first, last] = [await ready(0), await ready(3)];
  world.setNow('2026-03-12T02:00:00.005Z');
  await ok(world.as('wang').post(`/inspections/${first}/submit`, { summary: '已查' }));
  world.setNow('2026-03-12T02:00:00.000Z');
  await ok(world.as('wang').post(`/inspections/${last}/submit`, { summary: '已查' }));
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});

test('a circular has the state that the ledger has: that of the action done last', async () => {
  world.setNow('2026-03-13');
  const issue = await ok(
    world.as('li').post('/issues', {
      unitId: world.cast.units.institution,
      category: '校外培训机构',
      finding: '培训结束于20:50',
      severity: 'minor',
    }),
  );
  const act = (who: 'li' | 'zheng', action: string, body: object) =>
    ok(world.as(who).post(`/issues/${issue.id}/transitions`, { action, ...body }));
  await act('li', 'issue_notice', { requirements: '按时结束', dueOn: '2026-03-25' });
  // The plan waited for nobody; the request, begun before it, waited for the plan.
  world.setNow('2026-03-16T02:00:00.005Z');
  await act('zheng', 'plan', { responsiblePerson: '郑', plan: '调整课表' });
  world.setNow('2026-03-16T02:00:00.000Z');
  await act('zheng', 'request_close', { measures: '已调整课表' });
  world.setNow('2026-04-02');
  const told = async (period: string, cutoff: Date) => {
    const districtId = world.cast.districts.A;
    return (await readRecords(world.dataSource.manager, { districtId, period, cutoff, corrects: null }))
      .facts;
  };
  const march = await told('2026-03', endOfMonth('2026-03'));
  expect(march.issues.find(({ issueId }) => issueId === issue.id)?.status).toBe('close_requested');
  expect((await told('2026-04', world.now())).trend?.map(({ month, overdue }) => [month, overdue])).toEqual([
    ['2026-03', 0],
    ['2026-04', 0],
  ]);
});
