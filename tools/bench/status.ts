import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { migrate } from '#platform/migrations.js';
import {
  benchDatabase,
  freePort,
  type Load,
  measure,
  median,
  Program,
  perSecond,
  type Row,
} from './harness.js';
import type { Options } from './main.js';
import { populate } from './population.js';

const CLIENTS = 50;

/** P4: the status of one school at 50 clients: cached, 304, and from PostgreSQL; against bare Nest routes that send as much. */
export async function run(options: Options): Promise<Row[]> {
  const database = await benchDatabase();
  const env = { DATABASE_URL: database.url, DATA_DIR: database.dataDir };
  const dataSource = createDataSource({ databaseUrl: database.url, poolSize: 4 }, { entities: ENTITIES });
  const programs: Program[] = [];
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const [district] = await populate(dataSource, 1, 20_000);
    if (!district) throw new Error('no district');
    const facts = {
      categories: Object.fromEntries(
        ['作业管理', '考试管理', '课后服务', '课程教学', '睡眠作息'].map((c, i) => [
          c,
          { open: i, closed: 3, escalated: 0, late: 0, due: { '2099-01-01': i }, met: 8, judged: 10 },
        ]),
      ),
      lastInspectionOn: '2026-11-10',
      lastFullInspectionOn: '2026-11-10',
    };
    await dataSource.query(
      `INSERT INTO unit_facts (district_id, unit_id, facts, changed_at) SELECT district_id, id, $1, now() FROM units`,
      [JSON.stringify(facts)],
    );
    await dataSource.query('ANALYZE');
    const [barePort, apiPort] = [await freePort(), await freePort()];
    const bare = new Program('tools/bench/bare-nest.js', { ...env, PORT: String(barePort) });
    const api = new Program('apps/api/main.js', { ...env, PORT: String(apiPort) });
    programs.push(bare, api);
    await Promise.all([
      bare.ready(`http://127.0.0.1:${barePort}/ready`),
      api.ready(`http://127.0.0.1:${apiPort}/readyz`),
    ]);
    const authorization = { authorization: `Bearer ${district.apiKey}` };
    const code = district.schoolCodes[0]!;
    const one = `http://127.0.0.1:${apiPort}/api/v1/compliance/schools/${code}`;
    const sample = await fetch(one, { headers: authorization });
    const etag = sample.headers.get('etag') ?? '';
    const body = await sample.text();
    await fetch(`http://127.0.0.1:${barePort}/set`, {
      method: 'POST',
      body: JSON.stringify({ body, etag }),
      headers: { 'content-type': 'application/json' },
    });
    const report: Row[] = [];
    const compare = async (
      what: string,
      ours: Partial<Load> & { url: string },
      theirs: Partial<Load> & { url: string },
      expect = 200,
    ) => {
      const rounds: { ours: number; theirs: number }[] = [];
      const common = { connections: CLIENTS, seconds: options.seconds, expect };
      await measure({ ...common, ...ours, seconds: 2 });
      await measure({ ...common, ...theirs, seconds: 2 });
      // Alternating: whatever else the machine does falls on both.
      for (let round = 0; round < 3; round++) {
        const theirRate = (await measure({ ...common, ...theirs })).rate;
        rounds.push({ ours: (await measure({ ...common, ...ours })).rate, theirs: theirRate });
      }
      const ratio = median(rounds.map((r) => r.ours / r.theirs));
      report.push({
        id: 'P4',
        what: `status of a school, ${what}`,
        ours: perSecond(median(rounds.map((r) => r.ours))),
        baseline: `bare Nest ${perSecond(median(rounds.map((r) => r.theirs)))}`,
        ratio,
        goal: '≥ 0.75',
        met: ratio >= 0.75,
      });
    };
    await compare(
      'cached 200',
      { url: one, headers: authorization },
      { url: `http://127.0.0.1:${barePort}/cached` },
    );
    await compare(
      '304',
      { url: one, headers: { ...authorization, 'if-none-match': etag } },
      { url: `http://127.0.0.1:${barePort}/cached`, headers: { 'if-none-match': etag } },
      304,
    );
    // More schools than the API remembers, so that each answer comes from PostgreSQL.
    const codes = district.schoolCodes;
    await compare(
      'from PostgreSQL',
      {
        url: `http://127.0.0.1:${apiPort}`,
        headers: authorization,
        next: (n) => ({
          path: `/api/v1/compliance/schools/${codes[(n * 7919) % codes.length]}`,
          headers: { ...authorization, 'cache-control': 'no-cache' },
        }),
      },
      {
        url: `http://127.0.0.1:${barePort}`,
        next: (n) => ({ path: `/row/${codes[(n * 7919) % codes.length]}` }),
      },
    );
    return report;
  } finally {
    for (const program of programs.reverse()) await program.stop();
    await dataSource.destroy();
    await database.stop();
  }
}
