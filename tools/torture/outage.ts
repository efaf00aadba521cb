import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENTITIES } from '#core/entities.js';
import { newId } from '#core/foundation/ids.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { freePort, Program } from '../bench/harness.js';
import { populate } from '../bench/population.js';
import type { Figure } from './main.js';

const CLIENTS = 16;
/** Fewer connections than clients: while one table is locked, all of them are soon taken. */
const POOL = 8;
const OUTAGE = 7_000;
const LOCKED = 13_000;

/**
 * R16: PostgreSQL stopped, and then every connection of the pool held up by a lock, while 16 clients read and write.
 * Whoever is not served is told 503 with `Retry-After`; nobody is told of what is not there; it recovers by itself.
 */
export async function run(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-outage-'));
  let postgres = await startEmbeddedPostgres({ dataDir });
  const connect = async (): Promise<DataSource> =>
    createDataSource({ databaseUrl: postgres.url, poolSize: 2 }, { entities: ENTITIES }).initialize();
  let api: Program | undefined;
  let over = false;
  let clients: Promise<unknown> | undefined;
  try {
    const before = await connect();
    await migrate(before);
    const [district] = await populate(before, 1, CLIENTS);
    if (!district) throw new Error('no district');
    await before.destroy();
    const port = await freePort();
    api = new Program('apps/api/main.js', {
      DATABASE_URL: postgres.url,
      DATA_DIR: dataDir,
      PORT: String(port),
      POOL_SIZE: String(POOL),
      LOG_LEVEL: 'fatal',
    });
    await api.ready(`http://127.0.0.1:${port}/readyz`);

    const told = new Map<string, number>();
    const acknowledged = new Set<string>();
    let slowest = 0;
    let lastRefusal = 0;
    const ask = async (method: string, path: string, key?: string, body?: object) => {
      const began = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${district.staff.token}`,
          ...(body ? { 'content-type': 'application/json', 'idempotency-key': key! } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      slowest = Math.max(slowest, performance.now() - began);
      const retry = answer.headers.has('retry-after') ? ' with Retry-After' : '';
      const said = `${answer.status}${answer.status >= 500 ? retry : ''}`;
      told.set(said, (told.get(said) ?? 0) + 1);
      if (answer.ok) return JSON.parse(text) as { id: string };
      lastRefusal = performance.now();
      await pause(200);
      return undefined;
    };
    const client = async (n: number) => {
      while (!over) {
        await ask('GET', `/issues?limit=5&unitId=${district.schools[n]}`);
        const key = newId();
        const issue = {
          unitId: district.schools[n],
          category: '组织与制度',
          severity: 'minor',
          finding: '停库演练。',
        };
        let made: { id: string } | undefined;
        while (!over && !made) made = await ask('POST', '/issues', key, issue);
        if (made) acknowledged.add(made.id);
        await pause(20);
      }
    };
    clients = Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)));
    await pause(2_000);

    await postgres.stop();
    await pause(OUTAGE);
    postgres = await startEmbeddedPostgres({ dataDir });
    const backAt = performance.now();
    await pause(6_000);
    const recovered = Math.max(0, lastRefusal - backAt);

    const source = await connect();
    await source.transaction(async (em) => {
      await em.query('LOCK TABLE issues IN ACCESS EXCLUSIVE MODE');
      await pause(LOCKED);
    });
    const freeAt = performance.now();
    await pause(6_000);
    const freed = Math.max(0, lastRefusal - freeAt);
    over = true;
    await clients;
    const [row]: { there: number; all: number }[] = await source.query(
      'SELECT count(*) AS all, count(*) FILTER (WHERE id = ANY($1::uuid[])) AS there FROM issues',
      [[...acknowledged]],
    );
    await source.destroy();
    const refused = told.get('503 with Retry-After') ?? 0;
    const wrong = [...told].filter(([said]) => !/^(200|201|503 with Retry-After)$/.test(said));
    return [
      {
        id: 'R16',
        what: `PostgreSQL stopped ${OUTAGE / 1000} s, then all connections held ${LOCKED / 1000} s`,
        figure: [...told].map(([said, count]) => `${count} × ${said}`).join(', '),
        ok: wrong.length === 0 && refused > 0,
      },
      {
        id: 'R16',
        what: 'last refusal after the database is back, after the lock is gone; slowest answer',
        figure: [recovered, freed, slowest].map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', '),
        ok: recovered <= 5_000 && freed <= 5_000 && slowest <= 20_000,
      },
      {
        id: 'R16',
        what: 'acknowledged and not there',
        figure: `${acknowledged.size - (row?.there ?? 0)} of ${acknowledged.size}`,
        ok: row?.there === acknowledged.size && acknowledged.size > 0,
      },
    ];
  } finally {
    over = true;
    await clients?.catch(() => undefined);
    await api?.stop();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
