/** The sheet on which a head teacher sees how the school stands: its own figures and nobody else's. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pdfText } from '#documents/fixtures/read-back.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
let checklist: string;
beforeAll(async () => {
  world = await startWorld();
  checklist = await publishChecklist(world, ['SJ-ZY-05', { itemCode: 'SJ-ZY-06' }]);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const summary = (who: PersonName, unit: PlaceName, query = '') =>
  world
    .as(who)
    .get(
      `/${unit === 'institution' ? 'institutions' : 'schools'}/${world.cast.units[unit]}/summary.pdf${query}`,
    );
const told = async (who: PersonName, unit: PlaceName = 'schoolLiu', query = '') => {
  const answer = await summary(who, unit, query);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/pdf']);
  return pdfText(answer.body);
};
const act = (who: PersonName, id: string, action: string, body: object = {}) =>
  world.as(who).post(`/issues/${id}/transitions`, { action, ...body });
async function issue(
  finding: string,
  dueOn: string,
  unit: PlaceName = 'schoolLiu',
  category = '作业管理',
): Promise<string> {
  const made = await world.as('qian').post('/issues', {
    unitId: world.cast.units[unit],
    category,
    finding,
    severity: 'minor',
  });
  expect((await act('qian', made.body.id, 'issue_notice', { requirements: '整改', dueOn })).status).toBe(200);
  return made.body.id;
}
/** Fills and submits; one of the two items fails where `failed` says so. */
async function visit(who: PersonName, kind: string, failed: boolean, at: string): Promise<void> {
  const id = randomUUID();
  const head = {
    unitId: world.cast.units.schoolLiu,
    checklistId: checklist,
    kind,
    scheduledOn: at.slice(0, 10),
  };
  const me = world.cast.people[who];
  expect((await world.as(who).put(`/inspections/${id}`, { ...head, team: [me], leadId: me })).status).toBe(
    201,
  );
  const answer = (itemCode: string, verdict: string) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt: at,
    ...(verdict === 'non_compliant' ? { note: `${kind}发现的情况` } : {}),
  });
  const operations = [
    answer('SJ-ZY-05', failed ? 'non_compliant' : 'compliant'),
    answer('SJ-ZY-06', 'compliant'),
  ];
  await world.as(who).post(`/inspections/${id}/answers`, { operations });
  const done = await world.as(who).post(`/inspections/${id}/submit`, { summary: '已检查' });
  expect([done.status, done.body.code]).toEqual([200, undefined]);
}

test('a school nobody has visited yet says so', async () => {
  const text = await told('liu');
  expect(text).toContain('当前状态未督导');
  expect(text).toContain('没有未销号的问题。');
  expect(text).toContain('本期没有提交的督导记录。');
});

test('Liu reads visits, rates, open and closed issues and deadlines; self-checks stand apart', async () => {
  await visit('wang', 'routine', true, '2026-03-09T02:00:00.000Z');
  await visit('liu', 'self_check', true, '2026-03-09T05:00:00.000Z');
  const late = await issue('作业公示不及时', '2026-03-12');
  const done = await issue('作业超量', '2026-03-20');
  await act('liu', done, 'request_close', { measures: '已压减' });
  await act('zhao', done, 'close', { note: '同意' });
  world.setNow('2026-03-16');
  await act('zhao', late, 'escalate', { step: 'supervision_order', note: '督办' });

  const text = await told('liu');
  for (const part of [
    '当前状态督办中',
    '督导次数1次',
    '最近督导2026年3月9日',
    '要点达标1/2',
    '登记3个，销号1个',
    '未销号2个，其中逾期1个',
    '作业公示不及时',
    '（督办）',
    '2026年3月12日（已逾期）',
    '三、本期销号问题（1个）',
    '2026年3月10日（按期申请）',
    '2026年3月9日经常性督导作业专项检查表第1版',
    'routine发现的情况',
    '五、自查（1次，单列）',
    '自查发现的问题（1个）',
    'self_check发现的情况',
  ]) {
    expect(text).toContain(part);
  }
  const [own] = text.split('五、自查');
  expect(own).not.toContain('self_check发现的情况');
  const [one, same] = await Promise.all([summary('liu', 'schoolLiu'), summary('wang', 'schoolLiu')]);
  expect(one!.body.equals(same!.body)).toBe(true);
});

test('the period is this term until today, or what is asked for', async () => {
  world.setNow('2026-03-16');
  const [term] = (await world.as('liu').get('/settings')).body.terms
    .filter((one: { from: string }) => one.from <= '2026-03-16')
    .slice(-1);
  expect(await told('liu')).toContain(`（${term.name}）`.replace(/\s/g, ''));
  const before = await told('liu', 'schoolLiu', '?from=2026-02-20&to=2026-03-08');
  expect(before).toContain('2026年2月20日至2026年3月8日');
  expect(before).toContain('督导次数0次');
  expect(before).toContain('登记0个，销号0个');
  // What is open stays open whatever the period.
  expect(before).toContain('二、未销号问题（2个）');
  expect(refusal(await summary('liu', 'schoolLiu', '?from=2026-03-08&to=2026-03-01'))).toBe(
    '400 request.invalid',
  );
  expect(refusal(await summary('liu', 'schoolLiu', '?from=2026-02-30'))).toBe('400 request.invalid');
});

test('another school, zone or district does not even see it; the technician may not ask', async () => {
  for (const who of ['zhao', 'qian', 'sun', 'li', 'wang', 'feng', 'liu', 'zhou', 'auditor'] as const) {
    expect([who, (await summary(who, 'schoolLiu')).status]).toEqual([who, 200]);
  }
  for (const who of ['zheng', 'chen', 'strangerHead', 'strangerInspector'] as const) {
    expect([who, (await summary(who, 'schoolLiu')).status]).toEqual([who, 404]);
  }
  expect((await summary('admin', 'schoolLiu')).status).toBe(403);
  const crossed = await world.as('zhao').get(`/institutions/${world.cast.units.schoolLiu}/summary.pdf`);
  expect(refusal(crossed)).toBe('404 resource.not_found');
});

test('an institution has its own, read by its head and the office', async () => {
  world.setNow('2026-03-16');
  await issue('晚于20:30结束培训', '2026-03-30', 'institution');
  const text = await told('zheng', 'institution');
  expect(text).toContain('单位类型校外培训机构');
  expect(text).toContain('晚于20:30结束培训');
  expect(text).not.toContain('作业公示不及时');
  expect((await summary('liu', 'institution')).status).toBe(404);
});

test('areas stand in the order of forms and circulars', async () => {
  const areas = ['作业管理', '体育锻炼', '公示与监督'];
  for (const area of areas.toReversed()) await issue(`${area}方面的情况`, '2026-04-10', 'schoolWest', area);
  const text = await told('zhao', 'schoolWest');
  const table = text.slice(text.indexOf('一、各类情况'), text.indexOf('二、未销号问题'));
  const places = areas.map((area) => table.indexOf(area));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});
