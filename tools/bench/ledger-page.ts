import pg from 'pg';
import { ENTITIES } from '#core/entities.js';
import { columnTypes } from '#platform/column-types.js';
import { createDataSource } from '#platform/database.js';
import { migrate } from '#platform/migrations.js';
import { benchDatabase, freePort, measure, median, Program, perSecond, type Row } from './harness.js';
import type { Options } from './main.js';
import { type BenchDistrict, fillLedger, populate } from './population.js';

const CLIENTS = 16;
const SMALL = 100_000;
const ROUNDS = 5;

/** P5: a filtered page of 50 of the ledger at two sizes and at depth; against the same keyset query in plain SQL. */
export async function run(options: Options): Promise<Row[]> {
  const database = await benchDatabase();
  const env = { DATABASE_URL: database.url, DATA_DIR: database.dataDir };
  const dataSource = createDataSource(
    { databaseUrl: database.url, poolSize: 4 },
    { entities: ENTITIES, statementTimeout: 0 },
  );
  let api: Program | undefined;
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const [district] = await populate(dataSource, 1, 400);
    if (!district) throw new Error('no district');
    const port = await freePort();
    api = new Program('apps/api/main.js', { ...env, PORT: String(port) });
    await api.ready(`http://127.0.0.1:${port}/readyz`);
    const base = `http://127.0.0.1:${port}/api/v1`;
    await fillLedger(dataSource, district, 0, SMALL, ISSUES);
    const { seconds } = options;
    const small = waiting(median(await times(ROUNDS, () => page(base, district, undefined, seconds))));
    await fillLedger(dataSource, district, SMALL, Math.max(options.rows, SMALL * 2), ISSUES);
    const cursor = await cursorOfPage(base, district, 2000);
    // Alternating: whatever else the machine does falls on all of them.
    const rounds = await times(ROUNDS, async () => ({
      large: await page(base, district, undefined, seconds),
      sql: await plainSql(database.url, district, seconds),
      deep: await page(base, district, cursor, seconds),
    }));
    const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
    const large = middle((round) => round.large);
    const share = middle((round) => round.large / round.sql);
    const slower = middle((round) => round.large / round.deep);
    const rows = Math.max(options.rows, SMALL * 2).toLocaleString('en');
    return [
      {
        id: 'P5',
        what: `ledger page of 50 at ${rows} rows`,
        ours: `${perSecond(large)}, p50 ${waiting(large)} ms`,
        baseline: `keyset in SQL ${perSecond(middle((round) => round.sql))}`,
        ratio: share,
        goal: '≥ 0.23',
        met: share >= 0.23,
      },
      {
        id: 'P5',
        what: `p50 at ${rows} rows`,
        ours: `${waiting(large)} ms`,
        baseline: `at 100,000 rows ${small} ms`,
        ratio: waiting(large) / small,
        goal: '≤ 1.3',
        met: waiting(large) / small <= 1.3,
      },
      {
        id: 'P5',
        what: 'p50 of page 2,000',
        ours: `${waiting(middle((round) => round.deep))} ms`,
        baseline: `page 1 ${waiting(large)} ms`,
        ratio: slower,
        goal: '≤ 1.3',
        met: slower <= 1.3,
      },
    ];
  } finally {
    await api?.stop();
    await dataSource.destroy();
    await database.stop();
  }
}

const FILTER = 'status=rectifying&limit=50';

/** ms that a client waits at that rate: autocannon's own percentiles are whole milliseconds. */
const waiting = (rate: number): number => Number(((CLIENTS / rate) * 1000).toFixed(2));

async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let i = 0; i < count; i++) done.push(await work());
  return done;
}

/** Pages a second, after a second that is not counted. */
async function page(base: string, district: BenchDistrict, cursor: string | undefined, seconds: number) {
  const url = `${base}/issues?${FILTER}${cursor ? `&cursor=${cursor}` : ''}`;
  const load = { url, connections: CLIENTS, headers: { authorization: `Bearer ${district.staff.token}` } };
  await measure({ ...load, seconds: 1 });
  return (await measure({ ...load, seconds })).rate;
}

async function cursorOfPage(base: string, district: BenchDistrict, wanted: number): Promise<string> {
  let cursor = '';
  for (let n = 1; n < wanted; n += 4) {
    const answer = await fetch(
      `${base}/issues?status=rectifying&limit=200${cursor ? `&cursor=${cursor}` : ''}`,
      { headers: { authorization: `Bearer ${district.staff.token}` } },
    );
    const { nextCursor } = (await answer.json()) as { nextCursor: string | null };
    if (!nextCursor) return cursor;
    cursor = nextCursor;
  }
  return cursor;
}

/** The same a second, as plain SQL; after a second that is not counted, too. */
async function plainSql(url: string, district: BenchDistrict, seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CLIENTS, types: columnTypes });
  const from = performance.now() + 1000;
  const until = from + seconds * 1000;
  let count = 0;
  const client = async () => {
    while (performance.now() < until) {
      await pool.query({
        name: 'page',
        // The page first, then what stands beside it: else the planner may join and sort the whole ledger.
        text: `SELECT i.*, u.name AS unit_name
          FROM (SELECT * FROM issues WHERE district_id = $1 AND status = 'rectifying' ORDER BY id DESC LIMIT 51) i
          JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id ORDER BY i.id DESC`,
        values: [district.id],
      });
      if (performance.now() >= from) count++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await pool.end();
  return count / seconds;
}

const ISSUES = `INSERT INTO issues (district_id, id, number, unit_id, zone_id, source, category, item_code, finding, severity, severity_given, status,
    due_on, original_due_on, registered_at, registered_by, feedback_on, closed_at, changed_at)
  SELECT $1, uuidv7(), 'WT2026-' || n, ($2::uuid[])[1 + n % 400], $3, 'visit', (ARRAY['作业管理','考试管理','课后服务'])[1 + n % 3], 'SJ-ZY-01',
    '抽查三个班，两个班未落实第' || n, (ARRAY['minor','major','serious'])[1 + n % 3], 'minor',
    CASE WHEN n % 10 < 2 THEN 'rectifying' ELSE 'closed' END, '2026-12-31', '2026-12-31', now(), $4, '2026-11-01',
    CASE WHEN n % 10 < 2 THEN NULL ELSE now() END, now()
  FROM generate_series($5::int, $6::int) n`;
