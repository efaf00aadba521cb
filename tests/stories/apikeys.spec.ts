import { startSecond } from '#testkit/second.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const make = (more: object = {}) =>
  world.as('admin').post('/api-keys', { name: '市级平台', scopes: ['compliance:read'], ...more });

describe('An API key', () => {
  it('is made by the technician, shown once and kept only as a hash', async () => {
    const made = await make({ ratePerMinute: 100, expiresAt: '2027-01-01T00:00:00+08:00' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      name: '市级平台',
      prefix: made.body.key.slice(0, 10),
      scopes: ['compliance:read'],
      ratePerMinute: 100,
      createdAt: world.now().toISOString(),
      createdBy: world.cast.people.admin,
      expiresAt: '2026-12-31T16:00:00.000Z',
      revokedAt: null,
      key: expect.stringMatching(/^ddk_[A-Za-z0-9_-]{43}$/),
    });
    const { key, ...shown } = made.body;
    const list = await world.as('admin').get('/api-keys');
    expect(list.body.items).toContainEqual(shown);
    expect(list.text).not.toContain(key);
    for (const table of ['api_keys', 'events', 'idempotency_keys', 'outbox']) {
      const rows = await world.dataSource.query(`SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(key);
    }
    const repeated = { headers: { 'idempotency-key': 'same' } };
    await world.as('admin').post('/api-keys', { name: '甲', scopes: ['issues:read'] }, repeated);
    const kept = await world.dataSource.query(`SELECT body FROM idempotency_keys`);
    expect(JSON.stringify(kept)).not.toContain('ddk_');
  });

  it('is there with its entry in the history or not at all', async () => {
    const named = (name: string) =>
      world.dataSource.query(`SELECT 1 FROM api_keys WHERE name = $1`, [name]) as Promise<unknown[]>;
    await world.dataSource.query(
      `ALTER TABLE events ADD CONSTRAINT no_history CHECK (subject_type <> 'api_key') NOT VALID`,
    );
    expect((await make({ name: '无据可查' })).status).toBe(500);
    await world.dataSource.query(`ALTER TABLE events DROP CONSTRAINT no_history`);
    expect(await named('无据可查')).toHaveLength(0);
    expect((await make({ name: '有据可查' })).status).toBe(201);
    expect(await named('有据可查')).toHaveLength(1);
  });

  it('opens what its scopes name, read only, in its own district', async () => {
    const client = world.with((await make()).body.key);
    const units = await client.get('/compliance/units');
    expect(units.status).toBe(200);
    expect(units.text).not.toContain('邻区');
    const refused = async (path: string) => {
      const answer = await client.get(path);
      return [answer.status, answer.body.code];
    };
    expect(await refused('/issues')).toEqual([403, 'access.scope_missing']);
    expect(await refused('/users')).toEqual([403, 'access.denied']);
    expect(await refused('/me')).toEqual([403, 'access.denied']);
    expect(await refused('/api-keys')).toEqual([403, 'access.denied']);
    expect((await client.post('/schools', {})).status).toBe(403);
    expect((await client.post('/auth/logout')).status).toBe(403);
  });

  it('ends when it is revoked, at once and for good, and when its time is over', async () => {
    const { id, key } = (await make({ expiresAt: '2026-03-11T00:00:00Z' })).body;
    const client = world.with(key);
    expect((await client.get('/compliance/units')).status).toBe(200);
    world.setNow('2026-03-11');
    expect((await client.get('/compliance/units')).body).toMatchObject({
      status: 401,
      code: 'auth.expired',
      detail: '接口密钥有误或已撤销，请向系统管理员核对',
    });
    world.setNow('2026-03-10');
    expect((await client.get('/compliance/units')).status).toBe(200);
    expect((await world.as('admin').delete(`/api-keys/${id}`)).status).toBe(204);
    expect((await client.get('/compliance/units')).status).toBe(401);
    expect((await world.as('admin').delete(`/api-keys/${id}`)).status).toBe(204);
    const listed = (await world.as('admin').get('/api-keys')).body.items.find(
      (one: { id: string }) => one.id === id,
    );
    expect(listed.revokedAt).toBe(world.now().toISOString());
    const events = await world.dataSource.query(
      `SELECT action FROM events WHERE subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(events.map((event: { action: string }) => event.action)).toEqual(['created', 'revoked']);
  });

  it('is nobody else’s to make, see or revoke, and takes no foreign field', async () => {
    const { id } = (await make()).body;
    for (const person of ['zhao', 'qian', 'wang', 'liu', 'auditor', 'strangerHead'] as const) {
      const voice = world.as(person);
      const statuses = [
        (await voice.get('/api-keys')).status,
        (await voice.post('/api-keys', { name: 'x', scopes: ['issues:read'] })).status,
        (await voice.delete(`/api-keys/${id}`)).status,
      ];
      expect([person, ...statuses]).toEqual([person, 403, 403, 403]);
    }
    for (const bad of [
      { scopes: [] },
      { scopes: ['issues:write'] },
      { ratePerMinute: 0 },
      { expiresAt: '2026-03-01T00:00:00Z' },
      { districtId: world.cast.districts.B },
      { key: 'ddk_mine' },
      { hash: 'x' },
    ]) {
      const answer = await make(bad);
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, `/${Object.keys(bad)[0]}`]);
    }
    expect((await world.as('admin').delete(`/api-keys/${world.cast.people.wang}`)).status).toBe(404);
  });
});

describe('The quota of a key', () => {
  it('is one for two processes, kept within 2 %, and says when to come again', async () => {
    const other = await startSecond(world);
    const perMinute = 100;
    const minute = () => Math.floor(Date.now() / 60_000);
    const spend = async () => {
      const { key } = (await make({ ratePerMinute: perMinute })).body;
      const began = minute();
      const answers = await Promise.all(
        Array.from({ length: 160 }, (_, i) =>
          (i % 2 ? world.app : other.app).inject({
            url: '/api/v1/compliance/units?limit=1',
            headers: { authorization: `Bearer ${key}` },
          }),
        ),
      );
      return { answers, within: began === minute() };
    };
    // A run across the turn of a minute has two quotas and proves nothing: it is told again.
    let told = await spend();
    if (!told.within) told = await spend();
    await other.stop();
    const passed = told.answers.filter((answer) => answer.statusCode === 200);
    const refused = told.answers.filter((answer) => answer.statusCode === 429);
    expect(passed.length + refused.length).toBe(160);
    expect(passed.length).toBeLessThanOrEqual(perMinute);
    expect(passed.length).toBeGreaterThanOrEqual(perMinute * 0.98);
    for (const answer of refused) {
      expect(answer.json().code).toBe('request.too_many');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    expect((await world.with().get('/healthz')).status).toBe(200);
  });
});
