import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { CIRCULAR_FORMATS } from '#core/circulars/circular.entity.js';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { packagePath } from '#platform/package-root.js';
import { flagsOf, freePort, median } from '../bench/harness.js';
import { populate } from '../bench/population.js';
import { prepareInspections } from '../bench/submit.js';
import type { Figure } from './figure.js';
import { KeptAlive } from './kept-alive.js';

const SECONDS = 45;
const CLIENTS = 8;
const INSPECTIONS = 3000;

/**
 * R1: `kill -9` of two APIs, two workers, PostgreSQL and Redis (and FLUSHALL) at random while clients submit and retry.
 * Nothing acknowledged may be lost, doubled or half there, and no job may stay stuck.
 */
export async function run(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-kills-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const redisPort = await freePort();
  const ports = [await freePort(), await freePort()];
  const dataSource = createDataSource(
    { databaseUrl: postgres.url, poolSize: 4 },
    { entities: ENTITIES, statementTimeout: 0 },
  );
  await dataSource.initialize();
  await migrate(dataSource);
  const [district] = await populate(dataSource, 1, 20);
  if (!district) throw new Error('no district');
  const env = { DATABASE_URL: postgres.url, DATA_DIR: dataDir, REDIS_URL: `redis://127.0.0.1:${redisPort}` };
  const redis = new KeptAlive('redis', 'redis-server', [
    '--port',
    String(redisPort),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ]);
  const node = (name: string, script: string, more: Record<string, string> = {}) =>
    new KeptAlive(name, process.execPath, [...flagsOf(script), packagePath('dist', script)], {
      ...env,
      ...more,
    });
  const apis = ports.map((port, i) => node(`api ${i + 1}`, 'apps/api/main.js', { PORT: String(port) }));
  const workers = [1, 2].map((i) => node(`worker ${i}`, 'apps/worker/main.js'));
  try {
    await Promise.all(ports.map((port) => readyWithin(port, 15_000)));
    const inspections = await prepareInspections(
      dataSource,
      district,
      `http://127.0.0.1:${ports[0]}`,
      INSPECTIONS,
    );
    const circularId = await requestCircular(ports[0]!, district.staff.token);

    const until = Date.now() + SECONDS * 1000;
    const acknowledged: string[] = [];
    let retries = 0;
    const client = async (n: number) => {
      for (let i = n; i < inspections.length && Date.now() < until; i += CLIENTS) {
        const { path, token } = inspections[i]!;
        // Without a key a submission is one statement by itself, with one a transaction: a repeat of either is the same.
        const key: Record<string, string> = n % 2 === 0 ? { 'idempotency-key': newId() } : {};
        for (let attempt = 0; ; attempt++) {
          const answer = await fetch(`http://127.0.0.1:${ports[(i + attempt) % 2]}${path}`, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              ...key,
            },
            body: JSON.stringify({ summary: '总体有序。' }),
          }).catch(() => undefined);
          const body = await answer?.text().catch(() => undefined);
          if (answer?.status === 200 && body !== undefined) {
            acknowledged.push(path.split('/')[4]!);
            break;
          }
          if (answer && answer.status < 500 && answer.status !== 409)
            throw new Error(`${answer.status} ${body}`);
          retries++;
          await pause(30);
        }
      }
    };
    const killed: Record<string, number> = {};
    const killer = async () => {
      while (Date.now() < until) {
        await pause(randomInt(700, 2200));
        const victims: [string, () => void | Promise<void>][] = [
          ...[...apis, ...workers, redis].map((one): [string, () => void] => [one.name, () => one.kill()]),
          ['postgres', () => killIfUp(postgres.pid())],
          ['flushall', () => void spawnSync('redis-cli', ['-p', String(redisPort), 'flushall'])],
        ];
        const [name, kill] = victims[randomInt(victims.length)]!;
        killed[name] = (killed[name] ?? 0) + 1;
        await kill();
      }
    };
    await Promise.all([killer(), ...Array.from({ length: CLIENTS }, (_, n) => client(n))]);
    await Promise.all(ports.map((port) => readyWithin(port, 15_000)));
    const settled = await settle(dataSource);
    const back: Record<'api' | 'postgres', number[]> = { api: [], postgres: [] };
    for (let i = 0; i < 5; i++) {
      for (const [name, kill] of [
        ['api', () => apis[0]!.kill()],
        ['postgres', () => void process.kill(postgres.pid(), 'SIGKILL')],
      ] as const) {
        kill();
        back[name].push(await readyAgain(ports[0]!));
      }
    }
    const figures = await judge(dataSource, acknowledged, circularId);
    const ctx = makeCtx(dataSource.manager, systemActor(district.id), new Date());
    const astray = (await factsThatDiffer(ctx)).length;
    const seconds = (times: number[]) =>
      `${(median(times) / 1000).toFixed(1)} s (at most ${(Math.max(...times) / 1000).toFixed(1)} s)`;
    const kills = Object.values(killed).reduce((a, b) => a + b, 0);
    return [
      {
        id: 'R1',
        what: `${kills} kills in ${SECONDS} s (${Object.entries(killed)
          .map(([k, v]) => `${k} ${v}`)
          .join(', ')})`,
        figure: `${acknowledged.length} submissions acknowledged, ${retries} retries`,
        ok: acknowledged.length > 50 && kills > 10,
      },
      {
        id: 'R1',
        what: 'acknowledged and lost / doubled / partial',
        figure: `${figures.lost} / ${figures.doubled} / ${figures.partial}`,
        ok: figures.lost + figures.doubled + figures.partial === 0,
      },
      {
        id: 'R1',
        what: 'gaps in the numbers, circulars of the one request, schools whose facts are not what the ledger says',
        figure: `${figures.gaps}, ${figures.circulars}, ${astray}`,
        ok: figures.gaps === 0 && figures.circulars === 1 && astray === 0,
      },
      {
        id: 'R1',
        what: 'jobs stuck, events unsealed',
        figure: `${settled.outbox}, ${settled.unsealed}`,
        ok: settled.outbox + settled.unsealed === 0,
      },
      {
        id: 'R1',
        what: 'ready again after a kill, median of 5: API, embedded database',
        figure: `${seconds(back.api)}, ${seconds(back.postgres)}`,
        ok: median(back.api) <= 2000 && median(back.postgres) <= 5000,
      },
    ];
  } finally {
    await Promise.all([...apis, ...workers, redis].map((one) => one.stop()));
    await dataSource.destroy();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** It may still be down from the kill before. */
function killIfUp(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** ms from a kill until a whole answer again; that it was gone in between is seen first. */
async function readyAgain(port: number): Promise<number> {
  const began = performance.now();
  while ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200)
    await pause(5);
  await readyWithin(port, 30_000);
  return performance.now() - began;
}

async function readyWithin(port: number, ms: number): Promise<void> {
  const until = Date.now() + ms;
  while (Date.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(20);
  }
  throw new Error(`port ${port} is not ready after ${ms} ms`);
}

async function requestCircular(port: number, token: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/circulars`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'monthly', period: new Date().toISOString().slice(0, 7) }),
  });
  if (answer.status !== 202) throw new Error(`circular: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

/** Waits until the worker has nothing left to do, at most a minute. */
async function settle(dataSource: DataSource): Promise<{ outbox: number; unsealed: number }> {
  let left = { outbox: 1, unsealed: 1 };
  for (let i = 0; i < 240 && left.outbox + left.unsealed > 0; i++) {
    await pause(250);
    [left] = await dataSource.query(
      `SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT coalesce(sum(cardinality(event_ids)), 0)::int FROM unsealed_events) AS unsealed`,
    );
  }
  return left;
}

async function judge(dataSource: DataSource, acknowledged: string[], circularId: string) {
  const [row] = await dataSource.query(
    `WITH said AS (SELECT unnest($1::uuid[]) AS id), held AS (
       SELECT i.id, i.status, (SELECT count(*) FROM issues q WHERE q.inspection_id = i.id) AS issues,
         (SELECT count(*) FROM events e WHERE e.subject_id = i.id AND e.action = 'submit') AS submits
       FROM inspections i WHERE EXISTS (SELECT 1 FROM inspection_members m WHERE m.inspection_id = i.id))
     SELECT (SELECT count(*) FROM said LEFT JOIN held USING (id) WHERE held.status IS DISTINCT FROM 'submitted') AS lost,
       (SELECT count(*) FROM held WHERE issues > 5 OR submits > 1) AS doubled,
       (SELECT count(*) FROM held WHERE (status = 'submitted') <> (issues = 5) OR (status = 'submitted') <> (submits = 1)) AS partial,
       (SELECT coalesce(sum(c.value), 0) - (SELECT count(*) FROM issues) FROM counters c WHERE c.series = 'issue') AS gaps,
       (SELECT count(*) FROM circulars c WHERE c.id = $2 AND c.status = 'draft'
          AND (SELECT count(*) FROM circular_files f WHERE f.circular_id = c.id) = $3) AS circulars`,
    [acknowledged, circularId, CIRCULAR_FORMATS.length],
  );
  return row as { lost: number; doubled: number; partial: number; gaps: number; circulars: number };
}
