import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readRecords } from '#core/circulars/snapshot/records.js';
import { endOfMonth } from '#core/circulars/snapshot/window.js';
import { renderCircularXlsx } from '#documents/circular-xlsx.js';
import { issuedMeta } from '#documents/fixtures/gallery.js';
import { cellsOf, unzip } from '#documents/fixtures/read-back.js';
import { figuresOf, freezeCircular } from '#rules/circular.js';
import type { PersonName } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { ok } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const act = (who: PersonName, on: string, id: string, action: string, body: object = {}) => {
  world.setNow(on);
  return ok(world.as(who).post(`/issues/${id}/transitions`, { action, ...body }));
};
async function found(on: string, dueOn?: string): Promise<string> {
  world.setNow(on);
  const { id } = await ok(
    world.as('li').post('/issues', {
      unitId: world.cast.units.schoolLiu,
      category: '作业管理',
      finding: '抽查两个班，作业未公示',
      severity: 'minor',
    }),
  );
  if (dueOn) await act('li', on, id, 'issue_notice', { requirements: '按要求公示', dueOn });
  return id;
}
async function closed(id: string, asked: string, on: string): Promise<void> {
  await act('liu', asked, id, 'request_close', { measures: '已公示' });
  await act('wang', on, id, 'verify', {
    finding: '实地查看属实',
    method: 'on_site',
    coVerifierId: world.cast.people.feng,
  });
  await act('zhao', on, id, 'close', { note: '同意销号' });
}
const factsOf = async (period: string, cutoff = endOfMonth(period), districtId = world.cast.districts.A) =>
  (await readRecords(world.dataSource.manager, { districtId, period, cutoff, corrects: null })).facts;

describe('the course of the ledger in a circular', () => {
  beforeAll(async () => {
    const inTime = await found('2026-02-10', '2026-02-20');
    await closed(inTime, '2026-02-18', '2026-02-25');
    // Asked for in time and closed in the next month: open in February's circular, in time in the ledger since.
    const across = await found('2026-02-11', '2026-02-28');
    const late = await found('2026-02-12', '2026-02-24');
    const withdrawn = await found('2026-02-13');
    await act('zhao', '2026-03-02', withdrawn, 'withdraw', { reason: '登记有误' });
    await closed(across, '2026-02-27', '2026-03-03');
    await closed(late, '2026-03-09', '2026-03-12');
    await found('2026-03-16', '2026-03-25');
    await found('2026-04-08', '2026-04-30');
  });

  test('is what the circular of each month says at its end', async () => {
    world.setNow('2026-05-06');
    const [february, march, april] = [
      await factsOf('2026-02'),
      await factsOf('2026-03'),
      await factsOf('2026-04'),
    ];
    expect(february.trend).toEqual([
      {
        month: '2026-02',
        registered: 4,
        closed: 1,
        due: 3,
        closedInTime: 1,
        closedLate: 0,
        open: 3,
        overdue: 1,
      },
    ]);
    expect(march.trend).toEqual([
      february.trend![0],
      {
        month: '2026-03',
        registered: 1,
        closed: 2,
        due: 1,
        closedInTime: 0,
        closedLate: 0,
        open: 1,
        overdue: 1,
      },
    ]);
    expect(april.trend!.slice(0, 2)).toEqual(march.trend);
    expect(april.trend!.map(({ month }) => month)).toEqual(['2026-02', '2026-03', '2026-04']);
    // Six months at most: in August only what was from March on.
    const august = await factsOf('2026-08');
    expect(august.trend!.map(({ month }) => month)[0]).toBe('2026-03');
    expect(august.trend!.slice(0, 2)).toEqual(april.trend!.slice(1));
    expect(august.trend).toHaveLength(6);
  });

  test('ends with the figures of the circular itself, also before the month is over', async () => {
    for (const cutoff of [endOfMonth('2026-03'), new Date('2026-03-10T04:00:00Z')]) {
      const facts = await factsOf('2026-03', cutoff);
      const figure = (key: string) => figuresOf(facts).find((row) => row.key === key) as never;
      expect(facts.trend!.at(-1)).toEqual({
        month: '2026-03',
        registered: figure('overview.issues')['value'],
        closed: figure('closeout.closed_in_period')['value'],
        due: figure('closeout.due')['value'],
        closedInTime: figure('closeout.rate_extended')['numerator'],
        closedLate: figure('closeout.closed_late')['value'],
        open: figure('ledger.open')['value'],
        overdue: figure('ledger.overdue')['value'],
      });
      // The month before is told as of its end, whatever the cut-off.
      expect(facts.trend![0]).toEqual((await factsOf('2026-02')).trend![0]);
    }
  });

  test('is empty of months before the ledger began, and of another district', async () => {
    const before = await factsOf('2026-01');
    expect(before.trend).toEqual([
      {
        month: '2026-01',
        registered: 0,
        closed: 0,
        due: 0,
        closedInTime: 0,
        closedLate: 0,
        open: 0,
        overdue: 0,
      },
    ]);
    const other = await factsOf('2026-04', undefined, world.cast.districts.B);
    expect(other.trend!.map(({ registered, open }) => registered + open)).toEqual([0]);
  });
});

describe('the workbook of a real month', () => {
  test('counts the rows of its figures again and finds them right, disputed and overdue ones too', async () => {
    const disputed = await found('2026-09-08', '2026-09-18');
    await act('liu', '2026-09-09', disputed, 'object', { grounds: '当日为活动日' });
    const overdue = await found('2026-09-08', '2026-09-15');
    await act('li', '2026-09-17', overdue, 'escalate', { step: 'urging', note: '逾期未整改' });
    world.setNow('2026-10-08');
    for (const period of ['2026-02', '2026-03', '2026-09']) {
      const snapshot = freezeCircular(await factsOf(period));
      const parts = await unzip(await renderCircularXlsx(snapshot, issuedMeta(snapshot)));
      const checks = cellsOf(parts.get('xl/worksheets/sheet3.xml')!)
        .map(({ text }) => /^IF\(.*"(一致|不一致)"\)(一致|不一致)$/.exec(text)?.[2])
        .filter((result) => result !== undefined);
      expect([period, new Set(checks)]).toEqual([period, new Set(['一致'])]);
      expect(checks.length).toBeGreaterThan(15);
    }
  });
});

describe('homework minutes by grade', () => {
  test('are those of the visits, held against the limit, and hidden under ten', async () => {
    world.setNow('2026-06-01');
    const checklistId = await publishChecklist(world, ['SJ-ZY-02']);
    const id = randomUUID();
    await ok(
      world.as('wang').put(`/inspections/${id}`, {
        unitId: world.cast.units.schoolLiu,
        checklistId,
        kind: 'routine',
        scheduledOn: '2026-06-01',
        team: [world.cast.people.wang],
        leadId: world.cast.people.wang,
      }),
    );
    const measures = [
      ...[40, 42, 44, 46, 48, 50, 52, 54, 56, 68].map((value) => ({ grade: 5, value })),
      { grade: 6, value: 57 },
    ];
    await ok(
      world.as('wang').post(`/inspections/${id}/answers`, {
        operations: [
          {
            operationId: randomUUID(),
            itemCode: 'SJ-ZY-02',
            verdict: 'non_compliant',
            measures,
            extent: 'grade',
            answeredAt: '2026-06-01T02:00:00.000Z',
          },
        ],
      }),
    );
    await ok(world.as('wang').post(`/inspections/${id}/submit`, { summary: '随堂查看' }));
    world.setNow('2026-07-01');
    const facts = await factsOf('2026-06');
    expect(facts.homework).toEqual([
      { grade: 5, title: '五年级', n: 10, min: 40, mean: 50, max: 68, limit: 60 },
      { grade: 6, title: '六年级', n: 1, min: null, mean: null, max: null, limit: 60 },
    ]);
    expect((await factsOf('2026-05')).homework).toEqual([]);
    // What is frozen is JSON: nothing of it is lost or undefined.
    const snapshot = freezeCircular(facts);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });
});

describe('an issue that waits for the office', () => {
  test('is told with whose delay it is, as of the cut-off', async () => {
    const id = await found('2026-12-01', '2026-12-10');
    await act('liu', '2026-12-03', id, 'request_close', { measures: '已公示' });
    const told = async (cutoff: Date) => {
      const { issues, closeout } = await factsOf('2026-12', cutoff);
      return [issues, closeout.rows].map((rows) => rows.find((one) => one.issueId === id));
    };
    world.setNow('2027-01-04');
    const waits = { status: 'close_requested', statusTitle: '申请销号' };
    const inTime = { ...waits, officeOverdue: false };
    expect(await told(new Date('2026-12-10T04:00:00Z'))).toMatchObject([inTime, inTime]);
    const late = { ...waits, officeOverdue: true };
    expect(await told(endOfMonth('2026-12'))).toMatchObject([late, late]);
  });
});

describe('a year with more than five digits of numbers', () => {
  test('lists its issues by number everywhere', async () => {
    const numbers = ['WT2026-100000', 'WT2026-99999'];
    for (const number of numbers) {
      const id = await found('2026-11-03', '2026-11-10');
      await world.dataSource.query(`UPDATE issues SET number = $2 WHERE id = $1`, [id, number]);
    }
    world.setNow('2026-12-01');
    const { issues, closeout } = await factsOf('2026-11');
    const told = [issues, closeout.rows, closeout.overdue].map((rows) =>
      rows.map(({ number }) => number).filter((number) => numbers.includes(number)),
    );
    expect(told).toEqual([0, 1, 2].map(() => numbers.toReversed()));
  });
});
