import { randomUUID } from 'node:crypto';
import { tokenFor } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { startWorld, type World } from '#testkit/world.js';

describe('nobody judges the own work, or reads ahead about the own school', () => {
  let world: World;
  let checklistId: string;
  beforeAll(async () => {
    world = await startWorld();
    checklistId = await publishChecklist(world, ['SJ-ZY-05'], { coverage: 'partial' });
  });
  afterAll(() => world.stop());

  const schoolLiu = () => world.cast.units.schoolLiu;
  const schoolWu = () => world.cast.units.schoolWu;

  test('an issue entered by hand has no team: whoever decides objections decides on the one to it', async () => {
    const { body: issue } = await world.as('qian').post('/issues', {
      unitId: schoolLiu(),
      category: '作业管理',
      finding: '市督查转来：未公示作业。',
      severity: 'minor',
      source: 'upper_inspection',
    });
    const act = (who: 'liu' | 'qian', action: string, body: object) =>
      world.as(who).post(`/issues/${issue.id}/transitions`, { action, ...body });
    expect((await act('liu', 'object', { grounds: '当日为活动日' })).status).toBe(200);
    expect((await world.as('qian').get(`/issues/${issue.id}`)).body.allowedActions).toEqual(
      expect.arrayContaining(['uphold', 'accept_objection']),
    );
    expect((await act('qian', 'uphold', { note: '事实清楚' })).body.status).toBe('registered');
  });

  test('an office head who belongs to a school reads nothing of visits there before they are submitted', async () => {
    const { zhao, wang } = world.cast.people;
    const ids = { own: randomUUID(), moved: randomUUID(), other: randomUUID() };
    const head = (unitId: string) => ({
      unitId,
      checklistId,
      kind: 'routine',
      scheduledOn: '2026-03-10',
      team: [wang],
      leadId: wang,
    });
    const put = async (id: string, unitId: string) =>
      expect((await world.as('qian').put(`/inspections/${id}`, head(unitId))).status).toBeLessThan(300);
    await put(ids.own, schoolLiu());
    await put(ids.other, schoolWu());
    await put(ids.moved, schoolLiu());
    await put(ids.moved, schoolWu());
    const plan = await world.as('qian').post('/plans', {
      title: '三月随访',
      kind: 'visit',
      checklistId,
      startsOn: '2026-03-10',
      endsOn: '2026-03-20',
      assignments: [schoolLiu(), schoolWu()].map((unitId) => ({ unitId, leadId: wang })),
    });
    expect([plan.status, plan.body.errors]).toEqual([201, undefined]);
    expect((await world.as('qian').post(`/plans/${plan.body.id}/launch`)).status).toBe(200);

    const told = async (who: 'zhao' | 'auditor', subject: string) => {
      const { status, body } = await world.as(who).get(`/audit-log?subjectId=${subject}&count=true`);
      expect([status, body.count]).toEqual([200, body.items.length]);
      return body.items.map(({ action }: { action: string }) => action);
    };
    const all = await Promise.all(
      [ids.own, ids.moved, ids.other, plan.body.id].map((id) => told('zhao', id)),
    );
    expect(all.every((actions) => actions.length > 0)).toBe(true);

    await world.dataSource.query(`UPDATE users SET unit_id = $2 WHERE id = $1`, [zhao, schoolLiu()]);
    const second = await fresh();
    const now = async (id: string) => {
      const { body } = await second.get(`/audit-log?subjectId=${id}&count=true`);
      expect(body.count).toBe(body.items.length);
      return body.items.map(({ action }: { action: string }) => action);
    };
    expect(await now(ids.own)).toEqual([]);
    // The visit that went elsewhere was once arranged at the own school: neither entry says so.
    expect(await now(ids.moved)).toEqual([]);
    expect(await now(ids.other)).toEqual(all[2]);
    expect((await now(plan.body.id)).length).toBe(0);
    const list = await second.get(`/audit-log?unitId=${schoolLiu()}&subjectType=inspection`);
    expect(list.body.items).toEqual([]);
    expect(await told('auditor', ids.own)).toEqual(all[0]);

    await world.as('wang').post(`/inspections/${ids.own}/answers`, {
      operations: [
        {
          operationId: randomUUID(),
          itemCode: 'SJ-ZY-05',
          verdict: 'compliant',
          answeredAt: '2026-03-10T01:00:00Z',
        },
      ],
    });
    expect((await world.as('wang').post(`/inspections/${ids.own}/submit`, { summary: '好' })).status).toBe(
      200,
    );
    expect(await now(ids.own)).toEqual(expect.arrayContaining(['assign', 'submit']));
  });

  /** A voice with what the person is now: sessions remember who spoke. */
  async function fresh() {
    return world.with(
      await tokenFor(world.dataSource.manager, world.cast.districts.A, world.cast.people.zhao),
    );
  }
});
