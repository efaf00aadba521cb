/** Supervision orders 督办单: signed by a person, one for one matter, numbered without gaps, seen by who sees the matter. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pdfText } from '#documents/fixtures/read-back.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { refusal } from '#testkit/response.js';
import { type Response, startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const act = (who: PersonName, id: string, action: string, body: object = {}) =>
  world.as(who).post(`/issues/${id}/transitions`, { action, ...body });
const rise = (who: PersonName, id: string, step: string, more: object = {}) =>
  act(who, id, 'escalate', { step, note: '逾期未改，请立即落实', ...more });

/** An issue that was served on 10 March and is due on the day given. */
async function served(
  unit: PlaceName = 'schoolLiu',
  more: object = {},
  dueOn = '2026-03-20',
): Promise<string> {
  const made = await world.as('li').post('/issues', {
    unitId: world.cast.units[unit],
    category: '作业管理',
    finding: '三年级书面作业超过60分钟',
    severity: 'minor',
    ...more,
  });
  const answer = await act('li', made.body.id, 'issue_notice', { requirements: '立即压减作业', dueOn });
  expect(answer.status).toBe(200);
  return made.body.id;
}
const order = async (who: PersonName, id: string, query = '') =>
  world.as(who).get(`/issues/${id}/supervision-order.pdf${query}`);
const latest = (answer: Response) => answer.body.escalations.at(-1).order;

describe('a supervision order', () => {
  test('is issued when a person takes the matter to 督办, and neither before nor by anything else', async () => {
    const id = await served();
    expect(refusal(await order('li', id))).toBe('404 resource.not_found');
    world.setNow('2026-03-23');
    const urged = await rise('li', id, 'urging');
    expect(latest(urged)).toBeUndefined();
    expect(refusal(await order('li', id))).toBe('404 resource.not_found');

    const raised = await rise('li', id, 'supervision_order');
    expect(raised.status).toBe(200);
    expect(latest(raised)).toMatchObject({
      number: '教督办〔2026〕1号',
      colour: 'blue',
      completeBy: '2026-03-30',
    });
    const [event] = (await world.as('li').get(`/issues/${id}/events?limit=200`)).body.items.slice(-1);
    expect(event).toMatchObject({ action: 'escalate', details: { order: { number: '教督办〔2026〕1号' } } });

    const form = await world.as('li').get(`/issues/${id}/closure.pdf`);
    expect(pdfText(form.body)).toContain('逾期未改，请立即落实教督办〔2026〕1号');
    const printed = await order('liu', id);
    expect([printed.status, printed.headers['content-type']]).toEqual([200, 'application/pdf']);
    const text = pdfText(printed.body);
    for (const part of [
      '教育督导蓝色督办单',
      '教督办〔2026〕1号',
      '三年级书面作业超过60分钟',
      '一般，已逾期3天',
      '2026年3月23日催办（李片长）：逾期未改，请立即落实',
      '请于2026年3月30日前办结',
      '约谈、通报、问责',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('takes its colour from the days overdue, the grade and the step', async () => {
    const colours: [string, string, object, string][] = [
      ['supervision_order', '2026-03-29', {}, 'blue'],
      ['supervision_order', '2026-03-30', {}, 'orange'],
      ['supervision_order', '2026-04-04', {}, 'red'],
      ['supervision_order', '2026-03-23', { severity: 'serious' }, 'orange'],
      ['interview', '2026-03-23', {}, 'red'],
    ];
    for (const [step, today, more, colour] of colours) {
      world.setNow('2026-03-10');
      const id = await served('schoolLiu', more);
      world.setNow(today);
      const raised = await rise('zhao', id, step);
      expect([today, step, latest(raised).colour]).toEqual([today, step, colour]);
    }
  });

  test('follows the district’s own days, and refuses ones that contradict each other', async () => {
    const wrong = await world.as('zhao').patch('/settings', { orders: { orangeAfter: 20 } });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/orders/redAfter']);
    expect(
      (await world.as('zhao').patch('/settings', { orders: { orangeAfter: 2, blueDays: 1 } })).status,
    ).toBe(200);
    const id = await served();
    world.setNow('2026-03-23');
    expect(latest(await rise('zhao', id, 'supervision_order')).colour).toBe('orange');
    await world.as('zhao').patch('/settings', { orders: { orangeAfter: 10, blueDays: 5 } });
  });

  test('names the day that the signer gives; other steps of the ladder take none', async () => {
    const id = await served();
    world.setNow('2026-03-23');
    expect(refusal(await rise('li', id, 'urging', { dueOn: '2026-03-25' }))).toBe('400 request.invalid');
    expect(refusal(await rise('li', id, 'supervision_order', { dueOn: '2026-03-23' }))).toBe(
      '400 issue.due_not_after',
    );
    const raised = await rise('li', id, 'supervision_order', { dueOn: '2026-03-25' });
    expect(latest(raised).completeBy).toBe('2026-03-25');
    // The deadline of the matter itself stays: an order is no extension.
    expect([raised.body.dueOn, raised.body.overdue]).toEqual(['2026-03-20', true]);
  });

  test('stays as it was signed; the next one has its own number, and both can be asked for', async () => {
    const id = await served();
    world.setNow('2026-03-23');
    const first = latest(await rise('li', id, 'supervision_order'));
    const second = latest(await rise('zhao', id, 'interview'));
    expect(second.number).not.toBe(first.number);
    await act('liu', id, 'request_close', { measures: '已压减作业并公示' });
    await act('zhao', id, 'close', { note: '同意审结' });
    const newest = pdfText((await order('li', id)).body);
    expect(newest).toContain('教育督导红色督办单');
    expect(newest).toContain('约谈时间');
    expect(newest).toContain('已压减作业并公示');
    expect(newest).toContain('同意审结');
    const older = await order('li', id, `?number=${encodeURIComponent(first.number)}`);
    expect(pdfText(older.body)).toContain('教育督导蓝色督办单');
    expect(refusal(await order('li', id, '?number=教督办〔2026〕999号'))).toBe('404 resource.not_found');
    await expect(
      world.dataSource.query(`UPDATE supervision_orders SET colour = 'blue' WHERE number = $1`, [
        second.number,
      ]),
    ).rejects.toThrow('a signed order never changes');
    const [one, same] = await Promise.all([order('li', id), order('zhao', id)]);
    expect(one!.body.equals(same!.body)).toBe(true);
  });

  test('is seen by the school it concerns, its zone and the office; another school does not even see it', async () => {
    const id = await served();
    world.setNow('2026-03-23');
    await rise('li', id, 'supervision_order');
    for (const who of ['zhao', 'qian', 'sun', 'li', 'wang', 'liu', 'zhou', 'auditor'] as const) {
      expect([who, (await order(who, id)).status]).toEqual([who, 200]);
    }
    for (const who of ['zheng', 'chen', 'strangerHead', 'strangerInspector'] as const) {
      expect([who, (await order(who, id)).status]).toEqual([who, 404]);
    }
    expect((await order('admin', id)).status).toBe(403);
  });

  test('eight at once, some of them refused: numbers follow each other without a gap', async () => {
    world.setNow('2025-03-10');
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) ids.push(await served('schoolLiu', {}, '2025-03-20'));
    world.setNow('2025-03-24');
    const answers = await Promise.all(
      ids.map((id, i) => rise('zhao', id, 'supervision_order', i % 4 === 3 ? { dueOn: '2025-03-01' } : {})),
    );
    const numbers = answers.filter(({ status }) => status === 200).map((answer) => latest(answer).number);
    expect(numbers.toSorted()).toEqual(Array.from({ length: 6 }, (_, i) => `教督办〔2025〕${i + 1}号`));
  });

  test('many matters at once get one order each', async () => {
    const ids = [await served(), await served()];
    world.setNow('2026-03-23');
    const answer = await world.as('zhao').post('/issues/transitions', {
      action: 'escalate',
      issueIds: ids,
      step: 'supervision_order',
      note: '督办',
    });
    const numbers = answer.body.results.map(
      (one: { issue: { escalations: { order: { number: string } }[] } }) =>
        one.issue.escalations[0]?.order.number,
    );
    expect(new Set(numbers).size).toBe(2);
  });
});
