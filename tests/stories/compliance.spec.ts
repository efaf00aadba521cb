import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeFacts, type FactsChange, touchFacts } from '#core/compliance/unit-facts.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import type { TalliedIssue } from '#rules/compliance.js';
import { apiClient } from '#testkit/hands.js';
import { startSecond } from '#testkit/second.js';
import { startWorld, type Voice, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const CODE = { liu: '3702030001', wu: '3702030002', west: '3702030003' };
const issue = (more: Partial<TalliedIssue> = {}): TalliedIssue => ({
  category: '作业管理',
  status: 'rectifying',
  source: 'visit',
  escalation: null,
  dueOn: null,
  requestedLate: false,
  ...more,
});
const registered = (more: Partial<TalliedIssue> = {}): FactsChange => ({
  issues: [{ before: null, after: issue(more) }],
});
const visited = (on: string, full = true): FactsChange => ({
  issues: [],
  visit: { on, full, categories: { 作业管理: { met: 9, judged: 10 } } },
});

/** Changes a unit's facts in a transaction of its own, as the ledger's verbs do. */
async function change(unit: keyof World['cast']['units'], what: FactsChange): Promise<void> {
  const effects: (() => void)[] = [];
  const district = world.cast.districts[unit === 'schoolOther' ? 'B' : 'A'];
  await world.dataSource.transaction((em) =>
    changeFacts(
      makeCtx(em, systemActor(district), world.now(), { afterCommit: (effect) => void effects.push(effect) }),
      world.cast.units[unit],
      what,
    ),
  );
  for (const effect of effects) effect();
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it did not come to pass');
}

async function drain(voice: Voice, since?: string) {
  const items = [];
  for (let cursor = since; ; ) {
    const { status, body } = await voice.get(
      `/compliance/changes?limit=2${cursor ? `&since=${encodeURIComponent(cursor)}` : ''}`,
    );
    expect(status).toBe(200);
    items.push(...body.items);
    cursor = body.nextCursor;
    if (!body.hasMore) return { items, cursor: cursor as string };
  }
}

test('a school is uninspected until a full visit, then compliant, rectifying, overdue and escalated', async () => {
  world.setNow('2026-03-10');
  const status = async () => (await world.as('qian').get(`/compliance/schools/${CODE.liu}`)).body;
  expect(await status()).toMatchObject({
    unit: { id: world.cast.units.schoolLiu, code: CODE.liu, name: '明德小学', districtCode: '370203' },
    status: 'uninspected',
    categories: [],
    metRate: { met: 0, judged: 0 },
    lastInspectionOn: null,
    asOfDate: '2026-03-10',
  });
  await change('schoolLiu', visited('2026-03-09', false));
  expect(await status()).toMatchObject({ status: 'uninspected', lastInspectionOn: '2026-03-09' });
  await change('schoolLiu', visited('2026-03-10'));
  expect(await status()).toMatchObject({ status: 'compliant', metRate: { met: 9, judged: 10 } });
  const open = issue({ dueOn: '2026-03-20' });
  await change('schoolLiu', { issues: [{ before: null, after: open }] });
  expect(await status()).toMatchObject({
    status: 'rectifying',
    open: 1,
    overdue: 0,
    nextDueOn: '2026-03-20',
  });

  world.setNow('2026-03-20T15:59:59.999Z');
  expect(await status()).toMatchObject({ status: 'rectifying', asOfDate: '2026-03-20' });
  world.setNow('2026-03-20T16:00:00.000Z');
  expect(await status()).toMatchObject({
    status: 'overdue',
    overdue: 1,
    nextDueOn: null,
    asOfDate: '2026-03-21',
    changedAt: '2026-03-20T16:00:00.000Z',
    categories: [
      { category: '作业管理', status: 'overdue', open: 1, overdue: 1, metRate: { met: 9, judged: 10 } },
    ],
  });
  const escalated = issue({ dueOn: '2026-03-20', escalation: 'supervision_order' });
  await change('schoolLiu', { issues: [{ before: open, after: escalated }] });
  expect((await status()).status).toBe('escalated');
  await change('schoolLiu', { issues: [{ before: escalated, after: issue({ status: 'closed' }) }] });
  expect(await status()).toMatchObject({ status: 'compliant', open: 0, closed: 1 });

  world.setNow('2026-09-01');
  expect(await status()).toMatchObject({ status: 'uninspected', changedAt: '2026-08-31T16:00:00.000Z' });
});

test('self-check findings make no school fail', async () => {
  world.setNow('2026-03-10');
  await change('schoolWest', visited('2026-03-10'));
  await change('schoolWest', registered({ source: 'self_check', dueOn: '2026-03-01' }));
  const { body } = await world.as('chen').get(`/compliance/schools/${world.cast.units.schoolWest}`);
  expect(body).toMatchObject({ status: 'compliant', open: 0 });
});

test('who asks again with the ETag is answered 304, until something changes or the day turns', async () => {
  world.setNow('2026-03-11');
  const ask = (etag?: string) =>
    world
      .as('qian')
      .get(`/compliance/schools/${CODE.wu}`, etag ? { headers: { 'if-none-match': etag } } : undefined);
  const first = await ask();
  expect(first.headers['etag']).toMatch(/^"/);
  expect((await ask(first.headers['etag'])).status).toBe(304);
  await change('schoolWu', registered({ dueOn: '2026-03-31' }));
  const second = await ask(first.headers['etag']);
  expect(second.status).toBe(200);
  expect(second.body.open).toBe(1);
  expect((await ask(second.headers['etag'])).status).toBe(304);
  world.setNow('2026-03-12');
  expect((await ask(second.headers['etag'])).status).toBe(200);
});

test('another process knows of a change at once; the one that wrote it has it with the answer', async () => {
  world.setNow('2026-03-12');
  const second = await startSecond(world);
  try {
    const token = await world.token('qian');
    const there = async () => {
      const url = `/api/v1/compliance/schools/${CODE.wu}`;
      const answer = await second.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
      return answer.json().open as number;
    };
    const here = async () =>
      (await world.as('qian').get(`/compliance/schools/${CODE.wu}`)).body.open as number;
    const before = await here();
    expect(await there()).toBe(before);
    for (let n = 1; n <= 20; n++) {
      const what = issue({ category: '睡眠作息' });
      await change('schoolWu', { issues: [{ before: null, after: what }] });
      expect(await here()).toBe(before + 1);
      await until(async () => (await there()) === before + 1);
      await change('schoolWu', { issues: [{ before: what, after: null }] });
      expect(await here()).toBe(before);
      await until(async () => (await there()) === before);
    }
  } finally {
    await second.stop();
  }
});

test('read again and again while it changes, a status is never older than the last answered change', async () => {
  const ask = async () =>
    (await world.as('qian').get(`/compliance/schools/${CODE.west}`)).body.open as number;
  const before = await ask();
  let written = before;
  let writing = true;
  const readers = Array.from({ length: 8 }, async () => {
    while (writing) {
      const known = written;
      expect(await ask()).toBeGreaterThanOrEqual(known);
      // Answers from memory never leave the turn of the event loop: let the writer have one, too.
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  for (let n = 0; n < 40; n++) {
    await change('schoolWest', registered({ category: '考试管理' }));
    written += 1;
  }
  writing = false;
  await Promise.all(readers);
  expect(await ask()).toBe(before + 40);
  const closing = Array.from({ length: 40 }, () => ({
    before: issue({ category: '考试管理' }),
    after: null,
  }));
  await change('schoolWest', { issues: closing });
});

test('a unit sees its own status, an inspector the own zone’s, a stranger none', async () => {
  const school = `/compliance/schools/${CODE.liu}`;
  expect((await world.as('liu').get(school)).status).toBe(200);
  expect((await world.as('wang').get(school)).status).toBe(200);
  expect((await world.as('wu').get(school)).status).toBe(200);
  for (const other of ['zheng', 'chen', 'strangerHead'] as const) {
    const refused = await world.as(other).get(school);
    expect([refused.status, refused.body.code]).toEqual([404, 'compliance.subject_unknown']);
    expect((await world.as(other).get(`${school}/items`)).status).toBe(404);
  }
  expect((await world.as('admin').get(school)).status).toBe(403);
  expect((await world.with().get(school)).status).toBe(401);
  const listed = await world.as('zheng').get('/compliance/units');
  expect(listed.body.items.map((one: { unit: { code: string } }) => one.unit.code)).toEqual(['PX0001']);
  expect((await world.as('strangerHead').get('/compliance/units')).body.items).toHaveLength(1);
});

test('the list filters by status, zone and kind and pages by code', async () => {
  world.setNow('2026-03-11');
  const head = world.as('zhao');
  const all = await head.get('/compliance/units?count=true');
  expect(all.body.count).toBe(5);
  const pages = [];
  for (let cursor = ''; cursor !== null; ) {
    const { body } = await head.get(`/compliance/units?limit=2${cursor && `&cursor=${cursor}`}`);
    pages.push(...body.items);
    cursor = body.nextCursor;
  }
  expect(pages).toEqual(all.body.items);
  const only = await head.get('/compliance/units?status=rectifying');
  expect(only.body.items.map((one: { unit: { code: string } }) => one.unit.code)).toEqual([CODE.wu]);
  const kind = await head.get('/compliance/units?kind=training_institution');
  expect(kind.body.items).toHaveLength(1);
  const zone = await head.get(`/compliance/units?zoneId=${world.cast.zones.west}`);
  expect(zone.body.items).toHaveLength(1);
  expect((await head.get('/compliance/units?status=fine')).status).toBe(400);
});

test('a district sums up its own units by status, zone and category, and no other district', async () => {
  const { body } = await world.as('sun').get('/compliance/districts/370203');
  expect(body).toMatchObject({ district: { code: '370203', name: '示范区' }, units: 5, open: 1 });
  expect(Object.values(body.statuses as Record<string, number>).reduce((a, b) => a + b)).toBe(5);
  expect(body.zones.map((zone: { name: string; units: number }) => [zone.name, zone.units])).toEqual([
    ['东片区', 3],
    ['西片区', 1],
    ['未划片', 1],
  ]);
  const elsewhere = await world.as('sun').get('/compliance/districts/370204');
  expect([elsewhere.status, elsewhere.body.title, elsewhere.body.detail]).toEqual([
    404,
    '没有找到该单位或区县',
    '没有这个区县，或不是您所在的区县；请核对行政区划代码',
  ]);
});

test('an API client reads with its scope and not without', async () => {
  const client = await apiClient(world, 'compliance:read');
  expect((await client.get(`/compliance/schools/${CODE.liu}`)).status).toBe(200);
  const refused = await (await apiClient(world, 'issues:read')).get(`/compliance/schools/${CODE.liu}`);
  expect(refused.body.code).toBe('access.scope_missing');
});

test('the feed tells every unit once, then what changed, also by midnight alone', async () => {
  world.setNow('2026-04-01');
  const client = await apiClient(world, 'compliance:read');
  const first = await drain(client);
  expect(first.items).toHaveLength(5);
  const times = first.items.map((one: { changedAt: string }) => one.changedAt);
  expect(times).toEqual([...times].sort());
  expect((await drain(client, first.cursor)).items).toEqual([]);

  await change('schoolLiu', registered({ dueOn: '2026-04-10' }));
  await change('schoolWest', registered({ dueOn: '2026-04-30' }));
  const second = await drain(client, first.cursor);
  expect(second.items.map((one: { unit: { code: string } }) => one.unit.code)).toEqual([CODE.liu, CODE.west]);

  world.setNow('2026-04-10T15:59:59.000Z');
  expect((await drain(client, second.cursor)).items).toEqual([]);
  world.setNow('2026-04-10T16:00:00.000Z');
  const third = await drain(client, second.cursor);
  expect(third.items).toMatchObject([
    { unit: { code: CODE.liu }, status: 'overdue', asOfDate: '2026-04-11' },
  ]);
  // Another reader who comes later from the old place gets the same.
  expect((await drain(client, second.cursor)).items).toEqual(third.items);
  expect((await drain(client, third.cursor)).items).toEqual([]);
});

test('a change that commits late is not skipped by a reader who was faster', async () => {
  world.setNow('2026-04-12');
  const client = await apiClient(world, 'compliance:read');
  const start = await drain(client);
  const runner = world.dataSource.createQueryRunner();
  await runner.startTransaction();
  const late = makeCtx(runner.manager, systemActor(world.cast.districts.A), world.now(), {
    afterCommit: () => undefined,
  });
  await changeFacts(late, world.cast.units.institution, registered());
  await change('schoolWu', registered());
  const meanwhile = await drain(client, start.cursor);
  expect(meanwhile.items.map((one: { unit: { code: string } }) => one.unit.code)).toEqual([CODE.wu]);
  await runner.commitTransaction();
  await runner.release();
  const after = await drain(client, meanwhile.cursor);
  expect(after.items).toMatchObject([{ unit: { code: 'PX0001' }, status: 'rectifying' }]);
});

test('many writers and readers at once: every reader ends with what is so', async () => {
  world.setNow('2026-04-13');
  const client = await apiClient(world, 'compliance:read');
  const names = ['schoolLiu', 'schoolWu', 'schoolWest', 'institution', 'department'] as const;
  const read = async () => {
    const seen = new Map<string, number>();
    let cursor: string | undefined;
    for (let round = 0; round < 15; round++) {
      const { items, cursor: next } = await drain(client, cursor);
      for (const item of items) seen.set(item.unit.id, item.open);
      cursor = next;
    }
    return { seen, cursor };
  };
  const writing = Promise.all(
    names.map(async (name) => {
      for (let i = 0; i < 12; i++) await change(name, registered({ category: '考试管理' }));
    }),
  );
  const readers = await Promise.all([read(), read(), writing]);
  for (const { seen, cursor } of readers.slice(0, 2) as Awaited<ReturnType<typeof read>>[]) {
    for (const item of (await drain(client, cursor)).items) seen.set(item.unit.id, item.open);
    for (const name of names) {
      const id = world.cast.units[name];
      const { body } = await client.get(`/compliance/schools/${id}`);
      expect([name, seen.get(id)]).toEqual([name, body.open]);
    }
  }
});

test('a closed unit and one that left the zone are tombstones; the zone that got it sees it', async () => {
  world.setNow('2026-04-14');
  const { A } = world.cast.districts;
  const client = await apiClient(world, 'compliance:read');
  const [start, li, chen] = [await drain(client), await drain(world.as('li')), await drain(world.as('chen'))];
  expect(li.items).toHaveLength(3);
  await world.dataSource.query(`UPDATE units SET closed_on = '2026-04-16' WHERE id = $1`, [
    world.cast.units.institution,
  ]);
  await world.dataSource.query(`UPDATE units SET zone_id = $2 WHERE id = $1`, [
    world.cast.units.schoolLiu,
    world.cast.zones.west,
  ]);
  await touchFacts(world.systemCtx('A'), world.cast.units.schoolLiu);
  await touchFacts(world.systemCtx('A'), world.cast.units.institution);
  world.setNow('2026-04-16');
  const gone = await drain(client, start.cursor);
  expect(gone.items).toContainEqual({
    unit: { id: world.cast.units.institution },
    deleted: true,
    reason: 'closed',
  });
  const left = await drain(world.as('li'), li.cursor);
  expect(left.items).toContainEqual({
    unit: { id: world.cast.units.schoolLiu },
    deleted: true,
    reason: 'out_of_scope',
  });
  const came = await drain(world.as('chen'), chen.cursor);
  expect(came.items.map((one: { unit: { id: string } }) => one.unit.id)).toContain(
    world.cast.units.schoolLiu,
  );
  expect((await world.as('li').get(`/compliance/schools/${CODE.liu}`)).status).toBe(404);
  await world.dataSource.query(
    `UPDATE units SET zone_id = $2, closed_on = NULL WHERE district_id = $3 AND id = ANY($1)`,
    [[world.cast.units.schoolLiu, world.cast.units.institution], world.cast.zones.east, A],
  );
  await touchFacts(world.systemCtx('A'), world.cast.units.schoolLiu);
  await touchFacts(world.systemCtx('A'), world.cast.units.institution);
});

test('a cursor from before a restored backup, or of another district, is 410; nonsense is 400', async () => {
  const client = await apiClient(world, 'compliance:read');
  const { cursor } = await drain(client);
  const values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const future = Buffer.from(JSON.stringify([values[0], values[1] + 1_000_000, '', ''])).toString(
    'base64url',
  );
  const expired = await client.get(`/compliance/changes?since=${future}`);
  expect([expired.status, expired.body.code]).toEqual([410, 'cursor.expired']);
  expect((await world.as('strangerHead').get(`/compliance/changes?since=${cursor}`)).status).toBe(410);
  expect((await client.get('/compliance/changes?since=nonsense')).body.code).toBe('request.cursor_invalid');
});
