import { startWorld, type World } from '#testkit/world.js';

describe('a school that moves to another zone', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.stop());

  test('takes its ledger along: the new zone’s inspector sees it, the old one’s no longer', async () => {
    const school = world.cast.units.schoolLiu;
    const registered = await world.as('wang').post('/issues', {
      unitId: school,
      category: '作业管理',
      finding: '抽查三个班，两个班未公示作业。',
      severity: 'minor',
    });
    expect(registered.status).toBe(201);
    const path = `/issues/${registered.body.id}`;
    expect([(await world.as('wang').get(path)).status, (await world.as('chen').get(path)).status]).toEqual([
      200, 404,
    ]);
    const moved = await world.as('qian').patch(`/schools/${school}`, { zoneId: world.cast.zones.west });
    expect(moved.status).toBe(200);
    expect([(await world.as('wang').get(path)).status, (await world.as('chen').get(path)).status]).toEqual([
      404, 200,
    ]);
    const listed = await world.as('chen').get(`/issues?zoneId=${world.cast.zones.west}`);
    expect(listed.body.items.map((issue: { id: string }) => issue.id)).toEqual([registered.body.id]);
  });

  test('also where an imported register moves it; another school’s ledger stays where it is', async () => {
    const register = async (unitId: string) =>
      (
        await world.as('li').post('/issues', {
          unitId,
          category: '作业管理',
          finding: '抽查两个班未公示作业。',
          severity: 'minor',
        })
      ).body.id;
    const { schoolLiu, schoolWu } = world.cast.units;
    await world.as('qian').patch(`/schools/${schoolLiu}`, { zoneId: world.cast.zones.east });
    const [moving, staying] = [await register(schoolLiu), await register(schoolWu)];
    const row = (code: string, name: string, stage: string, zone: string) =>
      `${code},${name},${stage},${zone}`;
    const csv = [
      '学校代码,学校名称,学段,责任区',
      row('3702030001', '明德小学', '小学', 'west'),
      row('3702030002', '育才初级中学', '初中', 'east'),
    ].join('\n');
    const imported = await world.as('qian').post('/schools/import?mode=upsert', undefined, {
      payload: Buffer.from(csv),
      type: 'text/csv',
    });
    expect([imported.status, imported.body.updated]).toEqual([200, 1]);
    const seen = async (who: 'wang' | 'chen', id: string) =>
      (await world.as(who).get(`/issues/${id}`)).status;
    expect([await seen('wang', moving), await seen('chen', moving)]).toEqual([404, 200]);
    expect([await seen('wang', staying), await seen('chen', staying)]).toEqual([200, 404]);
  });
});
