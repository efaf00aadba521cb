import type { DataSource } from 'typeorm';
import { seedChecklists } from '#core/checklists/publish.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { createDataSource } from '#platform/database.js';
import { migrate } from '#platform/migrations.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { localDay } from '#rules/local-date.js';
import { benchDatabase, freePort, measure, median, Program, perSecond, type Row } from './harness.js';
import type { Options } from './main.js';
import { type BenchDistrict, populate } from './population.js';

const DISTRICTS = 4;
const SCHOOLS = 50;
const CLIENTS = 16;
const FAILING = 5;
const ROUNDS = 5;

type Measured = Awaited<ReturnType<typeof measure>>;

/**
 * P1 and P3: submitting an inspection (its answers, five issues, history, status, numbers) by 16 clients over several
 * districts and schools, with the worker sealing beside it. Baseline: Fastify and pg writing the same rows by one statement.
 */
export async function run(options: Options): Promise<Row[]> {
  const database = await benchDatabase();
  const amount = options.seconds * 1000;
  // A process that has been serving for a while, on both sides: what is measured is not the compiler.
  const warm = 3000;
  const env = { DATABASE_URL: database.url, DATA_DIR: database.dataDir };
  const dataSource = createDataSource(
    { databaseUrl: database.url, poolSize: 4 },
    { entities: ENTITIES, statementTimeout: 0 },
  );
  const programs: Program[] = [];
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const districts = await populate(dataSource, DISTRICTS, SCHOOLS);
    const [barePort, apiPort] = [await freePort(), await freePort()];
    const bare = new Program('tools/bench/bare-submit.js', { ...env, PORT: String(barePort) });
    const api = new Program('apps/api/main.js', { ...env, PORT: String(apiPort) });
    programs.push(bare, api);
    await Promise.all([
      bare.ready(`http://127.0.0.1:${barePort}/ready`),
      api.ready(`http://127.0.0.1:${apiPort}/readyz`),
    ]);
    const base = `http://127.0.0.1:${apiPort}`;
    const inspections: { path: string; token: string }[] = [];
    for (const district of districts)
      inspections.push(
        ...(await prepareInspections(dataSource, district, base, Math.ceil((warm + amount) / DISTRICTS))),
      );
    await dataSource.query('ANALYZE');
    // Spread over districts and schools: neighbours in time never share a counter.
    const spread = inspections.map(
      (_, i) => inspections[(i % DISTRICTS) * (inspections.length / DISTRICTS) + Math.floor(i / DISTRICTS)]!,
    );
    let taken = 0;
    const submit = (count: number) =>
      measureSubmit(base, count, () => {
        const one = spread[taken++];
        if (!one) throw new Error('more submissions than inspections were prepared');
        return one;
      });
    const plain = (count: number) =>
      measure({
        url: `http://127.0.0.1:${barePort}`,
        connections: CLIENTS,
        amount: count,
        method: 'POST',
        next: (n) => ({
          path: '/submit',
          body: JSON.stringify({
            district: districts[n % DISTRICTS]!.id,
            unit: districts[n % DISTRICTS]!.schools[n % SCHOOLS],
          }),
        }),
      });
    await plain(warm);
    await submit(warm);
    // As a database that has been in use for more than a minute has done by itself.
    await dataSource.query('ANALYZE');
    const worker = new Program('apps/worker/main.js', env);
    programs.push(worker);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const mark = new Date();
    // Alternating: whatever else the machine does falls on both.
    const rounds: { ours: Measured; bare: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({ bare: await plain(amount / ROUNDS), ours: await submit(amount / ROUNDS) });
    const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
    const ratio = middle(({ ours, bare }) => ours.rate / bare.rate);
    const slower = middle(({ ours, bare }) => ours.p99 / bare.p99);
    const lag = await sealingLag(dataSource, mark);
    return [
      {
        id: 'P1',
        what: `submit an inspection, ${CLIENTS} clients, ${DISTRICTS} districts`,
        ours: `${perSecond(middle((r) => r.ours.rate))}, p99 ${middle((r) => r.ours.p99)} ms`,
        baseline: `Fastify + pg, one statement ${perSecond(middle((r) => r.bare.rate))}, p99 ${middle((r) => r.bare.p99)} ms`,
        ratio,
        goal: '≥ 0.5 and p99 ≤ 2 ×',
        met: ratio >= 0.5 && slower <= 2,
      },
      {
        id: 'P3',
        what: 'event → sealed by the worker while P1 runs',
        ours: `p50 ${lag.p50.toFixed(2)} s, p99 ${lag.p99.toFixed(2)} s`,
        baseline: 'the schedule’s second 1 s',
        ratio: lag.p99,
        goal: 'p99 ≤ 2 s',
        met: lag.p99 <= 2,
      },
    ];
  } finally {
    for (const program of programs.reverse()) await program.stop();
    await dataSource.destroy();
    await database.stop();
  }
}

function measureSubmit(base: string, amount: number, next: () => { path: string; token: string }) {
  // One token a district: the header travels with the path.
  return measure({
    url: base,
    connections: CLIENTS,
    amount,
    method: 'POST',
    next: () => {
      const { path, token } = next();
      return {
        path,
        body: JSON.stringify({ summary: '总体有序。' }),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      };
    },
  });
}

/** One inspection answered through the API, then copied: the measured requests submit the copies. */
export async function prepareInspections(
  dataSource: DataSource,
  district: BenchDistrict,
  base: string,
  count: number,
) {
  const ctx = makeCtx(
    dataSource.manager,
    { ...systemActor(district.id), kind: 'person', userId: district.staff.id, roles: ['office_head'] },
    new Date(),
  );
  const checklist = (await inTransaction(ctx, seedChecklists)).get('CL-SJ')!;
  const call = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${district.inspector.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<{ results?: { outcome: string }[] }>;
  };
  const template = newId();
  const today = localDay(new Date());
  await call('PUT', `/inspections/${template}`, {
    unitId: district.schools[0],
    checklistId: checklist.id,
    kind: 'special',
    scheduledOn: today,
    team: [district.inspector.id],
    leadId: district.inspector.id,
  });
  let failed = 0;
  const operations = (checklist.items as ResolvedItem[]).map((item) => {
    const fails = item.judge.type === 'boolean' && failed < FAILING && ++failed > 0;
    return {
      operationId: newId(),
      itemCode: item.itemCode,
      answeredAt: new Date().toISOString(),
      ...(item.judge.type === 'boolean'
        ? {
            verdict: fails ? 'non_compliant' : 'compliant',
            ...(fails ? { note: '抽查三个班，两个班未落实', extent: 'grade' } : {}),
          }
        : { verdict: 'not_checked' }),
    };
  });
  const { results } = await call('POST', `/inspections/${template}/answers`, { operations });
  const refused = results?.filter((result) => result.outcome !== 'applied') ?? [];
  if (refused.length) throw new Error(`answers refused: ${JSON.stringify(refused.slice(0, 3))}`);
  const rows: { id: string }[] = await dataSource.query(
    `WITH made AS (
       INSERT INTO inspections (district_id, id, unit_id, checklist_id, kind, status, scheduled_on, lead_id, answers, created_by, created_at, updated_at)
       SELECT t.district_id, gen_random_uuid(), ($3::uuid[])[1 + n % cardinality($3::uuid[])], t.checklist_id, t.kind, t.status, t.scheduled_on, t.lead_id, t.answers, t.created_by, now(), now()
       FROM inspections t, generate_series(1, $2::int) n WHERE t.id = $1 RETURNING district_id, id)
     , members AS (INSERT INTO inspection_members SELECT district_id, id, $4 FROM made)
     SELECT id FROM made`,
    [template, count, district.schools, district.inspector.id],
  );
  return rows.map(({ id }) => ({
    path: `/api/v1/inspections/${id}/submit`,
    token: district.inspector.token,
  }));
}

async function sealingLag(dataSource: DataSource, since: Date): Promise<{ p50: number; p99: number }> {
  for (let i = 0; i < 100; i++) {
    const [{ left }]: [{ left: number }] = await dataSource.query(
      `SELECT count(*) AS left FROM unsealed_events`,
    );
    if (left === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [row]: [{ p50: number; p99: number }] = await dataSource.query(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY lag) AS p99
     FROM (SELECT extract(epoch FROM s.sealed_at - e.at)::float8 AS lag FROM seals s
           CROSS JOIN LATERAL (SELECT at FROM events WHERE district_id = s.district_id AND id = ANY(s.event_ids) OFFSET 0) e
           WHERE s.sealed_at >= $1 AND e.at >= $1) lags`,
    [since],
  );
  return row;
}
