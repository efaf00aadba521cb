/** A self-check is the school's own affair: nobody else changes it, and nobody learns of it from the school's status. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { apiClient } from '#testkit/hands.js';
import { ok, refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  checklistId = await visitChecklist(world);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const { op, head, visit, send, pass, fail } = visitHands(
  () => world,
  () => checklistId,
);
const own = () => ({ kind: 'self_check', team: [world.cast.people.liu], leadId: world.cast.people.liu });

test('submitting one and closing its findings changes neither status, ETag nor change feed', async () => {
  const id = await visit(own(), 'liu');
  const client = await apiClient(world, 'compliance:read');
  const path = `/compliance/schools/${world.cast.units.schoolLiu}`;
  const other = await visit();
  await send('wang', other, pass());
  await ok(world.as('wang').post(`/inspections/${other}/submit`, { summary: '好' }));
  const before = await client.get(path);
  const { nextCursor } = (await client.get('/compliance/changes')).body;

  world.setNow('2026-03-11');
  await send('liu', id, fail());
  const done = await ok(world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查' }));
  expect(done.issues.length).toBeGreaterThan(0);
  for (const issue of done.issues) {
    await ok(
      world.as('liu').post(`/issues/${issue.id}/transitions`, { action: 'close_own', measures: '已改' }),
    );
  }
  await ok(
    world.as('liu').post(`/inspections/${id}/amendments`, {
      reason: '看错了',
      operations: [op('SJ-ZY-05', 'compliant', { answeredAt: '2026-03-11T01:00:00Z' })],
    }),
  );
  world.setNow('2026-03-10');
  const after = await client.get(path);
  expect(after.body).toEqual(before.body);
  expect(after.headers.etag).toBe(before.headers.etag);
  expect((await client.get(`/compliance/changes?since=${nextCursor}`)).body.items).toEqual([]);
});

test('the office and the zone may not arrange, change, correct or cancel one', async () => {
  const refused = await world.as('qian').put(`/inspections/${crypto.randomUUID()}`, head(own()));
  expect(refusal(refused)).toBe('403 access.denied');
  const id = await visit(own(), 'liu');
  expect(
    refusal(await world.as('zhao').put(`/inspections/${id}`, head({ ...own(), scheduledOn: '2026-03-12' }))),
  ).toBe('403 access.denied');
  expect(refusal(await world.as('li').post(`/inspections/${id}/cancel`, { reason: '重复' }))).toBe(
    '403 access.denied',
  );
  await send('liu', id, fail());
  await ok(world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查' }));
  const body = { reason: '更正', operations: [op('SJ-ZY-05', 'compliant')] };
  for (const who of ['zhao', 'qian'] as const)
    expect(refusal(await world.as(who).post(`/inspections/${id}/amendments`, body))).toBe(
      '403 access.denied',
    );
  expect((await world.as('liu').post(`/inspections/${id}/amendments`, body)).status).toBe(200);
  const mine = await visit(own(), 'liu');
  expect((await world.as('liu').post(`/inspections/${mine}/cancel`, { reason: '重复' })).status).toBe(200);
});

test('what it finds again joins the school’s own list, never the ledger; a visit’s the ledger, never the school’s list', async () => {
  const [own1, visit1] = [await visit(own(), 'liu'), await visit()];
  await send('liu', own1, fail());
  await send('wang', visit1, fail());
  const submit = async (who: 'liu' | 'wang', id: string, issueId?: string) =>
    world.as(who).post(`/inspections/${id}/submit`, {
      summary: '见台账',
      ...(issueId && { dispositions: [{ itemCode: 'SJ-ZY-05', as: 'found_again', issueId }] }),
    });
  const ofItem = (issues: { id: string; itemCode: string }[]) =>
    issues.find((one) => one.itemCode === 'SJ-ZY-05')!;
  const mine = ofItem((await ok(submit('liu', own1))).issues);
  const official = ofItem((await ok(submit('wang', visit1))).issues);
  const [own2, visit2] = [await visit(own(), 'liu'), await visit()];
  await send('liu', own2, fail());
  await send('wang', visit2, fail());
  expect(refusal(await submit('liu', own2, official.id))).toBe('400 request.invalid');
  expect(refusal(await submit('wang', visit2, mine.id))).toBe('400 request.invalid');
  await ok(submit('liu', own2, mine.id));
  await ok(submit('wang', visit2, official.id));
  expect((await ok(world.as('liu').get(`/issues/${mine.id}`))).foundAgainCount).toBe(1);
  expect((await ok(world.as('liu').get(`/issues/${official.id}`))).foundAgainCount).toBe(1);
});
