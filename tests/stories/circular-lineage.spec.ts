import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lineageHash } from '#core/circulars/lineage/store.js';
import { freeze } from '#core/circulars/rendering.js';
import type { FigureLineage, Lineage, Subject } from '#rules/circular.js';
import type { PersonName } from '#testkit/cast.js';
import { apiClient } from '#testkit/hands.js';
import { ok, refusal } from '#testkit/response.js';
import { startWorld, type Voice, type World } from '#testkit/world.js';
import { type Desk, openDesk } from './circular-month.js';

let world: World;
let desk: Desk;
let ledger: Awaited<ReturnType<Desk['march']>>;
let id: string;
beforeAll(async () => {
  world = await startWorld();
  desk = await openDesk(world);
  ledger = await desk.march();
  world.setNow('2026-04-02');
  id = await desk.drafted();
}, 60_000);
afterAll(() => world.stop());

/** What stands behind a circular's figures, read back from its tables. */
async function lineageStored(circularId: string): Promise<Lineage> {
  const of = [world.cast.districts.A, circularId];
  const chunks: { subjects: Subject[] }[] = await world.dataSource.query(
    `SELECT subjects FROM circular_subjects WHERE district_id = $1 AND circular_id = $2 ORDER BY chunk`,
    of,
  );
  const figures: FigureLineage[] = await world.dataSource.query(
    `SELECT figure, aggregate, members, weights, numerators FROM circular_figures
     WHERE district_id = $1 AND circular_id = $2 ORDER BY ordinal`,
    of,
  );
  return { subjects: chunks.flatMap(({ subjects }) => subjects), figures };
}

type Row = Record<string, unknown> & {
  place: number;
  type: string;
  weight: number | null;
  numerator: number | null;
  withheld: string | null;
  id: string | null;
  unit: { name: string } | null;
  disputed: boolean;
};
type Figure = {
  key: string;
  title: string;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  percentage: string | null;
  aggregate: string;
  rows: number;
  rowType: string | null;
};
async function all<T>(voice: Voice, path: string, limit: number): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: T[]; nextCursor: string | null } = await ok(
      voice.get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
const figures = (voice: Voice = world.as('qian')) => all<Figure>(voice, `/circulars/${id}/figures`, 40);
const rows = (key: string, voice: Voice = world.as('qian'), limit = 3) =>
  all<Row>(voice, `/circulars/${id}/figures/${encodeURIComponent(key)}`, limit);
/** What the rows make, counted here and not by the rules: the heart of the matter. */
function made(aggregate: string, list: Row[]) {
  const weights = list.map(({ weight }) => weight as number);
  const sum = (numbers: (number | null)[]) => numbers.reduce<number>((total, n) => total + (n ?? 0), 0);
  const round = (n: number) => Math.round(n * 1000) / 1000;
  if (aggregate === 'rate') {
    return { value: null, numerator: sum(list.map(({ numerator }) => numerator)), denominator: sum(weights) };
  }
  const value =
    aggregate === 'sum'
      ? sum(weights)
      : aggregate === 'mean'
        ? round(sum(weights) / weights.length)
        : aggregate === 'min'
          ? Math.min(...weights)
          : Math.max(...weights);
  return { value, numerator: null, denominator: null };
}

describe('every figure of a circular answers for its rows', () => {
  test('all keys, page by page: the figure is what its rows make, for the office as for the auditor', async () => {
    const listed = await figures();
    const keys = listed.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const { figures: printed, units, ledger: open } = await desk.snapshotOf(id);
    expect(keys.slice(0, printed.length)).toEqual(printed.map(({ key }) => key));
    expect(keys.filter((key) => key.startsWith('unit.'))).toHaveLength(units.length * 6);
    expect(keys.filter((key) => key.startsWith('ledger.status.'))).toHaveLength(open.byStatus.length * 3);
    const audited = new Map((await figures(world.as('auditor'))).map((figure) => [figure.key, figure]));
    const empty: string[] = [];
    for (const figure of listed) {
      const list = await rows(figure.key);
      const { key, value, numerator, denominator } = figure;
      expect({ key, rows: list.length }).toEqual({ key, rows: figure.rows });
      expect({ key, ...made(figure.aggregate, list) }).toEqual({ key, value, numerator, denominator });
      expect(list.map(({ place }) => place)).toEqual(list.map((_, i) => i + 1));
      expect(new Set(list.map(({ type }) => type)).size).toBeLessThanOrEqual(1);
      expect(list.filter(({ withheld }) => withheld !== null)).toEqual([]);
      expect(audited.get(key)).toEqual(figure);
      if (list.length === 0) empty.push(key);
    }
    // The month has something of nearly everything: a figure without rows proves little.
    expect(empty.filter((key) => !/^(ledger\.status|unit|category)\./.test(key))).toEqual([
      'closeout.closed_late',
      'overview.visits.special',
      'overview.visits.comprehensive',
      'overview.visits.visit',
      'overview.visits.look_back',
      'trend.2026-03.closed_late',
      'late.issues',
    ]);
  });

  test('what the rows are: issues, answers, visits, actions, notices, figures measured, people', async () => {
    expect((await rows('overview.issues')).map(({ id: issue }) => issue).sort()).toEqual(
      [ledger.first, ledger.disputed, ledger.course, ledger.recurred, ledger.onSite]
        .map((issue) => issue.id)
        .sort(),
    );
    expect(await rows('closeout.rate_original')).toMatchObject([
      { type: 'issue', numerator: 1, number: ledger.first.number, status: 'closed', closedOn: '2026-03-24' },
      { numerator: 0, number: ledger.disputed.number, disputed: true, unit: { name: '明德小学' } },
      { numerator: 0, unit: { name: '新知培训学校', kind: 'institution' }, originalDueOn: '2026-03-25' },
    ]);
    expect(await rows('overview.schools')).toMatchObject([
      { type: 'unit', name: '明德小学', numerator: 1 },
      { name: '育才初级中学', numerator: 1 },
      { name: '西山学校', numerator: 1 },
    ]);
    expect((await rows('overview.inspectors')).map(({ name }) => name).sort()).toEqual([
      '冯督学',
      '王督学',
      '陈督学',
    ]);
    expect(await rows('late.visits')).toMatchObject([
      { type: 'visit', on: '2026-02-27', late: true, sessions: 2, unit: { name: '育才初级中学' } },
    ]);
    const answers = await rows('overview.met_rate');
    expect(answers.find(({ itemCode, on }) => itemCode === 'SJ-ZY-02' && on === '2026-03-10')).toMatchObject({
      type: 'answer',
      verdict: 'non_compliant',
      numerator: 0,
      measures: [75, 70, 66.5].map((value) => ({ grade: 6, value })),
    });
    expect(await rows('closeout.returned')).toMatchObject([
      { type: 'action', title: '退回', on: '2026-03-19', number: ledger.first.number, id: ledger.first.id },
    ]);
    expect(await rows('overview.notices_received')).toMatchObject([
      { type: 'notice', numerator: 1 },
      { numerator: 0 },
      { numerator: 0 },
    ]);
    expect(await rows('homework.6.n')).toMatchObject(
      [75, 70, 66.5, 75, 70, 66.5].map((value) => ({ type: 'measurement', grade: 6, value, weight: 1 })),
    );
    const receipts = await rows('previous.receipts');
    expect(receipts).toHaveLength(5);
    expect(receipts.filter(({ received }) => received)).toMatchObject([
      { type: 'receipt', numerator: 1, unit: { name: '明德小学' } },
    ]);
    expect(
      await ok(world.as('qian').get(`/circulars/${id}/figures/overview.visits?limit=1&count=true`)),
    ).toMatchObject({
      key: 'overview.visits',
      title: '督导检查次数',
      value: 4,
      printed: '4',
      rows: 4,
      rowType: 'visit',
      count: 4,
      items: [{ place: 1 }],
    });
  });

  test('earlier months of the course have their rows too, also issues that ended before the period', async () => {
    const own = (await figures()).filter(({ key }) => key.startsWith('trend.'));
    expect(own.map(({ key }) => key)).toContain('trend.2026-03.closed_in_time');
    expect(await rows('trend.2026-03.due')).toEqual(
      await rows('closeout.due').then((list) => list.map((row) => ({ ...row, numerator: null }))),
    );
    world.setNow('2026-07-02');
    const later = await desk.drafted({ period: '2026-06' });
    const page = await ok(world.as('qian').get(`/circulars/${later}/figures/trend.2026-03.closed`));
    expect(page).toMatchObject({
      title: '2026年3月：销号',
      value: 1,
      items: [{ number: ledger.first.number, status: 'closed', unit: { name: '明德小学' } }],
    });
    world.setNow('2026-04-02');
  });

  test('rates as printed, or suppressed where the sample is small', async () => {
    const { items } = await ok(world.as('qian').get(`/circulars/${id}/figures?prefix=overview.&limit=200`));
    const of = (key: string) => items.find((figure: Figure) => figure.key === key);
    expect(of('overview.met_rate')).toMatchObject({ percentage: expect.stringMatching(/^\d+\.\d%$/) });
    expect(of('overview.schools')).toMatchObject({ numerator: 3, denominator: 3, percentage: 'suppressed' });
    expect(of('overview.visits')).toMatchObject({ percentage: null });
    expect(items.every(({ key }: Figure) => key.startsWith('overview.'))).toBe(true);
  });

  test('keys and cursors that are none are refused', async () => {
    const path = `/circulars/${id}/figures`;
    for (const key of ['overview.visit', 'x'.repeat(400), '%7B%7D']) {
      expect([key, refusal(await world.as('qian').get(`${path}/${key}`))]).toEqual([
        key,
        '404 resource.not_found',
      ]);
    }
    for (const cursor of [
      'zzz',
      Buffer.from('[-1]').toString('base64url'),
      Buffer.from('["a"]').toString('base64url'),
    ]) {
      expect(refusal(await world.as('qian').get(`${path}/overview.visits?cursor=${cursor}`))).toBe(
        '400 request.cursor_invalid',
      );
      expect(refusal(await world.as('qian').get(`${path}?cursor=${cursor}`))).toBe(
        '400 request.cursor_invalid',
      );
    }
  });
});

describe('frozen is frozen', () => {
  test('what is done to the ledger afterwards changes no row, and the rows change by nobody’s hand', async () => {
    const before = [
      await rows('overview.issues'),
      await rows('ledger.open'),
      await rows('overview.met_rate'),
    ];
    await desk.act('qian', '2026-04-03', ledger.disputed.id, 'accept_objection', { note: '采纳' });
    await desk.act('zheng', '2026-04-03', ledger.course.id, 'request_close', { measures: '已调整课表' });
    await ok(
      world.as('wang').post(`/inspections/${ledger.again.id}/amendments`, {
        reason: '核对后更正',
        operations: [
          {
            operationId: randomUUID(),
            itemCode: 'SJ-ZY-05',
            verdict: 'compliant',
            answeredAt: world.now().toISOString(),
          },
        ],
      }),
    );
    await world.dataSource.query(`UPDATE units SET name = '明德实验小学' WHERE id = $1`, [
      world.cast.units.schoolLiu,
    ]);
    expect([
      await rows('overview.issues'),
      await rows('ledger.open'),
      await rows('overview.met_rate'),
    ]).toEqual(before);
    await world.dataSource.query(`UPDATE units SET name = '明德小学' WHERE id = $1`, [
      world.cast.units.schoolLiu,
    ]);
    for (const sql of [
      `UPDATE circular_subjects SET subjects = '[]' WHERE circular_id = $1`,
      `DELETE FROM circular_subjects WHERE circular_id = $1`,
      `UPDATE circular_figures SET members = '{}' WHERE circular_id = $1`,
      `DELETE FROM circular_figures WHERE circular_id = $1`,
      `INSERT INTO circular_subjects SELECT district_id, circular_id, 99, subjects FROM circular_subjects WHERE circular_id = $1`,
      `INSERT INTO circular_figures (district_id, circular_id, ordinal, key, figure, aggregate, members)
         SELECT district_id, circular_id, 9999, 'x', figure, 'sum', '{}' FROM circular_figures WHERE circular_id = $1 AND ordinal = 0`,
      `UPDATE circulars SET snapshot_hash = repeat('0', 64) WHERE id = $1`,
    ]) {
      await expect(world.dataSource.query(sql, [id])).rejects.toThrow(/never changes/);
    }
    for (const table of ['circular_subjects', 'circular_figures']) {
      await expect(world.dataSource.query(`TRUNCATE ${table}`)).rejects.toThrow(/never changes/);
    }
  });

  test('the hash of the snapshot covers the rows: counted again from the tables it is the same', async () => {
    const { lineage, circularId } = await desk.snapshotOf(id);
    expect(circularId).toBe(id);
    const stored = await lineageStored(id);
    expect({
      hash: lineageHash(stored),
      subjects: stored.subjects.length,
      figures: stored.figures.length,
    }).toEqual(lineage);
    const page = await ok(world.as('qian').get(`/circulars/${id}/figures?limit=1`));
    expect(page).toMatchObject({ lineageHash: lineage!.hash, snapshotHash: expect.any(String) });
    stored.subjects[0]!.data.name = '另一所学校';
    expect(lineageHash(stored)).not.toBe(lineage!.hash);
  });

  test('frozen by three at the same moment it is frozen once, and all have the same', async () => {
    const { id: twice } = await desk.draft({ cutoff: '2026-03-22T00:00:00.000Z' });
    const job = { districtId: world.cast.districts.A, circularId: twice };
    const frozen = await Promise.all([1, 2, 3].map(() => freeze(world.dataSource, job)));
    expect(new Set(frozen.map(({ snapshotHash }) => snapshotHash)).size).toBe(1);
    const stored = await lineageStored(twice);
    expect(lineageHash(stored)).toBe(frozen[0]!.snapshot!.lineage!.hash);
  });

  test('a circular frozen before lineage was kept says so', async () => {
    const old = await desk.drafted({ cutoff: '2026-03-20T00:00:00.000Z' });
    // As the first release left them: no lineage, no tokens.
    await world.dataSource.transaction(async (em) => {
      await em.query(`SET LOCAL session_replication_role = replica`);
      await em.query(
        `UPDATE circulars SET snapshot = (snapshot - 'lineage' - 'tokens' - 'template' - 'circularId') || '{"schema": 1}' WHERE id = $1`,
        [old],
      );
    });
    expect(refusal(await world.as('qian').get(`/circulars/${old}/figures`))).toBe(
      '409 circular.lineage_absent',
    );
    expect(refusal(await world.as('qian').get(`/circulars/${old}/figures/overview.visits`))).toBe(
      '409 circular.lineage_absent',
    );
    const { id: queued } = await desk.draft({ cutoff: '2026-03-21T00:00:00.000Z' });
    expect(refusal(await world.as('qian').get(`/circulars/${queued}/figures`))).toBe(
      '409 circular.not_ready',
    );
  });
});

describe('who sees which rows', () => {
  const named = (list: Row[]) => list.filter(({ withheld }) => withheld === null);

  test('of a draft nobody but who sees drafts sees any', async () => {
    for (const who of ['li', 'wang', 'liu', 'zheng', 'strangerHead'] as PersonName[]) {
      expect(refusal(await world.as(who).get(`/circulars/${id}/figures`))).toBe('404 resource.not_found');
      expect(refusal(await world.as(who).get(`/circulars/${id}/figures/overview.visits`))).toBe(
        '404 resource.not_found',
      );
    }
    expect(refusal(await world.as('admin').get(`/circulars/${id}/figures`))).toBe('403 access.denied');
    const client = await apiClient(world, 'circulars:read');
    expect(refusal(await client.get(`/circulars/${id}/figures`))).toBe('404 resource.not_found');
  });

  test('issued: all count the same rows, and a disputed issue is named to its own school, its zone and the office alone', async () => {
    world.setNow('2026-04-03');
    await ok(world.as('zhao').post(`/circulars/${id}/issue`));
    const seen = async (voice: Voice) => {
      const list = await rows('overview.issues', voice);
      expect(list).toHaveLength(5);
      const one = list.find(({ disputed }) => disputed)!;
      return [one.withheld, one.id, one.unit?.name ?? null, one['finding'] === undefined];
    };
    const { id: disputed } = ledger.disputed;
    for (const who of ['zhao', 'qian', 'sun', 'auditor', 'li', 'wang', 'liu', 'wu'] as PersonName[]) {
      expect([who, await seen(world.as(who))]).toEqual([who, [null, disputed, '明德小学', false]]);
    }
    const nothing = ['disputed', null, null, true];
    for (const who of ['zheng', 'chen'] as PersonName[]) {
      expect([who, await seen(world.as(who))]).toEqual([who, nothing]);
    }
    expect(await seen(await apiClient(world, 'circulars:read'))).toEqual(nothing);
    expect(await seen(await apiClient(world, 'circulars:read', 'issues:read'))).toEqual([
      null,
      disputed,
      '明德小学',
      false,
    ]);
    expect(refusal(await world.as('strangerHead').get(`/circulars/${id}/figures`))).toBe(
      '404 resource.not_found',
    );
    expect((await (await apiClient(world, 'issues:read')).get(`/circulars/${id}/figures`)).status).toBe(403);
  });

  test('a school counts the same rows and makes the same figures of them, but for values measured elsewhere', async () => {
    for (const figure of await figures(world.as('zheng'))) {
      const { key, value, numerator, denominator, rows: n } = figure;
      const list = await rows(key, world.as('zheng'), 200);
      expect({ key, n: list.length }).toEqual({ key, n });
      const values = list.filter(({ type, withheld }) => type === 'measurement' && withheld !== null);
      for (const row of values) expect(row).toMatchObject({ weight: null, numerator: null });
      if (values.length > 0) continue;
      expect({ key, ...made(figure.aggregate, list) }).toEqual({ key, value, numerator, denominator });
    }
  });

  test('the place of a row tells nothing: what counts comes first, whatever the order of the checklist', async () => {
    const met = (await rows(`unit.${world.cast.units.schoolLiu}.met_rate`, world.as('zheng'))).map(
      ({ numerator, withheld }) => [withheld, numerator],
    );
    expect(met.length).toBeGreaterThan(3);
    expect(met).toEqual(met.toSorted(([, a], [, b]) => Number(b) - Number(a)));
    expect(new Set(met.map(([withheld]) => withheld))).toEqual(new Set(['scope']));
  });

  test('what the circular prints is for all its readers; other records only for who may see them', async () => {
    // Zheng's institution has one issue; the circular prints those of the school, but not its answers.
    const issues = await rows('overview.issues', world.as('zheng'));
    expect(named(issues)).toHaveLength(4);
    expect(named(issues).map(({ unit }) => unit!.name)).toContain('明德小学');
    const answers = await rows('overview.met_rate', world.as('zheng'));
    expect(named(answers)).toEqual([]);
    expect(answers[0]).toEqual({
      place: 1,
      type: 'answer',
      weight: 1,
      numerator: expect.any(Number),
      disputed: false,
      withheld: 'scope',
      id: null,
      unit: null,
    });
    const own = await rows('overview.met_rate', world.as('liu'));
    expect(own).toHaveLength(answers.length);
    expect(new Set(named(own).map(({ unit }) => unit!.name))).toEqual(new Set(['明德小学']));
    expect(named(await rows('overview.inspectors', world.as('liu')))).toEqual([]);
    expect(named(await rows('overview.inspectors', world.as('qian')))).toHaveLength(3);
    expect(named(await rows('closeout.extensions', world.as('liu')))).toEqual([]);
    expect(named(await rows('closeout.extensions', world.as('zheng')))).toHaveLength(1);
    const client = await apiClient(world, 'circulars:read');
    expect(named(await rows('overview.visits', client))).toEqual([]);
    expect(named(await rows('overview.schools', client))).toHaveLength(3);
    // Who received the circular before is told within one's reach, as the list of receipts is.
    expect(named(await rows('previous.receipts', client))).toEqual([]);
    expect(named(await rows('previous.receipts', world.as('chen')))).toHaveLength(1);
  });
});
