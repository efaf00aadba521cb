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
    expect([ready.status, ready.body]).toEqual([
      200,
      { status: 'ready', database: 'ok', queue: { mode: 'inline', status: 'ok' } },
    ]);
  });

  test('a job that no worker takes is reported, and does not make the API unready', async () => {
    await world.dataSource.query(
      `INSERT INTO outbox (district_id, job, key, payload, not_before)
       VALUES ($1, 'export.write', 'x', '{}', now() - interval '1 minute')`,
      [world.cast.districts.A],
    );
    const ready = await world.with().get('/readyz');
    expect([ready.status, ready.body.queue.status]).toEqual([200, 'stalled']);
    const metrics = await world.with().get('/metrics');
    expect(metrics.headers['content-type']).toMatch('text/plain');
    expect(metrics.text).toMatch(/^dudao_outbox_rows 1$/m);
    for (const state of ['open', 'idle', 'waited_for', 'shared'])
      expect(metrics.text).toMatch(
        new RegExp(`^dudao_database_connections\\{state="${state}"\\} \\d+$`, 'm'),
      );
    expect(metrics.text).toMatch(
      /dudao_http_request_duration_seconds_count\{method="GET",route="\/readyz",status="200"\} \d/,
    );
    const outside = await world.with().get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(outside.status).toBe(404);
  });

  test('what is no JSON, or of no known type, is a problem too', async () => {
    const send = (type: string, payload: string) =>
      world.with().post('/auth/login', undefined, { payload: Buffer.from(payload), type });
    expect([
      (await send('application/json', '{"a":')).body.code,
      (await send('text/x-none', 'a')).body.code,
    ]).toEqual(['request.malformed', 'request.unsupported_type']);
    expect((await send('application/json', `"${'a'.repeat(5_000_000)}"`)).body.code).toBe(
      'request.too_large',
    );
  });

  test('an unknown address is a problem, not a page', async () => {
    const answer = await world.with().get('/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('request.not_found');
    expect(answer.headers['content-type']).toMatch('application/problem+json');
  });
});
