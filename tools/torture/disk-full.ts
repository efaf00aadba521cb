import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { freePort, Program } from '../bench/harness.js';
import { populate } from '../bench/population.js';
import type { Figure } from './figure.js';
import { onlyBusy, refusedAfter } from './outage.js';
import { type Clients, lostFigure, pause, startClients } from './outage-clients.js';

const CLIENTS = 8;
const SIZE = '700m';
const RECOVERED = 5_000;

/**
 * R16: the disk that holds database, files and uploads under way is full for so many seconds. A small file system in memory
 * is mounted for it, which takes root.
 */
export async function diskFull(seconds: number): Promise<Figure[]> {
  const what = `disk full for ${seconds} s`;
  const mount = mkdtempSync(join(tmpdir(), 'dudao-full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', mount]).status !== 0) {
    rmSync(mount, { recursive: true });
    return [{ id: 'R16', what, figure: 'mounting a small file system takes root', ok: null }];
  }
  const scratch = join(mount, 'tmp');
  mkdirSync(scratch);
  const ballast = join(mount, 'ballast');
  const notes: string[] = [];
  const postgres = await startEmbeddedPostgres({ dataDir: mount, onNote: (line) => notes.push(line) });
  const source = createDataSource({ databaseUrl: postgres.url, poolSize: 2 }, { entities: ENTITIES });
  const programs: Program[] = [];
  let clients: Clients | undefined;
  try {
    await source.initialize();
    await migrate(source);
    const [district] = await populate(source, 1, CLIENTS);
    if (!district) throw new Error('no district');
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const env = { DATABASE_URL: postgres.url, DATA_DIR: mount, TMPDIR: scratch, LOG_LEVEL: 'fatal' };
    const api = new Program('apps/api/main.js', { ...env, PORT: String(port) });
    programs.push(api, new Program('apps/worker/main.js', env));
    await api.ready(`${base}/readyz`);
    clients = startClients(base, district, CLIENTS);
    await pause(2_000);

    const until = performance.now() + seconds * 1000;
    const file = openSync(ballast, 'w');
    while (performance.now() < until) {
      fill(file);
      await pause(100);
    }
    closeSync(file);
    rmSync(ballast);
    const recovered = await refusedAfter(clients, performance.now());
    await clients.stop();
    const lost = await lostFigure(source, base, district, clients);
    return [
      {
        id: 'R16',
        what,
        figure: [...clients.told].map(([said, count]) => `${count} × ${said}`).join(', '),
        ok: onlyBusy(clients) && (clients.told.get('503 with Retry-After') ?? 0) > 0,
      },
      {
        id: 'R16',
        what: `last refusal after there is room again (PostgreSQL restarted ${notes.length} ×)`,
        figure: `${(recovered / 1000).toFixed(1)} s`,
        ok: recovered <= RECOVERED,
      },
      lost,
    ];
  } finally {
    await clients?.stop().catch(() => undefined);
    for (const program of programs) await program.stop();
    await source.destroy();
    await postgres.stop();
    spawnSync('umount', ['-l', mount]);
    rmSync(mount, { recursive: true, force: true });
  }
}

const BLOCK = Buffer.alloc(1024 * 1024);

/** Takes what room is left, to the last byte. */
function fill(file: number): void {
  for (let size = BLOCK.length; size > 0; ) {
    try {
      writeSync(file, BLOCK, 0, size);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      size = Math.floor(size / 4);
    }
  }
}
