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
});
