import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { freePort, Program } from '../bench/harness.js';
import { type BenchDistrict, populate } from '../bench/population.js';
import { diskFull } from './disk-full.js';
import { argument, type Figure } from './figure.js';
import { type Clients, lostFigure, pause, startClients } from './outage-clients.js';

const CLIENTS = 16;
/** Fewer connections than clients: while one table is locked, all of them are soon taken. */
const POOL = 8;
/** How long what was away may take to be used again (R16). */
const RECOVERED = 5_000;
const EXPORTS = 5;
/** Ten seconds for a connection, ten for a lock, and the rest for the machine. */
const SLOWEST = 22_000;

/**
 * R16 (`-- R16 seconds=30`): PostgreSQL stopped, Redis stopped, every connection of the pool held up by a lock, the disk full,
 * each for that long while 16 clients read, write and upload. Whoever is not served is told 503 with `Retry-After`; nobody
 * is told of what is not there; it recovers by itself.
 */
export async function run(): Promise<Figure[]> {
  const seconds = argument('seconds', 30);
  return [...(await servicesAway(seconds)), ...(await diskFull(seconds))];
}

async function servicesAway(seconds: number): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-outage-'));
  let postgres = await startEmbeddedPostgres({ dataDir });
  const connect = async (): Promise<DataSource> =>
    createDataSource({ databaseUrl: postgres.url, poolSize: 2 }, { entities: ENTITIES }).initialize();
  const redisPort = await freePort();
  let redis = startRedis(redisPort);
  const programs: Program[] = [];
  let clients: Clients | undefined;
  try {
    const before = await connect();
    await migrate(before);
    const [district] = await populate(before, 1, CLIENTS);
    if (!district) throw new Error('no district');
    await before.destroy();
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      DATA_DIR: dataDir,
      POOL_SIZE: String(POOL),
      LOG_LEVEL: 'fatal',
    };
    const api = new Program('apps/api/main.js', { ...env, PORT: String(port) });
    programs.push(api, new Program('apps/worker/main.js', env));
    await api.ready(`${base}/readyz`);
    clients = startClients(base, district, CLIENTS);
    await pause(2_000);

    await postgres.stop();
    await pause(seconds * 1000);
    postgres = await startEmbeddedPostgres({ dataDir });
    const [source, recovered] = [await connect(), await refusedAfter(clients, performance.now())];

    const refusedBefore = clients.lastRefusal();
    redis.kill('SIGKILL');
    for (let i = 0; i < EXPORTS; i++) await order(base, district);
    await pause(seconds * 1000);
    const waiting = await unfinished(source);
    redis = startRedis(redisPort);
    const backAt = performance.now();
    while ((await unfinished(source)) > 0 && performance.now() - backAt < 60_000) await pause(50);
    const jobsDone = performance.now() - backAt;
    const refusedMeanwhile = clients.lastRefusal() > refusedBefore;

    await source.transaction(async (em) => {
      await em.query('LOCK TABLE issues IN ACCESS EXCLUSIVE MODE');
      await pause(seconds * 1000);
    });
    const freed = await refusedAfter(clients, performance.now());
    await clients.stop();
    const lost = await lostFigure(source, base, district, clients);
    await source.destroy();
    const times = [recovered, freed, clients.slowest()].map((ms) => `${(ms / 1000).toFixed(1)} s`);
    return [
      {
        id: 'R16',
        what: `PostgreSQL stopped, Redis stopped, all connections held, ${seconds} s each`,
        figure: [...clients.told].map(([said, count]) => `${count} × ${said}`).join(', '),
        ok: onlyBusy(clients) && (clients.told.get('503 with Retry-After') ?? 0) > 0,
      },
      {
        id: 'R16',
        what: 'last refusal after the database is back, after the lock is gone; slowest answer',
        figure: times.join(', '),
        ok: recovered <= RECOVERED && freed <= RECOVERED && clients.slowest() <= SLOWEST,
      },
      {
        id: 'R16',
        what: `without Redis: requests refused; ${waiting} exports that waited done after it is back`,
        figure: `${refusedMeanwhile ? 'some' : 'none'}; ${(jobsDone / 1000).toFixed(1)} s`,
        ok: !refusedMeanwhile && waiting === EXPORTS && jobsDone <= RECOVERED,
      },
      lost,
    ];
  } finally {
    await clients?.stop().catch(() => undefined);
    for (const program of programs) await program.stop();
    redis.kill('SIGKILL');
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const startRedis = (port: number): ChildProcess =>
  spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });

/** Watches a little longer than recovering may take. @returns ms from `at` to the last refusal, 0 for none */
export async function refusedAfter(clients: Clients, at: number): Promise<number> {
  await pause(RECOVERED + 1_000);
  return Math.max(0, clients.lastRefusal() - at);
}

/** Whether all that was ever said is that it was done, or to come back. */
export const onlyBusy = ({ told }: Clients): boolean =>
  [...told.keys()].every((said) => /^(200|201|503 with Retry-After)$/.test(said));

async function order(base: string, { staff }: BenchDistrict): Promise<void> {
  const answer = await fetch(`${base}/api/v1/exports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${staff.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'issues', format: 'csv', filter: { status: 'closed' } }),
  });
  if (answer.status !== 202) throw new Error(`export: ${answer.status} ${await answer.text()}`);
}

async function unfinished(source: DataSource): Promise<number> {
  const [row]: { n: number }[] = await source.query(
    `SELECT count(*) AS n FROM exports WHERE status <> 'done'`,
  );
  return row?.n ?? 0;
}
