import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pdfText } from '#documents/fixtures/read-back.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function notice(unit: PlaceName, by: PersonName = 'qian', findings = ['作业超量', '手机管理不到位']) {
  const issueIds: string[] = [];
  for (const finding of findings) {
    const made = await world.as(by).post('/issues', {
      unitId: world.cast.units[unit],
      category: '作业管理',
      finding,
      severity: 'minor',
    });
    issueIds.push(made.body.id);
  }
  const done = await world
    .as(by)
    .post('/issues/transitions', { action: 'issue_notice', issueIds, requirements: '限期整改' });
  return { issueIds, id: done.body.results[0].issue.noticeId as string };
}

test('Liu finds the notice with its lines and receives it, once', async () => {
  const { id, issueIds } = await notice('schoolLiu');
  const seen = (await world.as('liu').get(`/notices/${id}`)).body;
  expect(seen).toMatchObject({
    number: '教督改〔2026〕1号',
    unit: { name: '明德小学', kind: 'school' },
    inspectionId: null,
    issuedOn: '2026-03-10',
    servedAt: '2026-03-10T02:00:00.000Z',
    signedBy: { name: '钱干事' },
    receipt: null,
  });
  expect(seen.lines.map((line: { issueId: string }) => line.issueId).sort()).toEqual([...issueIds].sort());
  expect(seen.lines[0]).toMatchObject({
    requirements: '限期整改',
    dueOn: '2026-04-22',
    severity: 'minor',
    mode: 'time_limited',
  });

  expect(
    (await world.as('liu').get('/notices?received=false')).body.items.map((n: { id: string }) => n.id),
  ).toEqual([id]);
  const received = await world.as('liu').post(`/notices/${id}/receipt`, { receivedBy: '刘校长' });
  expect(received.status).toBe(200);
  expect(received.body.receipt).toMatchObject({ receivedBy: '刘校长', refused: false, onBehalf: false });
  expect(refusal(await world.as('zhou').post(`/notices/${id}/receipt`, { receivedBy: '周干事' }))).toBe(
    '409 notice.already_received',
  );
  expect((await world.as('liu').get('/notices?received=true&count=true')).body).toMatchObject({
    count: 1,
    nextCursor: null,
  });
});

test('another school, zone or district sees neither notice nor document', async () => {
  const { id } = await notice('schoolLiu');
  for (const who of ['zheng', 'chen', 'strangerHead'] as const) {
    expect([who, (await world.as(who).get(`/notices/${id}`)).status]).toEqual([who, 404]);
    expect([who, (await world.as(who).get(`/notices/${id}/pdf`)).status]).toEqual([who, 404]);
    expect([who, (await world.as(who).post(`/notices/${id}/receipt`, { receivedBy: 'x' })).status]).toEqual([
      who,
      404,
    ]);
  }
  expect((await world.as('chen').get('/notices')).body.items).toEqual([]);
  expect((await world.as('admin').get('/notices')).status).toBe(403);
});

test('Qian records a receipt only where the unit has no leader or refuses', async () => {
  const { id } = await notice('schoolLiu');
  const record = (on: string, body: object) => world.as('qian').post(`/notices/${on}/receipt`, body);
  expect(refusal(await record(id, { receivedBy: '刘校长' }))).toBe('403 issue.not_permitted');
  expect(
    (await record(id, { receivedBy: '门卫', refused: true, note: '留置送达' })).body.receipt,
  ).toMatchObject({
    refused: true,
    onBehalf: true,
    recordedBy: { name: '钱干事' },
  });
  const west = await notice('schoolWest');
  expect((await record(west.id, { receivedBy: '西山校长' })).body.receipt.onBehalf).toBe(true);
  expect(refusal(await world.as('wang').post(`/notices/${id}/receipt`, { receivedBy: 'x' }))).toBe(
    '403 issue.not_permitted',
  );
});

test('a refusal says what happened; told again it is named as such, and who refused may sign later', async () => {
  const { id } = await notice('schoolLiu');
  const unsigned = async (): Promise<string[]> =>
    (await world.as('qian').get('/notices?received=false&limit=200')).body.items.map(
      (one: { id: string }) => one.id,
    );
  const refuse = (body: object = {}) =>
    world.as('qian').post(`/notices/${id}/receipt`, { receivedBy: '门卫', refused: true, ...body });
  const bare = await refuse();
  expect(refusal(bare)).toBe('400 request.invalid');
  expect(bare.body.errors).toMatchObject([{ pointer: '/note' }]);
  expect((await refuse({ note: '门卫拒收，留置送达' })).body).toMatchObject({
    receipt: { refused: true },
    refusal: null,
  });
  const again = await refuse({ note: '又拒收' });
  expect(refusal(again)).toBe('409 notice.already_received');
  expect(again.body.detail).toContain('门卫已于2026年3月10日拒绝签收（钱干事登记）');
  expect(await unsigned()).toContain(id);

  const signed = await world.as('liu').post(`/notices/${id}/receipt`, { receivedBy: '刘校长' });
  expect(signed.body).toMatchObject({
    receipt: { receivedBy: '刘校长', refused: false },
    refusal: { receivedBy: '门卫', refused: true, note: '门卫拒收，留置送达' },
  });
  expect(signed.body.receipt).not.toHaveProperty('refusal');
  expect(await unsigned()).not.toContain(id);
  const printed = pdfText((await world.as('liu').get(`/notices/${id}/pdf`)).body);
  expect(printed).toContain('备注2026年3月10日，门卫拒绝签收（钱干事登记）：门卫拒收，留置送达');
  expect(refusal(await refuse({ note: '再拒收' }))).toBe('409 notice.already_received');
  const events = await world.dataSource.query(
    `SELECT data->'receipt'->'refused' AS refused FROM events WHERE subject_id = $1 AND action = 'receive' ORDER BY id`,
    [id],
  );
  expect(events).toEqual([{ refused: true }, { refused: false }]);
});

test('eight notices at once: numbers follow each other, and each year begins at 1', async () => {
  world.setNow('2025-03-10');
  const units: PlaceName[] = ['schoolLiu', 'schoolWest', 'institution', 'department'];
  await Promise.all(Array.from({ length: 8 }, (_, i) => notice(units[i % 4]!, 'qian', ['一'])));
  const numbers = (await world.as('zhao').get('/notices?limit=200')).body.items
    .map((one: { number: string }) => one.number)
    .filter((number: string) => number.includes('2025'));
  expect(numbers.toSorted()).toEqual(Array.from({ length: 8 }, (_, i) => `教督改〔2025〕${i + 1}号`));
  world.setNow('2026-03-10');
});

test('page by page, newest first', async () => {
  const all = (await world.as('zhao').get('/notices?limit=200')).body.items.map(
    (one: { id: string }) => one.id,
  );
  const ids: string[] = [];
  let cursor = '';
  do {
    const page = (await world.as('zhao').get(`/notices?limit=5${cursor && `&cursor=${cursor}`}`)).body;
    ids.push(...page.items.map((one: { id: string }) => one.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(ids).toEqual(all);
});

test('the notice and the close-out form are PDF documents', async () => {
  const { id, issueIds } = await notice('schoolLiu');
  const printed = await world.as('liu').get(`/notices/${id}/pdf`);
  expect([printed.status, printed.headers['content-type']]).toEqual([200, 'application/pdf']);
  expect(printed.body.subarray(0, 5).toString()).toBe('%PDF-');
  const form = await world.as('li').get(`/issues/${issueIds[0]}/closure.pdf`);
  expect([form.status, form.headers['content-type']]).toEqual([200, 'application/pdf']);
  expect((await world.as('chen').get(`/issues/${issueIds[0]}/closure.pdf`)).status).toBe(404);
});
