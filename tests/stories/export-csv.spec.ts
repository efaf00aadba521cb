/** The CSV that PostgreSQL writes says what the workbook says, cell by cell, whatever people typed and whoever asks. */
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { issuesAsCsv } from '#core/issues/export-csv.js';
import { issuesForExport } from '#core/issues/export-rows.js';
import type { IssueFilter } from '#core/issues/filter.js';
import { LEDGER_COLUMNS } from '#documents/ledger-columns.js';
import { writeLedgerCsv } from '#documents/ledger-csv.js';
import { copyCsv } from '#platform/copy.js';
import type { Actor } from '#rules/actor.js';
import { FORMULA_LEAD_SOURCE } from '#rules/formula-lead.js';
import { ISSUE_STATUSES } from '#rules/issue-lifecycle.js';
import type { LedgerRow } from '#rules/ledger-row.js';
import { startWorld, type World } from '#testkit/world.js';

const FORMULA_LEAD = new RegExp(FORMULA_LEAD_SOURCE);

const KEYS = LEDGER_COLUMNS.map(({ key }) => key);
const HOSTILE = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '＝1',
  '＋1',
  '－1',
  '＠1',
  ' =1',
  '\u3000－1',
  '\u3000全角空格开头',
  '\n=1',
  '他说："不改"，\n真的',
  'a,b',
  "'已有撇号",
  '0=1',
  ':=1',
  '?=1',
  '７６分钟',
  '≤60分钟',
  '“引号”',
  '\\.',
  '$1 $2 \\n',
  '𬱖名',
  '👍',
  'Z',
  '\u00a0=1',
];

let world: World;
let zhao: Actor;
let liu: Actor;
beforeAll(async () => {
  world = await startWorld();
  const { dataSource, cast } = world;
  await dataSource.query(`UPDATE units SET name = $2 WHERE id = $1`, [cast.units.schoolWu, '="校",\n名']);
  const registered = async (n: number, text: string) => {
    const { status, body } = await world.as('wang').post('/issues', {
      unitId: n % 2 ? cast.units.schoolLiu : cast.units.schoolWu,
      category: '作业管理',
      finding: text,
      severity: 'minor',
    });
    expect([status, body]).toMatchObject([201, {}]);
  };
  for (const [n, text] of HOSTILE.entries()) await registered(n, text);
  // States and clocks of every kind, past what stories would bring about one by one.
  const statuses = Object.keys(ISSUE_STATUSES);
  await dataSource.query(
    `UPDATE issues i SET status = ($1::text[])[1 + k.n % $2], due_on = date '2026-03-01' + (k.n % 17)::int, original_due_on = date '2026-03-01',
       requested_late = k.n % 3 = 0, office_due_on = CASE WHEN k.n % 4 = 0 THEN NULL ELSE date '2026-03-05' + (k.n % 9)::int END,
       close_requested_at = CASE WHEN k.n % 5 > 0 THEN timestamptz '2026-03-08T17:00Z' END,
       closed_at = CASE WHEN ($1::text[])[1 + k.n % $2] = 'closed' THEN timestamptz '2026-03-09T15:59Z' END,
       merged_into = CASE WHEN ($1::text[])[1 + k.n % $2] = 'merged' THEN i.id END, severity = (ARRAY['minor','major','serious'])[1 + k.n % 3],
       escalation = (ARRAY[NULL,'reminder','urging','supervision_order','interview','circular','accountability'])[1 + k.n % 7],
       basis = finding, standard_value = CASE WHEN k.n % 2 = 0 THEN '' ELSE finding END, measured_value = k.n || '分钟', requirements = finding,
       recurrence_of = CASE WHEN k.n % 3 > 0 THEN i.id END, recurrence_confirmed = k.n % 3 = 2, return_count = k.n
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM issues) k WHERE k.id = i.id`,
    [statuses, statuses.length],
  );
  const actor = (name: 'zhao' | 'liu', more: Partial<Actor>): Actor =>
    ({
      kind: 'person',
      userId: cast.people[name],
      name,
      districtId: cast.districts.A,
      roles: ['office_head'],
      unitId: null,
      zoneIds: [],
      ...more,
    }) as Actor;
  zhao = actor('zhao', {});
  liu = actor('liu', { roles: ['unit_leader'], unitId: cast.units.schoolLiu });
});
afterAll(() => world.stop());

async function csvOf(actor: Actor, filter: IssueFilter): Promise<string[][]> {
  const out = new PassThrough();
  const copied = issuesAsCsv(world.dataSource.manager, actor, filter, world.now(), KEYS);
  const [bytes, count] = await Promise.all([buffer(out), writeLedgerCsv(copied, out)]);
  const rows: string[][] = parse(bytes, { bom: true, record_delimiter: '\r\n' });
  expect(rows.length).toBe(count + 1);
  return rows.slice(1);
}
async function rowsOf(actor: Actor, filter: IssueFilter): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for await (const batch of issuesForExport(world.dataSource.manager, actor, filter, world.now())) {
    rows.push(...batch);
  }
  return rows;
}
const field = (value: LedgerRow[keyof LedgerRow]): string => {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '是' : '否';
  return FORMULA_LEAD.test(String(value)) ? `'${value}` : String(value);
};

test.each<[string, IssueFilter]>([
  ['everything', {}],
  ['a status and a severity', { status: ['rectifying', 'closed'], severity: ['minor', 'serious'] }],
  ['what is overdue', { overdue: true }],
  ['what is not', { overdue: false, officeOverdue: true }],
  ['words that would be SQL', { q: `'; DROP TABLE issues; -- $1 \\` }],
  ['a word with a quote and a backslash', { q: '"' }],
  ['several categories', { category: ['作业管理', `它's "{,}" \\`] }],
  ['a deadline', { dueBefore: '2026-03-09' }],
  ['a confirmed recurrence', { recurrence: 'confirmed' }],
  ['the ledger as of a day', { asOf: '2026-03-10' }],
])('%s', async (_, filter) => {
  for (const actor of [zhao, liu]) {
    const rows = await rowsOf(actor, filter);
    expect(await csvOf(actor, filter)).toEqual(rows.map((row) => KEYS.map((key) => field(row[key]))));
  }
});

test('of each text a program would run, and only of those, there is an apostrophe more', async () => {
  const finding = KEYS.indexOf('finding');
  const findings = (await csvOf(zhao, {})).map((row) => row[finding]);
  for (const text of HOSTILE) expect(findings).toContain(FORMULA_LEAD.test(text) ? `'${text}` : text);
  expect(findings.filter((text) => /^[=+\-@\t\r＝＋－＠]/.test(text!))).toEqual([]);
  // The headmistress gets her own school, another district nothing.
  const unit = KEYS.indexOf('unitName');
  expect(new Set((await csvOf(liu, {})).map((row) => row[unit])).size).toBe(1);
  expect(await csvOf({ ...zhao, districtId: world.cast.districts.B } as Actor, {})).toEqual([]);
});

test('a query that PostgreSQL refuses fails, and a reader who goes away leaves no connection behind', async () => {
  const { manager } = world.dataSource;
  const all = async (query: string, values: unknown[] = []) => {
    const chunks: Buffer[] = [];
    for await (const chunk of copyCsv(manager, query, values)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  expect(
    await all(`SELECT $1, $2::int + 1, $3::text[], $4::timestamptz, $1`, [
      "it's \\ $2",
      41,
      ['a"b', 'c\\d'],
      new Date(0),
    ]),
  ).toBe(`it's \\ $2,42,"{""a\\""b"",""c\\\\d""}",1970-01-01 00:00:00+00,it's \\ $2\n`);
  await expect(all('SELECT 1 / $1::int', [0])).rejects.toThrow('division by zero');
  await expect(all('SELECT $1', [{ a: 1 }])).rejects.toThrow(TypeError);
  const open = async (): Promise<number> => {
    const [{ n }] = await manager.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'dudao-copy'`,
    );
    return n;
  };
  for await (const chunk of copyCsv(
    manager,
    `SELECT repeat('督', 1000) FROM generate_series(1, 100000)`,
    [],
  )) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  for (let i = 0; (await open()) > 0; i++) {
    expect(i).toBeLessThan(200);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
});
