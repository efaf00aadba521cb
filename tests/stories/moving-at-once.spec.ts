import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import { type Response, startWorld, type World } from '#testkit/world.js';

let world: World;
let checklistId: string;
const ITEMS = ['SJ-ZY-01', 'SJ-ZY-05', 'SJ-ZY-03'];
const ok = async (answer: Promise<Response>) => {
  const { status, body } = await answer;
  expect([status < 300 ? 'ok' : status, body]).toEqual(['ok', body]);
  return body;
};
beforeAll(async () => {
  world = await startWorld();
  const made = await ok(
    world.as('qian').post('/checklists', {
      code: 'MOVE',
      title: '检查表',
      subject: 'school',
      coverage: 'full',
      items: ITEMS.map((itemCode) => ({ itemCode, required: true })),
    }),
  );
  checklistId = made.id;
  await ok(world.as('qian').post(`/checklists/${checklistId}/publish`));
});
afterAll(() => world.stop());

const school = () => world.cast.units.schoolLiu;
async function ready(verdicts: Record<string, string>): Promise<string> {
  const id = randomUUID();
  const { wang } = world.cast.people;
  await ok(
    world.as('wang').put(`/inspections/${id}`, {
      unitId: school(),
      checklistId,
      kind: 'routine',
      scheduledOn: '2026-03-09',
      team: [wang],
      leadId: wang,
    }),
  );
  const operations = Object.entries(verdicts).map(([itemCode, verdict]) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt: '2026-03-09T02:00:00.000Z',
    note: '据实',
  }));
  await ok(world.as('wang').post(`/inspections/${id}/answers`, { operations }));
  return id;
}
const submit = (id: string) => world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' });
const FAILED = { 'SJ-ZY-01': 'non_compliant', 'SJ-ZY-05': 'compliant' };

test('a school that moves while its visits are submitted, amended and registered takes all its issues along', async () => {
  const zones: { id: string; name: string }[] = (await ok(world.as('qian').get('/zones'))).items;
  const amended = await ready(FAILED);
  await ok(submit(amended));
  for (let round = 0; round < 8; round++) {
    const ids = [await ready(FAILED), await ready(FAILED), await ready(FAILED)];
    const zoneId = zones[(round + 1) % 2]!.id;
    const operation = {
      operationId: randomUUID(),
      itemCode: 'SJ-ZY-05',
      verdict: round % 2 === 0 ? 'non_compliant' : 'compliant',
      answeredAt: new Date(world.now().getTime() + round).toISOString(),
      note: '更正',
    };
    const answers = [
      submit(ids[0]!),
      submit(ids[1]!),
      world.as('qian').post('/issues', {
        unitId: school(),
        category: '作业管理',
        finding: '作业未公示',
        severity: 'minor',
      }),
      world.as('qian').patch(`/schools/${school()}`, { zoneId }),
      world.as('wang').post(`/inspections/${amended}/amendments`, {
        reason: '更正',
        operations: [operation],
      }),
      submit(ids[2]!),
    ];
    for (const answer of answers) await ok(answer);
    const left = await world.dataSource.query(
      `SELECT i.number FROM issues i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
       WHERE i.zone_id <> u.zone_id`,
    );
    expect(left).toEqual([]);
    expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
  }
});

test('a school that begins to teach another stage was not inspected in full any more, at once and counted anew', async () => {
  await ok(submit(await ready({ 'SJ-ZY-01': 'compliant', 'SJ-ZY-05': 'compliant' })));
  const facts = async () => {
    const [row] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [school()]);
    return row.facts;
  };
  expect((await facts()).lastFullInspectionOn).toBe('2026-03-09');
  await ok(world.as('qian').patch(`/schools/${school()}`, { stages: ['primary', 'junior'] }));
  expect((await facts()).lastFullInspectionOn).toBeNull();
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});
