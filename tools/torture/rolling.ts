import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENTITIES } from '#core/entities.js';
import { newId } from '#core/foundation/ids.js';
import { verifyHistory } from '#core/history/verify.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { openFiles } from '#platform/files.js';
import { migrate } from '#platform/migrations.js';
import { freePort, Program } from '../bench/harness.js';
import { type BenchDistrict, populate } from '../bench/population.js';
import { argument, type Figure, text } from './figure.js';
import { pause } from './outage-clients.js';

const CLIENTS = 16;

type Backend = { port: number; program: Program; agent: Agent };
type Said = { status: number; text: string };

/**
 * R15 (`-- R15 rounds=6`): two APIs and a worker are replaced one after the other by SIGTERM while clients read and write through
 * a balancer that does what deploy/Caddyfile says: it learns of a process that is gone by a refused connection, and takes
 * another. No request may fail, and nothing acknowledged be missing.
 *
 * `from=<folder>`: the first ones are of another version, built there, and so is the database: an upgrade with data, under load.
 */
export async function run(): Promise<Figure[]> {
  const rounds = argument('rounds', 6);
  const from = text('from');
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-rolling-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const source = createDataSource({ databaseUrl: postgres.url, poolSize: 2 }, { entities: ENTITIES });
  const env = { DATABASE_URL: postgres.url, DATA_DIR: dataDir, LOG_LEVEL: 'fatal' };
  const backends: Backend[] = [];
  const leaving: Promise<void>[] = [];
  let worker: Program | undefined;
  let over = false;
  let clients: Promise<unknown> | undefined;
  try {
    await source.initialize();
    if (!from) await migrate(source);
    const start = async (root?: string): Promise<Backend> => {
      const port = await freePort();
      const program = new Program('apps/api/main.js', { ...env, PORT: String(port) }, [], root);
      await program.ready(`http://127.0.0.1:${port}/readyz`);
      return { port, program, agent: new Agent({ keepAlive: true }) };
    };
    backends.push(await start(from), await start(from));
    worker = new Program('apps/worker/main.js', env, [], from);
    const [district] = await populate(source, 1, CLIENTS);
    if (!district) throw new Error('no district');

    const balancer = new Balancer(backends);
    const made: string[] = [];
    clients = Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => client(balancer, district, n, made, () => over)),
    );
    await pause(1_000);
    const stops: number[] = [];
    for (let round = 0; round < rounds; round++) {
      backends.push(await start());
      const old = backends[0]!;
      const began = performance.now();
      leaving.push(old.program.stop().then(() => void stops.push(performance.now() - began)));
      if (round === 0) {
        await worker.stop();
        worker = new Program('apps/worker/main.js', env);
      }
      // Nobody tells the balancer: for a while it goes on asking the one that is gone.
      await pause(1_500);
      backends.shift();
    }
    over = true;
    await clients;
    await Promise.all(leaving);
    const [row]: { there: number }[] = await source.query(
      'SELECT count(*) AS there FROM issues WHERE id = ANY($1::uuid[])',
      [made],
    );
    const history = await told(source, env, district.id);
    const { asked, refused, reset, failed } = balancer;
    for (const [text, count] of failed) process.stderr.write(`  ${count} × ${text}\n`);
    const failures = [...failed.values()].reduce((a, b) => a + b, 0);
    return [
      {
        id: 'R15',
        what: `${rounds} processes replaced under ${asked} requests; failed`,
        figure: `${failures} (connections refused ${refused}, closed before an answer ${reset}: taken elsewhere)`,
        ok: failures === 0 && asked > 500,
      },
      {
        id: 'R15',
        what: 'a process ends after SIGTERM within',
        figure: `${(Math.max(...stops) / 1000).toFixed(1)} s`,
        ok: Math.max(...stops) < 10_000,
      },
      {
        id: 'R15',
        what: 'acknowledged and not there',
        figure: `${made.length - (row?.there ?? 0)} of ${made.length}`,
        ok: row?.there === made.length && made.length > 0,
      },
      {
        id: 'R15',
        what: `history over ${history.checked} sealed events`,
        figure: history.firstBad ? JSON.stringify(history.firstBad) : 'whole',
        ok: history.valid && history.checked >= made.length,
      },
    ];
  } finally {
    over = true;
    await clients?.catch(() => undefined);
    await Promise.all(leaving);
    for (const { program } of backends) await program.stop();
    await worker?.stop();
    await close(source);
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What verifying says once everything is sealed, or after ten seconds. */
async function told(source: DataSource, env: Record<string, string>, district: string) {
  for (let i = 0; i < 100; i++) {
    const [{ waiting }]: [{ waiting: boolean }] = await source.query(
      'SELECT EXISTS (SELECT FROM unsealed_events) AS waiting',
    );
    if (!waiting) break;
    await pause(100);
  }
  const config = loadConfig({ ...process.env, ...env });
  const files = await openFiles(config);
  return verifyHistory({ dataSource: source, files, auditKey: config.auditKey }, district);
}

/** Tries one process after the other, each request for five seconds at most. */
class Balancer {
  asked = 0;
  refused = 0;
  reset = 0;
  readonly failed = new Map<string, number>();
  private next = 0;

  constructor(private readonly backends: Backend[]) {}

  /** A read, or a write under an idempotency key: either may be sent again where its connection was closed without an answer. */
  async ask(method: string, path: string, headers: Record<string, string>, body?: string) {
    this.asked++;
    const until = performance.now() + 5_000;
    for (;;) {
      const backend = this.backends[this.next++ % this.backends.length]!;
      const answer = await send(backend, method, path, headers, body).catch(
        (error: NodeJS.ErrnoException) => error,
      );
      if (!(answer instanceof Error)) {
        if (answer.status >= 500)
          this.fail(`${method} ${path.split('?')[0]}: ${answer.status} ${answer.text}`);
        return answer;
      }
      if (answer.code === 'ECONNREFUSED') this.refused++;
      else this.reset++;
      if (performance.now() > until) {
        this.fail(`${method} ${path}: ${answer.message}`);
        return undefined;
      }
      await pause(100);
    }
  }

  private fail(text: string): void {
    this.failed.set(text, (this.failed.get(text) ?? 0) + 1);
  }
}

function send(
  { port, agent }: Backend,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function client(
  balancer: Balancer,
  { staff, schools, apiKey, schoolCodes }: BenchDistrict,
  n: number,
  made: string[],
  over: () => boolean,
): Promise<void> {
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const issue = JSON.stringify({
    unitId: schools[n],
    category: '组织与制度',
    severity: 'minor',
    finding: '换岗演练。',
  });
  while (!over()) {
    await balancer.ask('GET', `/api/v1/compliance/schools/${schoolCodes[n]}`, as(apiKey));
    await balancer.ask('GET', `/api/v1/issues?limit=5&unitId=${schools[n]}`, as(staff.token));
    const headers = {
      ...as(staff.token),
      'content-type': 'application/json',
      'idempotency-key': newId(),
    };
    const answer = await balancer.ask('POST', '/api/v1/issues', headers, issue);
    if (answer?.status === 201) made.push((JSON.parse(answer.text) as { id: string }).id);
  }
}

const close = (source: DataSource): Promise<void> =>
  source.isInitialized ? source.destroy() : Promise.resolve();
