import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import { publishChecklist } from '#testkit/hands.js';
import { startWorld, type World } from '#testkit/world.js';

const ITEMS = ['SJ-ZY-01', 'SJ-ZY-05', 'SJ-ZY-07', 'SJ-KS-01', 'SJ-KS-02'];
const verdict = fc.constantFrom('compliant', 'non_compliant', 'not_checked', 'not_applicable');
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('visit' as const),
      list: fc.nat(1),
      day: fc.nat(20),
      verdicts: fc.tuple(verdict, verdict, verdict, verdict, verdict),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      which: fc.nat(40),
      changes: fc.dictionary(fc.constantFrom(...ITEMS), verdict, { minKeys: 1, noNullPrototype: true }),
    }),
  },
);

describe('an amended visit', () => {
  let world: World;
  const lists: string[] = [];
  let minute = 0;
  beforeAll(async () => {
    world = await startWorld();
    for (const coverage of ['full', 'partial'] as const) {
      lists.push(await publishChecklist(world, ITEMS, { code: coverage.toUpperCase(), coverage }));
    }
  });
  afterAll(() => world.stop());

  /** The clock goes on with every act: acts follow each other. */
  const tick = () =>
    world.setNow(new Date(Date.parse('2026-03-30T02:00:00Z') + ++minute * 60_000).toISOString());
  const op = (itemCode: string, verdict: string, answeredAt: string) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt,
    ...(verdict === 'compliant' ? {} : { reason: '据实', note: '据实' }),
  });
  const submit = async (list: number, day: number, verdicts: readonly string[]): Promise<string> => {
    tick();
    const id = randomUUID();
    const at = new Date(Date.parse('2026-03-01T02:00:00Z') + day * 86_400_000).toISOString();
    const { wang } = world.cast.people;
    const head = {
      unitId: world.cast.units.schoolLiu,
      checklistId: lists[list],
      kind: 'routine',
      scheduledOn: '2026-03-10',
      team: [wang],
      leadId: wang,
    };
    expect((await world.as('wang').put(`/inspections/${id}`, head)).status).toBe(201);
    const operations = ITEMS.map((code, i) => op(code, verdicts[i]!, at));
    expect((await world.as('wang').post(`/inspections/${id}/answers`, { operations })).status).toBe(200);
    const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' });
    expect(done.status).toBe(200);
    return id;
  };
  const amend = async (id: string, changes: Record<string, string>) => {
    tick();
    const at = world.now().toISOString();
    const operations = Object.entries(changes).map(([code, to]) => op(code, to, at));
    const done = await world.as('wang').post(`/inspections/${id}/amendments`, { reason: '更正', operations });
    expect(done.status).toBe(200);
  };
  const seen = async () => (await world.as('qian').get('/compliance/schools/3702030001')).body;

  test('that turns out not to have been full leaves the school uninspected, and full again, compliant', async () => {
    const all = (to: string) => Object.fromEntries(ITEMS.map((code) => [code, to]));
    const id = await submit(
      0,
      5,
      ITEMS.map(() => 'compliant'),
    );
    expect(await seen()).toMatchObject({ status: 'compliant', metRate: { met: 5, judged: 5 } });
    await amend(id, { ...all('not_checked'), 'SJ-ZY-01': 'compliant' });
    expect(await seen()).toMatchObject({
      status: 'uninspected',
      metRate: { met: 1, judged: 1 },
      lastInspectionOn: '2026-03-06',
    });
    await amend(id, all('compliant'));
    expect(await seen()).toMatchObject({ status: 'compliant', metRate: { met: 5, judged: 5 } });
  });

  test('leaves the facts as ledger and inspections have them, after any visits and amendments', async () => {
    const visits: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        for (const one of steps) {
          if (one.do === 'visit') visits.push(await submit(one.list, one.day, one.verdicts));
          else if (visits.length > 0) await amend(visits[one.which % visits.length]!, one.changes);
          expect(await factsThatDiffer(world.systemCtx('A'))).toEqual([]);
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    expect(visits.length).toBeGreaterThan(3);
  });
});
