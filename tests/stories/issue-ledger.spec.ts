/** The ledger: self-checks apart, many at once, lists as of an instant, and other systems. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Unit } from '#core/directory/unit.entity.js';
import { issuesForExport } from '#core/issues/export-rows.js';
import { registerIssues } from '#core/issues/register.js';
import { apiClient } from '#testkit/hands.js';
import { refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { issueHands, type Made, missing } from './issue-hands.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const { act, register, served, asked, visit, photo } = issueHands(() => world);

describe('a self-check finding belongs to the school', () => {
  const selfFinding = async () => {
    const ctx = await world.ctx('wu');
    return world.dataSource.transaction(async (em) => {
      const unit = await em.findOneByOrFail(Unit, {
        districtId: ctx.actor.districtId,
        id: world.cast.units.schoolWu,
      });
      const [issue] = await registerIssues(
        { ...ctx, em },
        { unit, source: 'self_check', feedbackOn: ctx.today, lateEntry: false },
        [
          {
            itemCode: null,
            category: '作业管理',
            finding: '自查发现作业超量',
            severity: 'serious',
            basis: null,
            standardValue: null,
            measuredValue: null,
            evidenceRequired: false,
            attachments: [],
          },
        ],
      );
      return issue!;
    });
  };

  test('own number, own list, closed by its own leader; no number of the ledger is used', async () => {
    const before = await register('wang');
    const own = await selfFinding();
    expect(own.number).toMatch(/^ZC2026-\d{5}$/);
    expect(Number((await register('wang')).number.slice(-5))).toBe(Number(before.number.slice(-5)) + 1);

    const mine = await world.as('wu').get(`/issues?source=self_check`);
    expect(mine.body.items.map((one: Made) => one.id)).toContain(own.id);
    expect(mine.body.items[0].allowedActions).toEqual(['close_own']);
    for (const who of ['wu', 'zhao', 'li'] as const) {
      const ledger = await world.as(who).get(`/issues?unitId=${world.cast.units.schoolWu}`);
      expect(ledger.body.items.map((one: Made) => one.id)).not.toContain(own.id);
    }
    const [{ facts }] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
      world.cast.units.schoolWu,
    ]);
    expect(facts.categories.课程教学).toBeUndefined();

    expect(missing(await act('wu', own.id, 'close_own'))).toEqual([400, 'issue.missing_field', '/measures']);
    expect((await act('wu', own.id, 'close_own', { measures: '已自行整改' })).body.status).toBe('closed');
  });

  test('it is in no notice and no ladder, and another school does not see it', async () => {
    const own = await selfFinding();
    expect(refusal(await act('zhao', own.id, 'issue_notice', { requirements: '改' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    expect(refusal(await act('zhao', own.id, 'withdraw', { reason: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    expect((await world.as('zhao').get(`/issues/${own.id}`)).body.allowedActions).toEqual([]);
    expect((await world.as('liu').get(`/issues/${own.id}`)).status).toBe(404);
    const visited = await register('wang');
    expect(refusal(await act('liu', visited.id, 'close_own', { measures: 'x' }))).toBe(
      '409 issue.transition_not_allowed',
    );
  });
});

describe('many at once and in step with others', () => {
  test('bulk: each for itself, one notice for one unit, results in the order asked for', async () => {
    const [a, b, c] = [await register('li'), await register('li', 'institution'), await register('li')];
    const gone = world.cast.units.schoolLiu;
    const closed = await asked();
    await act('li', closed.id, 'close', { note: '同意' });
    const answer = await world.as('li').post('/issues/transitions', {
      action: 'issue_notice',
      issueIds: [a.id, closed.id, b.id, gone, c.id],
      requirements: '限期整改',
    });
    expect(answer.status).toBe(200);
    const outcome = answer.body.results.map(
      (one: { ok: boolean; issue?: Made; problem?: { code: string } }) =>
        one.ok ? one.issue!.status : one.problem!.code,
    );
    expect(outcome).toEqual([
      'rectifying',
      'issue.transition_not_allowed',
      'rectifying',
      'resource.not_found',
      'rectifying',
    ]);
    const [first, , second, , third] = answer.body.results.map(
      (one: { issue?: Made }) => one.issue?.noticeId,
    );
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    const notice = (await world.as('liu').get(`/notices/${first}`)).body;
    expect(notice.lines.map((line: { issueId: string }) => line.issueId).sort()).toEqual([a.id, c.id].sort());

    const without = await world
      .as('li')
      .post('/issues/transitions', { action: 'issue_notice', issueIds: [a.id, 'x'] });
    expect(refusal(without)).toBe('400 request.invalid');
    const escalated = await world
      .as('wang')
      .post('/issues/transitions', { action: 'escalate', issueIds: [a.id] });
    expect(escalated.body.results[0].problem).toMatchObject({ code: 'issue.not_permitted', status: 403 });
  });

  test('If-Match: the second of two officers is told that the first was quicker', async () => {
    const issue = await served();
    const { etag } = (await world.as('zhao').get(`/issues/${issue.id}`)).headers;
    await act('zhou', issue.id, 'plan', { responsiblePerson: '主任', plan: '方案' });
    const withdraw = (tag: string) =>
      world
        .as('zhao')
        .post(
          `/issues/${issue.id}/transitions`,
          { action: 'withdraw', reason: '误' },
          { headers: { 'if-match': tag } },
        );
    expect(refusal(await withdraw(etag!))).toBe('412 request.stale');
    const fresh = (await world.as('zhao').get(`/issues/${issue.id}`)).headers.etag!;
    const done = await withdraw(fresh);
    expect(done.status).toBe(200);
    expect((await world.as('zhao').get(`/issues/${issue.id}`)).headers.etag).toBe(done.headers.etag);
  });

  test('two close at once: one does, the other is told so', async () => {
    const issue = await asked();
    const answers = await Promise.all([
      act('li', issue.id, 'close', { note: '一' }),
      act('qian', issue.id, 'close', { note: '二' }),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  });
});

describe('the ledger as a list', () => {
  /** Of every grade, school and standing more than two pages: without a deadline, due, late, asked for in time, closed. */
  beforeAll(async () => {
    world.setNow('2026-03-10');
    for (const severity of ['minor', 'major', 'serious']) {
      for (const unit of ['schoolLiu', 'schoolWu', 'schoolWest', 'institution'] as const) {
        await register('qian', unit, { severity });
        const issue = await register('qian', unit, { severity, finding: '未公示作业' });
        await act('qian', issue.id, 'issue_notice', { requirements: '公示' });
      }
      await asked('schoolLiu', { severity });
    }
    await Promise.all(Array.from({ length: 12 }, () => register('qian')));
    const done = await asked();
    expect((await act('qian', done.id, 'close', { note: '同意销号' })).body.status).toBe('closed');
  });

  test('as of an instant: what had not happened yet is not there', async () => {
    world.setNow('2026-05-06');
    const issue = await served('schoolLiu', { severity: 'serious', category: '睡眠作息' });
    world.setNow('2026-05-20');
    const attachments = [await photo('liu', 'put right')];
    await act('liu', issue.id, 'request_close', { measures: '已改', attachments });
    // What is told of another kind of subject is no state of the issue, whatever it is called by.
    await world.dataSource.query(
      `INSERT INTO events (district_id, at, actor_name, subject_type, subject_id, action, data)
       VALUES ($1, '2026-05-20T03:00:00Z', '', 'inspection', $2, 'x', '{"after": {"status": "withdrawn"}}')`,
      [world.cast.districts.A, issue.id],
    );
    const on = async (asOf: string) =>
      (await world.as('qian').get(`/issues?category=睡眠作息&asOf=${asOf}`)).body.items;
    expect(await on('2026-05-05')).toEqual([]);
    expect(await on('2026-05-06T01:59:59.999Z')).toEqual([]);
    expect(await on('2026-05-14')).toMatchObject([
      {
        id: issue.id,
        status: 'rectifying',
        overdue: true,
        daysOverdue: 2,
        rectification: null,
        attachments: [],
        changedAt: '2026-05-06T02:00:00.000Z',
        allowedActions: [],
      },
    ]);
    expect(await on('2026-05-20')).toMatchObject([
      { status: 'close_requested', requestedLate: true, attachments },
    ]);
    const filtered = await world
      .as('qian')
      .get('/issues?category=睡眠作息&status=close_requested&asOf=2026-05-14&count=true');
    expect(filtered.body).toMatchObject({ items: [], count: 0 });
    expect(refusal(await world.as('qian').get('/issues?asOf=2026-05-21'))).toBe('400 request.invalid');
    expect(refusal(await world.as('qian').get('/issues?asOf=soon'))).toBe('400 request.invalid');
  });

  test('numbers come in the order of their values, also when a year has more than five digits of them', async () => {
    const [one, two] = [await register('qian', 'schoolWest'), await register('qian', 'schoolWest')];
    for (const [id, number] of [
      [one.id, 'WT2026-99999'],
      [two.id, 'WT2026-100000'],
    ])
      await world.dataSource.query(`UPDATE issues SET number = $2 WHERE id = $1`, [id, number]);
    const down = (await world.as('qian').get('/issues?sort=-number&limit=1')).body;
    expect(down.items[0].number).toBe('WT2026-100000');
    const next = (await world.as('qian').get(`/issues?sort=-number&limit=1&cursor=${down.nextCursor}`)).body;
    expect(next.items[0].number).toBe('WT2026-99999');
    expect((await world.as('qian').get('/issues?q=wt2026-100000')).body.items[0].id).toBe(two.id);
    await world.dataSource.query(
      `UPDATE issues SET number = left(number, 7) || 'x' || id WHERE id = ANY($1)`,
      [[one.id, two.id]],
    );
  });

  test.each([
    '-registeredAt',
    'registeredAt',
    '-number',
    'number',
    'dueOn',
    '-dueOn',
    'severity',
    '-severity',
  ])('page by page by %s gives each issue once, in order, the same as one long page', async (sort) => {
    world.setNow('2026-06-01');
    const all = (await world.as('zhao').get(`/issues?limit=200&sort=${sort}`)).body;
    expect(all.nextCursor).toBeNull();
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = (
        await world.as('zhao').get(`/issues?limit=7&sort=${sort}${cursor && `&cursor=${cursor}`}`)
      ).body;
      ids.push(...page.items.map((one: Made) => one.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toEqual(all.items.map((one: Made) => one.id));
    expect(new Set(ids).size).toBe(ids.length);
    const rank = (one: Made) =>
      sort.endsWith('dueOn')
        ? one.dueOn
        : sort.endsWith('severity')
          ? ['minor', 'major', 'serious'].indexOf(one.severity as string)
          : sort.endsWith('number')
            ? one.number
            : one.id;
    const keys = all.items.map(rank).filter((key: unknown) => key !== null);
    const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
  });

  test('filters: several values, overdue, search, count; a wrong value is refused', async () => {
    world.setNow('2026-06-01');
    const get = async (query: string) => (await world.as('zhao').get(`/issues?limit=200&${query}`)).body;
    const open = await get('status=rectifying,close_requested&count=true');
    expect(open.count).toBe(open.items.length);
    expect(new Set(open.items.map((one: Made) => one.status))).toEqual(
      new Set(['rectifying', 'close_requested']),
    );
    const late = await get('overdue=true');
    expect(late.items.length).toBeGreaterThan(0);
    expect(late.items.every((one: Made) => one.overdue)).toBe(true);
    expect((await get('overdue=false')).items.some((one: Made) => one.overdue)).toBe(false);
    const office = await get('officeOverdue=true');
    expect(office.items.length).toBeGreaterThan(0);
    expect(office.items.every((one: Made) => one.officeOverdue)).toBe(true);
    expect((await get(`q=${late.items[0].number}`)).items.map((one: Made) => one.id)).toEqual([
      late.items[0].id,
    ]);
    expect(
      (await get(`q=${encodeURIComponent('明德')}`)).items.every(
        (one: { unit: { name: string } }) => one.unit.name === '明德小学',
      ),
    ).toBe(true);
    expect((await get('q=%25')).items).toEqual([]);
    expect(
      (await get(`zoneId=${world.cast.zones.west}`)).items.every(
        (one: { unit: { zoneId: string } }) => one.unit.zoneId === world.cast.zones.west,
      ),
    ).toBe(true);
    for (const query of [
      'status=nonsense',
      'sort=colour',
      'dueBefore=2026-02-30',
      'colour=red',
      'cursor=abc',
      'limit=201',
    ]) {
      expect([query, (await world.as('zhao').get(`/issues?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('the export gives the very rows of the list, in words', async () => {
    world.setNow('2026-06-01');
    const { actor } = await world.ctx('li');
    const rows = [];
    for await (const batch of issuesForExport(
      world.dataSource.manager,
      actor,
      { status: ['closed'] },
      world.now(),
    ))
      rows.push(...batch);
    const shown = (await world.as('li').get('/issues?status=closed&limit=200&sort=registeredAt')).body.items;
    expect(rows.map((row) => row.number)).toEqual(shown.map((one: Made) => one.number));
    expect(rows[0]).toMatchObject({ status: '已销号', zone: '东片区', unitName: '明德小学' });
  });
});

test('another system with issues:read sees the ledger without evidence or self-checks; without the scope nothing', async () => {
  const inspectionId = await visit('wang', []);
  const issue = await register('wang', 'schoolLiu', { inspectionId });
  await act('wang', issue.id, 'resolve_on_site', {
    note: '当场整改',
    attachments: [await photo('wang', 'seen'), await photo('wang', 'put right')],
  });
  const client = await apiClient(world, 'issues:read');
  expect((await client.get(`/issues/${issue.id}`)).body).toMatchObject({
    status: 'verified',
    attachments: [],
    verification: null,
    allowedActions: [],
  });
  expect((await client.get('/issues?source=self_check')).body.items).toEqual([]);
  expect((await client.get(`/issues/${issue.id}/events`)).status).toBe(403);
  expect((await client.post(`/issues/${issue.id}/transitions`, { action: 'close', note: 'x' })).status).toBe(
    403,
  );
  const narrow = await apiClient(world, 'compliance:read');
  expect(refusal(await narrow.get(`/issues/${issue.id}`))).toBe('403 access.scope_missing');
});
