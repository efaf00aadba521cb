/** Visits: arranged, seen by whom they concern, printed, the school’s own, and taken along offline. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { PersonName } from '#testkit/cast.js';
import { startWorld, type World } from '#testkit/world.js';
import { T, visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  checklistId = await visitChecklist(world);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

type Change = Record<string, unknown>;
const { op, head, visit, send, pass, fail } = visitHands(
  () => world,
  () => checklistId,
);

describe('the head', () => {
  test('inspector Wang arranges a visit, changes the day, and the same again changes nothing', async () => {
    const id = await visit();
    const same = await world.as('wang').put(`/inspections/${id}`, head());
    expect([same.status, same.body.status, same.body.revision]).toEqual([200, 'assigned', 1]);
    expect(same.body.team.sort()).toEqual([world.cast.people.wang, world.cast.people.feng].sort());
    const moved = await world.as('wang').put(`/inspections/${id}`, head({ scheduledOn: '2026-03-12' }));
    expect([moved.status, moved.body.scheduledOn, moved.body.revision]).toEqual([200, '2026-03-12', 2]);
    const stale = await world
      .as('wang')
      .put(`/inspections/${id}`, head(), { headers: { 'if-match': '"old"' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'request.stale']);
  });

  test('any UUID will do, and an id of another district or zone is only ever taken', async () => {
    const id = await visit();
    const stranger = await world.as('strangerInspector').put(`/inspections/${id}`, head());
    expect([stranger.status, stranger.body.code]).toEqual([404, 'resource.not_found']);
    const west = await world.as('chen').put(
      `/inspections/${id}`,
      head({
        unitId: world.cast.units.schoolWest,
        team: [world.cast.people.chen],
        leadId: world.cast.people.chen,
      }),
    );
    expect([west.status, west.body.code]).toEqual([409, 'inspection.id_taken']);
  });

  test('who belongs to the school is recused, wherever the name stands', async () => {
    const unitId = world.cast.units.schoolWu;
    const wu = world.cast.people.wu;
    const asMember = await world
      .as('li')
      .put(`/inspections/${randomUUID()}`, head({ unitId, team: [wu], leadId: wu }));
    expect([asMember.status, asMember.body.code]).toEqual([403, 'inspection.recused']);
    const herself = await world
      .as('wu')
      .put(`/inspections/${randomUUID()}`, head({ unitId, team: [wu], leadId: wu }));
    expect([herself.status, herself.body.code]).toEqual([403, 'inspection.recused']);
    // Elsewhere she inspects like anybody else.
    await visit({ team: [wu], leadId: wu }, 'wu');
  });

  test('a team of strangers, without its lead or without its arranger is refused', async () => {
    const { people } = world.cast;
    const put = (by: PersonName, more: Change) =>
      world.as(by).put(`/inspections/${randomUUID()}`, head(more));
    const notLead = await put('wang', { leadId: people.chen });
    expect([notLead.status, notLead.body.errors[0].pointer]).toEqual([400, '/leadId']);
    const other = await put('wang', { team: [people.wang, people.strangerInspector] });
    expect([other.status, other.body.errors[0].code]).toEqual([400, 'team.unknown']);
    const school = await put('qian', { team: [people.liu], leadId: people.liu });
    expect([school.status, school.body.code]).toEqual([403, 'inspection.recused']);
    const notMe = await put('feng', { team: [people.wang], leadId: people.wang });
    expect([notMe.status, notMe.body.code]).toEqual([403, 'access.denied']);
    expect((await put('chen', { team: [people.chen], leadId: people.chen })).status).toBe(404);
    expect((await put('liu', {})).status).toBe(403);
    expect((await put('auditor', {})).status).toBe(403);
  });

  test('a checklist must be published and made for such a unit', async () => {
    const draft = await world.as('qian').post('/checklists', {
      code: 'DRAFT',
      title: '草稿',
      subject: 'school',
      coverage: 'partial',
      items: [{ itemCode: 'SJ-ZY-05' }],
    });
    const unpublished = await world
      .as('qian')
      .put(`/inspections/${randomUUID()}`, head({ checklistId: draft.body.id }));
    expect([unpublished.status, unpublished.body.code]).toEqual([409, 'checklist.not_published']);
    const wrong = await world
      .as('qian')
      .put(`/inspections/${randomUUID()}`, head({ unitId: world.cast.units.institution }));
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/checklistId']);
  });

  test('with answers in it unit and checklist stay; day and team may change', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
    const moved = await world
      .as('wang')
      .put(`/inspections/${id}`, head({ unitId: world.cast.units.schoolWu }));
    expect([moved.status, moved.body.code]).toEqual([409, 'inspection.head_locked']);
    const team = [world.cast.people.wang];
    expect((await world.as('wang').put(`/inspections/${id}`, head({ team }))).status).toBe(200);
    const gone = await send('feng', id, [op('SJ-ZY-05', 'compliant')]);
    expect([gone.status, gone.body.code]).toEqual([403, 'inspection.not_on_team']);
  });
});

describe('who sees it', () => {
  test('office, zone and team see a draft; the school, another zone and another district do not', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
    for (const who of ['zhao', 'sun', 'li', 'wang', 'feng', 'auditor'] as const) {
      expect([who, (await world.as(who).get(`/inspections/${id}`)).status]).toEqual([who, 200]);
    }
    for (const who of ['liu', 'zhou', 'wu', 'chen', 'zheng', 'strangerHead', 'strangerInspector'] as const) {
      // Wu is an inspector of this zone and sees it; she belongs to another school.
      const expected = who === 'wu' ? 200 : 404;
      expect([who, (await world.as(who).get(`/inspections/${id}`)).status]).toEqual([who, expected]);
      const listed = await world.as(who).get('/inspections');
      const ids = listed.body.items.map((one: { id: string }) => one.id);
      expect([who, ids.includes(id)]).toEqual([who, expected === 200]);
    }
    expect((await world.as('liu').post(`/inspections/${id}/answers`, { operations: [] })).status).toBe(404);
    expect((await world.as('admin').get(`/inspections/${id}`)).status).toBe(403);
    expect((await world.as('li').post(`/inspections/${id}/answers`, { operations: [] })).body.code).toBe(
      'inspection.not_on_team',
    );
  });

  test('an inspector of a school does not see how another team writes about it', async () => {
    const unitId = world.cast.units.schoolWu;
    const id = await visit({ unitId });
    expect((await world.as('wu').get(`/inspections/${id}`)).status).toBe(404);
    expect((await world.as('wu').get(`/inspections?unitId=${unitId}`)).body.items).toEqual([]);
  });

  test('an inspector of another zone sees what he is assigned to, and the list says whose it is', async () => {
    const { people } = world.cast;
    const id = await visit({ team: [people.chen, people.wang], leadId: people.wang }, 'qian');
    const mine = await world.as('chen').get('/inspections?assignedTo=me&status=assigned&limit=200');
    expect(mine.body.items.map((one: { id: string }) => one.id)).toContain(id);
    expect(
      (await world.as('feng').get('/inspections?assignedTo=me')).body.items.map(
        (one: { id: string }) => one.id,
      ),
    ).not.toContain(id);
  });

  test('pages of the list follow each other without a gap', async () => {
    const all = await world.as('zhao').get('/inspections?limit=200&count=true');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await world
        .as('zhao')
        .get(`/inspections?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(all.body.items.map((one: { id: string }) => one.id));
    expect(all.body.count).toBe(seen.length);
  });
});

test('the record is printed with its photos, for those who see the inspection', async () => {
  const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#357' } })
    .jpeg()
    .toBuffer();
  const sha256 = createHash('sha256').update(jpeg).digest('hex');
  const put = await world
    .as('wang')
    .put(`/attachments/${sha256}`, undefined, { payload: jpeg, type: 'image/jpeg' });
  expect(put.status).toBeLessThan(300);
  const id = await visit();
  await send('wang', id, [...pass().slice(0, 3), op('SJ-ZY-13', 'compliant', { attachments: [sha256] })]);
  const draft = await world.as('wang').get(`/inspections/${id}/record.pdf`);
  expect([draft.status, draft.headers['content-type'], draft.body.subarray(0, 5).toString()]).toEqual([
    200,
    'application/pdf',
    '%PDF-',
  ]);
  expect((await world.as('liu').get(`/inspections/${id}/record.pdf`)).status).toBe(404);
  await world.as('wang').post(`/inspections/${id}/submit`, {
    summary: '作业管理规范',
    signatures: [{ role: 'lead', name: '王督学', attachment: sha256, signedAt: T }],
  });
  const [one, same] = await Promise.all(
    [1, 2].map(() => world.as('liu').get(`/inspections/${id}/record.pdf`)),
  );
  expect(one!.status).toBe(200);
  expect(one!.body.includes('/Subtype /Image')).toBe(true);
  expect(same!.body.equals(one!.body)).toBe(true);
  expect((await world.as('strangerHead').get(`/inspections/${id}/record.pdf`)).status).toBe(404);
});

test('a self-check is the school’s own: its people fill it, its findings are their list, its status stays', async () => {
  const { liu, zhou } = world.cast.people;
  const own = { kind: 'self_check', team: [liu, zhou], leadId: liu };
  const before = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
    world.cast.units.schoolLiu,
  ]);
  const id = await visit(own, 'zhou');
  const asVisit = await world
    .as('liu')
    .put(`/inspections/${randomUUID()}`, head({ team: [liu], leadId: liu }));
  expect(asVisit.status).toBe(403);
  const elsewhere = await world
    .as('liu')
    .put(`/inspections/${randomUUID()}`, head({ ...own, unitId: world.cast.units.schoolWu }));
  expect(elsewhere.status).toBe(404);
  expect((await send('wang', id, [op('SJ-ZY-05', 'compliant')])).body.code).toBe('inspection.not_on_team');
  await send('zhou', id, fail());
  expect((await world.as('zhou').post(`/inspections/${id}/submit`, { summary: '好' })).body.code).toBe(
    'inspection.not_lead',
  );
  const done = await world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查发现三项' });
  expect(done.body.issues.map((one: Change) => one.source)).toEqual([
    'self_check',
    'self_check',
    'self_check',
  ]);
  const again = await world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查发现三项' });
  expect(again.body).toEqual(done.body);
  const after = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
    world.cast.units.schoolLiu,
  ]);
  expect(after[0]?.facts ?? {}).toEqual(before[0]?.facts ?? {});
  const figures = await world.dataSource.query(
    `SELECT DISTINCT self_check FROM measurements WHERE inspection_id = $1`,
    [id],
  );
  expect(figures).toEqual([{ self_check: true }]);
});

test('the work package holds what Wang needs offline, and 304 while nothing changed', async () => {
  const before = await visit();
  await send('wang', before, fail());
  await world.as('wang').post(`/inspections/${before}/submit`, { summary: '发现三项' });
  const id = await visit();
  await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
  const got = await world.as('wang').get('/me/work-package');
  const mine = got.body.inspections.find((one: Change) => one.id === id);
  expect(mine.answers.map((a: Change) => [a.itemCode, a.revision])).toEqual([['SJ-ZY-05', 1]]);
  const list = got.body.checklists.find((one: Change) => one.id === checklistId);
  expect(list.items.find((one: Change) => one.itemCode === 'SJ-ZY-02').judge.limit).toBe(60);
  expect(got.body.units.map((one: Change) => one.id)).toContain(world.cast.units.schoolLiu);
  expect(
    got.body.issues.every(
      (one: Change) => one.unitId === world.cast.units.schoolLiu || one.unitId === world.cast.units.schoolWu,
    ),
  ).toBe(true);
  expect(got.body.issues.length).toBeGreaterThan(0);
  expect(got.headers['x-server-time']).toBe(world.now().toISOString());
  world.setNow('2026-03-10T03:00:00Z');
  const same = await world
    .as('wang')
    .get('/me/work-package', { headers: { 'if-none-match': got.headers.etag! } });
  expect(same.status).toBe(304);
  const other = await world.as('chen').get('/me/work-package');
  expect(other.body.inspections.map((one: Change) => one.id)).not.toContain(id);
  const school = await world.as('liu').get('/me/work-package');
  expect(school.body.inspections).toEqual([]);
});
