import { seedChecklists } from '#core/checklists/publish.js';
import { startWorld, type World } from '#testkit/world.js';

describe('plans', () => {
  let world: World;
  let schools: string;
  let institutions: string;
  beforeAll(async () => {
    world = await startWorld();
    const ctx = world.systemCtx('A');
    const lists = await world.dataSource.transaction((em) => seedChecklists({ ...ctx, em }));
    schools = lists.get('CL-SJ')!.id;
    institutions = lists.get('CL-PX')!.id;
  });
  afterAll(() => world.stop());

  const plan = (change: object = {}) => ({
    title: '三月“双减”督查',
    kind: 'special',
    checklistId: schools,
    startsOn: '2026-03-10',
    endsOn: '2026-03-31',
    assignments: [
      {
        unitId: world.cast.units.schoolLiu,
        scheduledOn: '2026-03-12',
        leadId: world.cast.people.wang,
        team: [world.cast.people.wang, world.cast.people.feng],
      },
      { unitId: world.cast.units.schoolWu, leadId: world.cast.people.feng },
    ],
    ...change,
  });
  const visit = (
    unit: keyof World['cast']['units'],
    lead: keyof World['cast']['people'],
    more: object = {},
  ) => ({
    unitId: world.cast.units[unit],
    leadId: world.cast.people[lead],
    ...more,
  });

  test('Qian plans two visits, changes his mind, and launches both inspections at once', async () => {
    const qian = world.as('qian');
    const made = await qian.post('/plans', plan());
    expect([made.status, made.body.status, made.body.progress]).toEqual([
      201,
      'draft',
      { planned: 2, submitted: 0, cancelled: 0 },
    ]);
    expect(made.body.assignments[0]).toMatchObject({
      unit: { name: '明德小学' },
      lead: { name: '王督学' },
      inspectionId: null,
      status: null,
    });
    const path = `/plans/${made.body.id}`;
    const changed = await qian.patch(path, { endsOn: '2026-04-10' });
    expect([changed.status, changed.body.endsOn, changed.body.title]).toEqual([
      200,
      '2026-04-10',
      plan().title,
    ]);

    const launched = await qian.post(`${path}/launch`);
    expect([launched.status, launched.body.status]).toEqual([200, 'launched']);
    expect(launched.body.assignments).toMatchObject([
      { status: 'assigned', scheduledOn: '2026-03-12' },
      { status: 'assigned', scheduledOn: '2026-03-10' },
    ]);
    const rows = await world.dataSource.query(
      `SELECT i.kind, i.status, i.lead_id, array_agg(m.user_id) AS team FROM inspections i
       JOIN inspection_members m ON m.inspection_id = i.id WHERE i.plan_id = $1 GROUP BY i.district_id, i.id ORDER BY i.scheduled_on DESC`,
      [made.body.id],
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ kind: 'special', status: 'assigned', lead_id: world.cast.people.wang });
    expect(rows[0].team.sort()).toEqual([world.cast.people.wang, world.cast.people.feng].sort());

    for (const [again, body] of [
      [`${path}/launch`, {}],
      [path, { title: '改名' }],
    ] as const) {
      const answer = again === path ? await qian.patch(again, body) : await qian.post(again, body);
      expect([answer.status, answer.body.code]).toEqual([409, 'plan.not_draft']);
    }
  });

  test('launched twice at the same moment, a plan makes its inspections once', async () => {
    const made = await world.as('qian').post('/plans', plan());
    const answers = await Promise.all(
      [1, 2, 3].map(() => world.as('qian').post(`/plans/${made.body.id}/launch`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const [{ n }] = await world.dataSource.query(
      `SELECT count(*)::integer AS n FROM inspections WHERE plan_id = $1`,
      [made.body.id],
    );
    expect(n).toBe(2);
  });

  test('headmaster Wu, an inspector himself, is never on the team for his own school', async () => {
    const own = await world.as('qian').post('/plans', plan({ assignments: [visit('schoolWu', 'wu')] }));
    expect([own.status, own.body.code]).toEqual([403, 'inspection.recused']);
    expect(own.body.errors[0].pointer).toMatch(/^\/assignments\/0\//);
    const other = await world.as('qian').post('/plans', plan({ assignments: [visit('schoolLiu', 'wu')] }));
    expect(other.status).toBe(201);
  });

  test('who was recused only after the plan was written is refused at its launch, and nothing is made', async () => {
    const made = await world.as('qian').post('/plans', plan());
    const move = (unit: string | null) =>
      world.dataSource.query(`UPDATE users SET unit_id = $2 WHERE id = $1`, [world.cast.people.feng, unit]);
    await move(world.cast.units.schoolWu);
    const answer = await world.as('qian').post(`/plans/${made.body.id}/launch`);
    expect([answer.status, answer.body.code]).toEqual([403, 'inspection.recused']);
    expect(answer.body.errors[0].pointer).toMatch(/^\/assignments\/1\//);
    await move(null);
    const rows = await world.dataSource.query(`SELECT 1 FROM inspections WHERE plan_id = $1`, [made.body.id]);
    expect(rows).toEqual([]);
    expect((await world.as('qian').post(`/plans/${made.body.id}/launch`)).status).toBe(200);
  });

  test.each([
    ['a teacher as lead', () => ({ assignments: [visit('schoolLiu', 'zhou')] }), 403, '/assignments/0/'],
    ['an auditor as lead', () => ({ assignments: [visit('schoolLiu', 'auditor')] }), 400, '/assignments/0/'],
    [
      'a person of another district',
      () => ({ assignments: [visit('schoolLiu', 'strangerInspector')] }),
      400,
      '/assignments/0/',
    ],
    [
      'a school of another district',
      () => ({ assignments: [visit('schoolOther', 'wang')] }),
      400,
      '/assignments/0/unitId',
    ],
    [
      'an institution under a list for schools',
      () => ({ assignments: [visit('institution', 'wang')] }),
      400,
      '/assignments/0/unitId',
    ],
    ['days the wrong way round', () => ({ endsOn: '2026-03-01' }), 400, '/endsOn'],
    [
      'a day outside the plan',
      () => ({ assignments: [visit('schoolLiu', 'wang', { scheduledOn: '2026-04-01' })] }),
      400,
      '/assignments/0/scheduledOn',
    ],
    [
      'the same visit twice',
      () => ({ assignments: [visit('schoolLiu', 'wang'), visit('schoolLiu', 'feng')] }),
      400,
      '/assignments/1/unitId',
    ],
    ['a field that is not there', () => ({ status: 'launched' }), 400, '/status'],
    [
      'a list that is not there',
      () => ({ checklistId: '01890000-0000-7000-8000-000000000000' }),
      400,
      '/checklistId',
    ],
  ])('%s is refused by name', async (_, change, status, pointer) => {
    const answer = await world.as('qian').post('/plans', plan(change()));
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([
      status,
      expect.stringContaining(pointer as string),
    ]);
  });

  test('institutions have a list of their own; a unit that has closed is not visited', async () => {
    const qian = world.as('qian');
    const body = plan({ checklistId: institutions, assignments: [visit('institution', 'wang')] });
    expect((await qian.post('/plans', body)).status).toBe(201);
    const close = (day: string | null) =>
      world.dataSource.query(`UPDATE units SET closed_on = $2 WHERE id = $1`, [
        world.cast.units.institution,
        day,
      ]);
    await close('2026-03-01');
    const answer = await qian.post('/plans', body);
    expect([answer.status, answer.body.code]).toEqual([409, 'unit.closed']);
    expect(JSON.stringify(answer.body)).toContain('已于2026年3月1日停办');
    await close(null);
  });

  test('a plan by a list that was replaced meanwhile is not launched, nor one without visits', async () => {
    const qian = world.as('qian');
    const list = await qian.post('/checklists', {
      code: 'PLANNED',
      title: '专项',
      subject: 'school',
      coverage: 'partial',
      items: [{ itemCode: 'SJ-ZY-01' }],
    });
    const early = await qian.post('/plans', plan({ checklistId: list.body.id }));
    expect([early.status, early.body.code]).toEqual([409, 'checklist.not_published']);
    await qian.post(`/checklists/${list.body.id}/publish`);
    const made = await qian.post(
      '/plans',
      plan({ checklistId: list.body.id, assignments: [visit('schoolLiu', 'wang')] }),
    );
    expect(made.status).toBe(201);
    const next = await qian.post(`/checklists/${list.body.id}/revise`);
    await qian.post(`/checklists/${next.body.id}/publish`);
    const late = await qian.post(`/plans/${made.body.id}/launch`);
    expect([late.status, late.body.code]).toEqual([409, 'checklist.not_published']);
    const empty = await qian.post('/plans', plan({ assignments: [] }));
    const answer = await qian.post(`/plans/${empty.body.id}/launch`);
    expect([answer.status, answer.body.code]).toEqual([409, 'plan.empty']);
  });

  test('zone officer Li plans for the east zone; the west is not hers', async () => {
    const west = plan({ assignments: [visit('schoolWest', 'chen')] });
    expect((await world.as('li').post('/plans', west)).body.errors[0].pointer).toBe('/assignments/0/unitId');
    const own = await world.as('li').post('/plans', plan({ assignments: [visit('schoolLiu', 'li')] }));
    expect(own.status).toBe(201);
    expect((await world.as('li').post(`/plans/${own.body.id}/launch`)).status).toBe(200);

    const both = await world
      .as('qian')
      .post('/plans', plan({ assignments: [visit('schoolLiu', 'wang'), visit('schoolWest', 'chen')] }));
    const shown = (await world.as('li').get(`/plans/${both.body.id}`)).body;
    expect(shown.progress.planned).toBe(1);
    const seen = shown.assignments;
    expect(seen.map(({ unitId }: { unitId: string }) => unitId)).toEqual([world.cast.units.schoolLiu]);
    expect((await world.as('li').post(`/plans/${both.body.id}/launch`)).status).toBe(403);
    expect((await world.as('li').patch(`/plans/${both.body.id}`, { title: '改' })).status).toBe(403);
  });

  test('headmaster Wu, an inspector of the zone, does not learn from a plan when his own school is visited', async () => {
    const both = (await world.as('qian').post('/plans', plan())).body;
    await world.as('qian').post(`/plans/${both.id}/launch`);
    const own = (await world.as('qian').post('/plans', plan({ assignments: [visit('schoolWu', 'feng')] })))
      .body;
    const units = async (who: 'wu' | 'wang', id: string) =>
      (await world.as(who).get(`/plans/${id}`)).body.assignments?.map(
        (one: { unitId: string }) => one.unitId,
      );
    const { schoolLiu, schoolWu } = world.cast.units;
    expect(await units('wu', both.id)).toEqual([schoolLiu]);
    // Nor do the figures tell: neither in the plan nor in the list.
    const planned = async (who: 'wu' | 'wang') => {
      const voice = world.as(who);
      const list = (await voice.get('/plans?limit=200')).body.items as { id: string; progress: object }[];
      const told = list.find(({ id }) => id === both.id);
      return [(await voice.get(`/plans/${both.id}`)).body.progress, told?.progress];
    };
    const some = (n: number, submitted = 0) => ({ planned: n, submitted, cancelled: 0 });
    expect(await planned('wu')).toEqual([some(1), some(1)]);
    expect(await planned('wang')).toEqual([some(2), some(2)]);
    expect((await world.as('wu').get(`/plans/${own.id}`)).status).toBe(404);
    const listed = (await world.as('wu').get('/plans?limit=200')).body.items.map(
      (one: { id: string }) => one.id,
    );
    expect([listed.includes(both.id), listed.includes(own.id)]).toEqual([true, false]);
    // An inspector of the same zone who belongs to no school sees both.
    expect(await units('wang', both.id)).toEqual([schoolLiu, schoolWu]);
    expect(await units('wang', own.id)).toEqual([schoolWu]);
    // Told once the visit is on record.
    await world.dataSource.query(
      `UPDATE inspections SET status = 'submitted', submitted_at = now(), submitted_by = lead_id WHERE plan_id = $1 AND unit_id = $2`,
      [both.id, schoolWu],
    );
    expect(await units('wu', both.id)).toEqual([schoolLiu, schoolWu]);
    expect(await planned('wu')).toEqual([some(2, 1), some(2, 1)]);
  });

  test('who belongs to a unit plans no visit there, whatever the office; a colleague does', async () => {
    const move = (unitId: string | null) =>
      world.as('admin').patch(`/users/${world.cast.people.li}`, { unitId });
    expect((await move(world.cast.units.schoolLiu)).status).toBe(200);
    const body = plan({ assignments: [visit('schoolLiu', 'wang')] });
    const answer = await world.as('li').post('/plans', body);
    expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
      403,
      'access.denied',
      '/assignments/0/unitId',
    ]);
    expect((await world.as('qian').post('/plans', body)).status).toBe(201);
    await move(null);
  });

  test('schools, the technician and another district do not even see plans', async () => {
    const made = await world.as('qian').post('/plans', plan({ assignments: [visit('schoolLiu', 'wang')] }));
    const path = `/plans/${made.body.id}`;
    expect((await world.as('liu').get(path)).status).toBe(403);
    expect((await world.as('admin').get(path)).status).toBe(403);
    expect((await world.as('strangerHead').get(path)).status).toBe(404);
    expect((await world.as('strangerHead').post(`${path}/launch`)).status).toBe(404);
    expect((await world.as('strangerHead').get('/plans')).body.items).toEqual([]);
    expect((await world.as('chen').get(path)).status).toBe(404);
    expect((await world.as('wang').get(path)).status).toBe(200);
    expect((await world.as('auditor').get(path)).status).toBe(200);
    expect((await world.as('auditor').post('/plans', plan())).status).toBe(403);
    const page = await world.as('zhao').get('/plans?limit=1&status=draft&count=true');
    expect(page.body.items).toHaveLength(1);
    expect(page.body.count).toBeGreaterThan(1);
    const next = await world.as('zhao').get(`/plans?limit=1&status=draft&cursor=${page.body.nextCursor}`);
    expect(next.body.items[0].id < page.body.items[0].id).toBe(true);
  });
});
