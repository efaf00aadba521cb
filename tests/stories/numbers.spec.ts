/** Numbers of notices, orders and circulars: without gaps in each series, whatever the office calls it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PlaceName } from '#testkit/cast.js';
import { ok } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { type Desk, openDesk } from './circular-month.js';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await startWorld();
  desk = await openDesk(world);
  world.setNow('2026-03-10');
});
afterAll(() => world.stop());

const series = (documents: object) => world.as('zhao').patch('/settings', { documents });
async function notice(unit: PlaceName = 'schoolLiu'): Promise<string> {
  const qian = world.as('qian');
  const body = { unitId: world.cast.units[unit], category: '作业管理', finding: '超量', severity: 'minor' };
  const { id } = await ok(qian.post('/issues', body));
  const told = { action: 'issue_notice', requirements: '限期整改' };
  const { noticeId } = await ok(qian.post(`/issues/${id}/transitions`, told));
  return (await ok(qian.get(`/notices/${noticeId}`))).number;
}
async function circular(period: string, documentNumber?: string): Promise<string> {
  const id = await desk.drafted({ period });
  return (await ok(world.as('zhao').post(`/circulars/${id}/issue`, { documentNumber }))).documentNumber;
}

test('a series put in another’s place begins at 1, and the old one goes on where it stood', async () => {
  expect([await notice(), await notice()]).toEqual(['教督改〔2026〕1号', '教督改〔2026〕2号']);
  await ok(series({ noticeSeries: '教督改新' }));
  expect([await notice(), await notice()]).toEqual(['教督改新〔2026〕1号', '教督改新〔2026〕2号']);
  await ok(series({ noticeSeries: '教督改' }));
  const places: PlaceName[] = ['schoolLiu', 'schoolWest', 'institution', 'department'];
  const more = await Promise.all(places.map((place) => notice(place)));
  expect(more.toSorted()).toEqual([3, 4, 5, 6].map((n) => `教督改〔2026〕${n}号`));
});

test('what was the notices’ series gives the orders no number that a notice has', async () => {
  await ok(series({ noticeSeries: '教督改丙', orderSeries: '教督改' }));
  const { id } = await ok(
    world.as('qian').post('/issues', {
      unitId: world.cast.units.schoolLiu,
      category: '作业管理',
      finding: '逾期',
      severity: 'major',
    }),
  );
  const act = (body: object) => ok(world.as('zhao').post(`/issues/${id}/transitions`, body));
  await act({ action: 'issue_notice', requirements: '整改', dueOn: '2026-03-11' });
  world.setNow('2026-03-20');
  await act({ action: 'escalate', step: 'supervision_order', note: '逾期未整改' });
  const [order] = await world.dataSource.query(`SELECT number FROM supervision_orders WHERE issue_id = $1`, [
    id,
  ]);
  expect(order.number).toBe('教督改〔2026〕7号');
});

test('circulars too; a number typed ahead is passed over', async () => {
  world.setNow('2026-03-20');
  expect(await circular('2025-12')).toBe('教督通〔2026〕1号');
  expect(await circular('2025-11', '教督通〔2026〕3号')).toBe('教督通〔2026〕3号');
  await ok(series({ circularSeries: '教督通新' }));
  expect(await circular('2025-10')).toBe('教督通新〔2026〕1号');
  await ok(series({ circularSeries: '教督通' }));
  expect(await circular('2025-09')).toBe('教督通〔2026〕2号');
  expect(await circular('2025-08')).toBe('教督通〔2026〕4号');
});

test('two series of one text are refused, in whatever spelling', async () => {
  for (const orderSeries of ['教督通', ' 教 督 通']) {
    const refused = await series({ orderSeries });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([
      { pointer: '/documents/circularSeries', code: 'series.repeated' },
    ]);
  }
});
