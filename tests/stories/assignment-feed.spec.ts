import { randomUUID } from 'node:crypto';
import { type PersonName, tokenFor } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { startWorld, type Voice, type World } from '#testkit/world.js';

type Item = { unit: { id: string }; deleted?: true; reason?: string };

describe('the change feed of who is put on a team beyond the own zones', () => {
  let world: World;
  let checklistId: string;
  beforeAll(async () => {
    world = await startWorld();
    checklistId = await publishChecklist(world, ['SJ-ZY-01']);
  });
  afterAll(() => world.stop());

  const arrange = async (id: string, team: PersonName[], unitId: string) => {
    const ids = team.map((name) => world.cast.people[name]);
    const answer = await world.as('qian').put(`/inspections/${id}`, {
      unitId,
      checklistId,
      kind: 'routine',
      scheduledOn: '2026-03-10',
      team: ids,
      leadId: ids[0],
    });
    expect(answer.status).toBeLessThan(300);
  };
  const drain = async (who: PersonName | Voice, since?: string) => {
    const voice = typeof who === 'string' ? world.as(who) : who;
    const items: Item[] = [];
    for (let cursor = since; ; ) {
      const { status, body } = await voice.get(
        `/compliance/changes?limit=1${cursor ? `&since=${encodeURIComponent(cursor)}` : ''}`,
      );
      expect(status).toBe(200);
      items.push(...body.items);
      cursor = body.nextCursor;
      if (!body.hasMore) return { items, cursor: cursor as string };
    }
  };
  const units = (items: Item[]) => items.map(({ unit, reason }) => (reason ? [unit.id, reason] : [unit.id]));

  test('the unit comes with the assignment and is a tombstone without it; others hear nothing', async () => {
    const { schoolLiu, schoolWest } = world.cast.units;
    const id = randomUUID();
    const [chen, feng] = [await drain('chen'), await drain('feng')];
    expect(units(chen.items)).toEqual([[schoolWest]]);

    await arrange(id, ['wang', 'chen'], schoolLiu);
    const gained = await drain('chen', chen.cursor);
    expect(gained.items).toMatchObject([{ unit: { id: schoolLiu }, status: 'uninspected' }]);
    expect((await drain('chen', gained.cursor)).items).toEqual([]);

    await arrange(id, ['wang'], schoolLiu);
    const lost = await drain('chen', gained.cursor);
    expect(units(lost.items)).toEqual([[schoolLiu, 'out_of_scope']]);
    // Who was on the team throughout has it in the own zone; who was not on it, either.
    expect((await drain('feng', feng.cursor)).items).toEqual([]);
    expect((await drain('chen', lost.cursor)).items).toEqual([]);
    // A reader who comes back late gets what is so now, once.
    expect(units((await drain('chen', chen.cursor)).items)).toEqual([[schoolLiu, 'out_of_scope']]);
  });

  test('a cancelled visit is lost like one taken away; another visit there keeps the unit', async () => {
    const { schoolWu } = world.cast.units;
    const [first, second] = [randomUUID(), randomUUID()];
    await arrange(first, ['wang', 'chen'], schoolWu);
    await arrange(second, ['wang', 'chen'], schoolWu);
    const start = await drain('chen');
    const cancel = async (id: string) => {
      const { status } = await world.as('qian').post(`/inspections/${id}/cancel`, { reason: '计划调整' });
      expect(status).toBe(200);
    };
    await cancel(first);
    const still = await drain('chen', start.cursor);
    expect(still.items).toMatchObject([{ unit: { id: schoolWu }, status: 'uninspected' }]);
    await cancel(second);
    expect(units((await drain('chen', still.cursor)).items)).toEqual([[schoolWu, 'out_of_scope']]);
  });

  test('a visit that moves to another school takes the one and brings the other, also with a new team', async () => {
    const { schoolLiu, schoolWu } = world.cast.units;
    const id = randomUUID();
    await arrange(id, ['wang', 'chen'], schoolLiu);
    const start = await drain('chen');
    await arrange(id, ['wang', 'chen'], schoolWu);
    const moved = await drain('chen', start.cursor);
    expect(new Set(units(moved.items))).toEqual(new Set([[schoolLiu, 'out_of_scope'], [schoolWu]]));
    await arrange(id, ['wang'], schoolLiu);
    expect(units((await drain('chen', moved.cursor)).items)).toEqual([[schoolWu, 'out_of_scope']]);
  });

  test('who is no inspector any more loses every assigned unit; a cursor cannot ask for another’s', async () => {
    const { schoolLiu, schoolWest } = world.cast.units;
    const { chen } = world.cast.people;
    await arrange(randomUUID(), ['wang', 'chen'], schoolLiu);
    const start = await drain('chen');
    expect(units(start.items)).toContainEqual([schoolLiu]);
    // Feng holds no assignment; a cursor that names Chen tells of none of Chen's.
    const values = JSON.parse(Buffer.from((await drain('feng')).cursor, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify([values[0], 0, chen, ''])).toString('base64url');
    expect(units((await drain('feng', forged)).items).flat()).not.toContain(schoolWest);

    const changed = await world.as('admin').patch(`/users/${chen}`, { roles: ['zone_officer'] });
    expect(changed.status).toBe(200);
    const token = await tokenFor(world.dataSource.manager, world.cast.districts.A, chen);
    const officer = world.with(token);
    const after = await drain(officer, start.cursor);
    expect(units(after.items)).toContainEqual([schoolLiu, 'out_of_scope']);
    expect(units(after.items)).toContainEqual([schoolWest]);
    expect((await officer.get(`/compliance/schools/${schoolLiu}`)).status).toBe(404);
  });
});
