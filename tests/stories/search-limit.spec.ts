import { searchPatiently } from '#core/issues/search-limit.js';
import { startWorld, type World } from '#testkit/world.js';

describe('looking for a text in the ledger', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('finds it in findings, numbers and names of units, in the own reach', async () => {
    const { body } = await world.as('wang').post('/issues', {
      unitId: world.cast.units.schoolLiu,
      category: '作业管理',
      finding: '三（2）班语文作业未公示',
      severity: 'minor',
    });
    const found = async (who: 'wang' | 'chen', q: string) => {
      const answer = await world.as(who).get(`/issues?q=${encodeURIComponent(q)}&count=true`);
      expect(answer.status).toBe(200);
      return answer.body.items.map(({ id }: { id: string }) => id);
    };
    for (const q of ['公示', '明德', body.number, body.number.slice(-4)]) {
      expect([q, await found('wang', q), await found('chen', q)]).toEqual([q, [body.id], []]);
    }
    expect(await found('wang', '没有这样的话')).toEqual([]);
  });

  test('ends with a word of advice where it takes too long, and leaves the connection as it was', async () => {
    const ctx = world.systemCtx('A');
    const slow = (inner: typeof ctx) => inner.em.query('SELECT pg_sleep(20)');
    await expect(searchPatiently(ctx, { q: '公示' }, slow, 50)).rejects.toMatchObject({
      code: 'issue.search_too_wide',
      status: 422,
    });
    const limits = await Promise.all(
      Array.from({ length: 10 }, () => world.dataSource.query('SHOW statement_timeout')),
    );
    expect(new Set(limits.flat().map((row) => row.statement_timeout))).toEqual(new Set(['30s']));
  });

  test('a failure of another kind stays what it is, and a list without a text has no such limit', async () => {
    const ctx = world.systemCtx('A');
    const broken = () => Promise.reject(Object.assign(new Error('x'), { code: '08006' }));
    await expect(searchPatiently(ctx, { q: '公示' }, broken)).rejects.toMatchObject({ code: '08006' });
    const limit = await searchPatiently(ctx, {}, (inner) => inner.em.query('SHOW statement_timeout'), 50);
    expect(limit).toEqual([{ statement_timeout: '30s' }]);
  });
});
