/** What a client sends that wants the server to fail: every answer is a refusal in the words of the contract. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeCursor } from '#core/foundation/paging.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const ID = '01890000-0000-7000-8000-000000000000';

describe('cursors that this server never made', () => {
  const dashes = '-'.repeat(36);
  test.each([
    ['/issues', [0, null, dashes]],
    ['/issues?sort=dueOn', [0, '2026-02-30', ID]],
    ['/inspections', ['2026-03-10', dashes]],
    ['/audit-log', ['2026-03-10 99:99:99+00', 1]],
    ['/audit-log', ['2026-02-30 08:00:00+00', 1]],
    ['/schools', ['\u0000']],
    ['/zones', ['\ud800']],
    ['/compliance/units', ['\u0000']],
  ])('%s %j', async (path, values) => {
    const cursor = encodeCursor(values as (string | number | null)[]);
    const answer = await world.as('zhao').get(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(refusal(answer)).toBe('400 request.cursor_invalid');
  });

  test('the change feed', async () => {
    const since = encodeCursor([world.cast.districts.A, 0, dashes, '']);
    expect(refusal(await world.as('li').get(`/compliance/changes?since=${since}`))).toBe(
      '400 request.cursor_invalid',
    );
    const made = (await world.as('li').get('/compliance/changes')).body.nextCursor;
    expect((await world.as('li').get(`/compliance/changes?since=${made}`)).status).toBe(200);
  });
});

describe('days that are none', () => {
  test.each(['2026-02-30', '2026-13-01T00:00:00Z', '0050-01-01', '9999-12-31'])(
    'the ledger as of %s',
    async (asOf) => {
      expect(refusal(await world.as('zhao').get(`/issues?asOf=${asOf}`))).toBe('400 request.invalid');
      const job = { kind: 'issues', format: 'csv', filter: { asOf } };
      expect(refusal(await world.as('zhao').post('/exports', job))).toBe('400 request.invalid');
    },
  );

  test('before anything was registered the ledger was empty', async () => {
    expect((await world.as('zhao').get('/issues?asOf=1970-01-01')).body.items).toEqual([]);
  });

  test('the history up to the last day that can be typed', async () => {
    expect((await world.as('zhao').get('/audit-log?to=9999-12-31')).status).toBe(200);
  });

  test('an account that ends on the last day of the calendar may be used until then', async () => {
    const path = `/users/${world.cast.people.auditor}`;
    expect((await world.as('admin').patch(path, { validUntil: '9999-12-31' })).status).toBe(200);
    expect((await world.as('auditor').get('/me')).status).toBe(200);
    expect((await world.as('admin').patch(path, { validUntil: null })).status).toBe(200);
  });
});

describe('bodies made to exhaust', () => {
  const nested = (depth: number) =>
    Buffer.from(`{"action":"plan","plan":${'['.repeat(depth)}${']'.repeat(depth)}}`);

  test.each([40, 200_000])('nested %d deep', async (depth) => {
    for (const headers of [undefined, { 'idempotency-key': `deep-${depth}` }]) {
      const options = { payload: nested(depth), type: 'application/json', ...(headers && { headers }) };
      const answer = await world.as('zhao').post(`/issues/${ID}/transitions`, undefined, options);
      expect(refusal(answer)).toBe('400 request.malformed');
    }
  });

  test('as deep as the contract goes is read', async () => {
    const options = { payload: nested(3), type: 'application/json' };
    const answer = await world.as('zhao').post(`/issues/${ID}/transitions`, undefined, options);
    expect(refusal(answer)).toBe('404 resource.not_found');
  });
});

describe('the ledger asked in crooked ways', () => {
  test('a cursor of one order is refused in another; a status asked for twice is listed once', async () => {
    for (const finding of ['甲问题', '乙问题', '丙问题']) {
      const unitId = world.cast.units.schoolLiu;
      await world.as('wang').post('/issues', { unitId, category: '作业管理', finding, severity: 'minor' });
    }
    const first = await world.as('qian').get('/issues?limit=1&sort=severity');
    expect(first.body.nextCursor).toEqual(expect.any(String));
    const turned = await world.as('qian').get(`/issues?limit=1&sort=-dueOn&cursor=${first.body.nextCursor}`);
    expect(refusal(turned)).toBe('400 request.cursor_invalid');
    const twice = await world.as('qian').get('/issues?status=registered,registered,rectifying');
    const ids = twice.body.items.map((issue: { id: string }) => issue.id);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
