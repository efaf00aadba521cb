import { startWorld, type World } from '#testkit/world.js';

describe('health', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('anybody sees that the process is alive and ready', async () => {
    expect((await world.with().get('/healthz')).body).toEqual({ status: 'ok' });
    const ready = await world.with().get('/readyz');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready', database: 'ok' }]);
  });

  test('an unknown address is a problem, not a page', async () => {
    const answer = await world.with().get('/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('request.not_found');
    expect(answer.headers['content-type']).toMatch('application/problem+json');
  });
});
