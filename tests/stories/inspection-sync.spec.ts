/** One visit on several tablets, offline: what stands, what contradicts, what comes twice or late. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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

const { op, visit, send, answered, outcomes, pass, photo } = visitHands(
  () => world,
  () => checklistId,
);

describe('two tablets', () => {
  test('the first answer starts the inspection; the later one stands; what comes late is history', async () => {
    const id = await visit();
    const first = op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T01:00:00Z' });
    const later = op('SJ-ZY-05', 'compliant', { answeredAt: '2026-03-10T01:30:00Z' });
    const late = op('SJ-ZY-05', 'not_checked', { answeredAt: '2026-03-10T00:30:00Z' });
    expect(outcomes(await send('wang', id, [first]))).toEqual(['applied']);
    expect((await world.as('wang').get(`/inspections/${id}`)).body.status).toBe('in_progress');
    expect(outcomes(await send('wang', id, [later, late]))).toEqual(['applied', 'superseded']);
    const answer = await answered('wang', id, 'SJ-ZY-05');
    expect([answer.verdict, answer.revision, answer.answeredBy]).toEqual([
      'compliant',
      3,
      world.cast.people.wang,
    ]);
    expect(answer.conflict).toBeUndefined();
  });

  test('whatever comes twice changes nothing; another content under the same id is refused by itself', async () => {
    const id = await visit();
    const one = op('SJ-ZY-05', 'compliant');
    await send('wang', id, [one]);
    const before = (await world.as('wang').get(`/inspections/${id}`)).text;
    const again = await send('wang', id, [one, one]);
    expect(outcomes(again)).toEqual(['duplicate', 'duplicate']);
    expect((await world.as('wang').get(`/inspections/${id}`)).text).toBe(before);
    const other = await send('wang', id, [{ ...one, verdict: 'not_checked' }, op('SJ-ZY-07', 'compliant')]);
    expect(outcomes(other)).toEqual(['rejected', 'applied']);
    expect(other.body.results[0].problem.code).toBe('answer.operation_reused');
    const elsewhere = await send('wang', await visit(), [one]);
    expect(elsewhere.body.results[0].problem.code).toBe('answer.operation_reused');
  });

  test('a tablet ten years ahead or behind is put right by its own sending time, and never runs ahead of receipt', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant', { answeredAt: '2036-03-10T01:59:00Z' })], {
      sentAt: '2036-03-10T02:00:00Z',
    });
    expect((await answered('wang', id, 'SJ-ZY-05')).effectiveAt).toBe('2026-03-10T01:59:00.000Z');
    world.setNow('2026-03-10T02:10:00Z');
    const behind = op('SJ-ZY-05', 'not_checked', { answeredAt: '2016-03-10T02:04:00Z' });
    await send('wang', id, [behind], { sentAt: '2016-03-10T02:05:00Z' });
    expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('not_checked');
    world.setNow('2026-03-10T02:20:00Z');
    await send('wang', id, [op('SJ-ZY-05', 'compliant', { answeredAt: '2099-01-01T00:00:00Z' })]);
    world.setNow('2026-03-10T02:30:00Z');
    await send('wang', id, [op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T02:30:00Z' })]);
    expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('non_compliant');
  });

  test('clocks that contradict each other by centuries leave the time of receipt, and the visit its day', async () => {
    const id = await visit();
    const sent = await send(
      'wang',
      id,
      pass().map((one) => ({ ...one, answeredAt: '1900-01-01T00:00:00Z' })),
      { sentAt: '9999-12-31T00:00:00Z' },
    );
    expect([sent.status, new Set(outcomes(sent))]).toEqual([200, new Set(['applied'])]);
    expect((await answered('wang', id, 'SJ-ZY-05')).effectiveAt).toBe(world.now().toISOString());
    const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' });
    expect([done.status, done.body.inspection.visitedOn]).toEqual([200, '2026-03-10']);
  });

  test('Wang and Feng contradict each other offline: both are kept, the lead settles, a member cannot', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant', { note: '有公示' })]);
    const clash = await send('feng', id, [
      op('SJ-ZY-05', 'non_compliant', {
        note: '未见公示',
        answeredAt: '2026-03-10T01:10:00Z',
        baseRevision: 0,
      }),
    ]);
    expect(outcomes(clash)).toEqual(['conflict']);
    expect(clash.body.conflicts.map((c: { itemCode: string }) => c.itemCode)).toEqual(['SJ-ZY-05']);
    const standing = await answered('wang', id, 'SJ-ZY-05');
    expect([standing.note, standing.conflict.map((c: { note: string }) => c.note)]).toEqual([
      '未见公示',
      ['有公示'],
    ]);

    await send(
      'wang',
      id,
      pass().filter((one) => one.itemCode !== 'SJ-ZY-05'),
    );
    const early = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
    expect([early.status, early.body.code, early.body.conflicts]).toEqual([
      409,
      'inspection.conflicts_open',
      ['SJ-ZY-05'],
    ]);

    const insisted = await send('feng', id, [
      op('SJ-ZY-05', 'non_compliant', { note: '确未见公示', baseRevision: 2 }),
    ]);
    expect(insisted.body.conflicts).toHaveLength(1);
    // The lead's tablet is an hour slow: having seen what it settles, it stands all the same.
    const settled = await send('wang', id, [
      op('SJ-ZY-05', 'compliant', {
        note: '复看后有公示',
        answeredAt: '2026-03-10T00:10:00Z',
        baseRevision: 3,
      }),
    ]);
    expect([outcomes(settled), settled.body.conflicts]).toEqual([['applied'], []]);
    expect((await answered('feng', id, 'SJ-ZY-05')).note).toBe('复看后有公示');
  });

  test('who has seen the other’s answer may replace it, and saying the same is no conflict', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant'), op('SJ-ZY-01', 'compliant')]);
    const seen = await send('feng', id, [
      op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T01:20:00Z', baseRevision: 1 }),
      op('SJ-ZY-01', 'compliant', { answeredAt: '2026-03-10T01:20:00Z' }),
    ]);
    expect([outcomes(seen), seen.body.conflicts]).toEqual([['applied', 'applied'], []]);
  });

  test('the figures judge; one bad operation does not fail the others', async () => {
    const id = await visit();
    const sha256 = await photo('feng');
    const answer = await send('wang', id, [
      op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 75, label: '\u200b' }] }),
      op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: '17:30' }] }),
      op('SJ-ZY-01', 'not_applicable', { reason: '\u200b\u3164' }),
      op('NONE', 'compliant'),
      op('SJ-ZY-13', 'non_compliant', { measures: [{ numerator: 1, denominator: 100 }] }),
      op('SJ-ZY-05', 'compliant', { attachments: [sha256] }),
      op('SJ-ZY-07', 'compliant'),
      op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 75 }], reason: '当日为开放日，不计入' }),
    ]);
    expect(answer.body.results.map((r: { problem?: { code: string } }) => r.problem?.code)).toEqual([
      'answer.reason_required',
      'answer.measure_invalid',
      'answer.reason_required',
      'answer.item_unknown',
      'answer.indicator_not_judged',
      'attachment.unknown',
      undefined,
      undefined,
    ]);
    expect(answer.body.results[1].problem.errors[0].pointer).toBe('/operations/1/measures/0/value');
    const overruled = await answered('wang', id, 'SJ-ZY-02');
    expect([overruled.verdict, overruled.suggestedVerdict]).toEqual(['compliant', 'non_compliant']);
    // Feng, who brought the photo, may name it; after that the lead may keep it in his own answer.
    expect(
      outcomes(await send('feng', id, [op('SJ-ZY-05', 'compliant', { attachments: [sha256] })])),
    ).toEqual(['applied']);
    expect(
      outcomes(
        await send('wang', id, [
          op('SJ-ZY-05', 'compliant', { attachments: [sha256], answeredAt: '2026-03-10T01:20:00Z' }),
        ]),
      ),
    ).toEqual(['applied']);
    const malformed = await send('wang', id, [{ ...op('SJ-ZY-05', 'compliant'), verdict: 'fine' }]);
    expect([malformed.status, malformed.body.errors[0].pointer]).toEqual([400, '/operations/0/verdict']);
  });

  test('sixteen syncs at once lose nothing', async () => {
    const id = await visit();
    const operations = Array.from({ length: 16 }, (_, i) =>
      op('SJ-ZY-05', 'compliant', {
        note: `第${i}次`,
        answeredAt: `2026-03-10T01:${String(i).padStart(2, '0')}:00Z`,
      }),
    );
    const answers = await Promise.all(operations.map((one) => send('wang', id, [one])));
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(200));
    const answer = await answered('wang', id, 'SJ-ZY-05');
    expect([answer.revision, answer.note]).toEqual([16, '第15次']);
  });
});
