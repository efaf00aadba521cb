import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { freePort, Program } from '../bench/harness.js';
import { populate } from '../bench/population.js';
import type { Figure } from './figure.js';
import { hostileNames, pictures, tables, type Upload } from './hostile-files.js';

/** ms and bytes that refusing may take (R7). */
const PATIENCE = 2_000;
const GROWTH = 150 * 1024 * 1024;

/**
 * R7: archive and picture bombs, polyglots, truncated and wrong files, a million cells, and names that would lead out of the
 * folder, all at a running process: each is refused in time, memory stays, nothing lies outside its folder.
 */
export async function run(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-uploads-'));
  const scratch = mkdtempSync(join(tmpdir(), 'dudao-uploads-tmp-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const source = createDataSource({ databaseUrl: postgres.url, poolSize: 2 }, { entities: ENTITIES });
  let api: Program | undefined;
  try {
    await source.initialize();
    await migrate(source);
    const [district] = await populate(source, 1, 1);
    if (!district) throw new Error('no district');
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const env = { DATABASE_URL: postgres.url, DATA_DIR: dataDir, TMPDIR: scratch, LOG_LEVEL: 'fatal' };
    api = new Program('apps/api/main.js', { ...env, PORT: String(port) });
    await api.ready(`${base}/readyz`);
    const send = async (method: string, path: string, { type, body }: Omit<Upload, 'what'>) => {
      const began = performance.now();
      const answer = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${district.staff.token}`, 'content-type': type },
        body,
      });
      const text = await answer.text();
      return { status: answer.status, text, ms: performance.now() - began };
    };
    // What a first ordinary file of each kind brings into memory is no growth.
    for (const one of await pictures('ordinary')) await send('PUT', `/attachments/${sha256(one.body)}`, one);
    for (const one of await tables('ordinary')) await send('POST', '/schools/import', one);

    const before = memory(api.pid);
    const taken: string[] = [];
    let [count, slowest, slow] = [0, 0, ''];
    const judge = (what: string, { status, text, ms }: Awaited<ReturnType<typeof send>>) => {
      count++;
      if (ms > slowest) [slowest, slow] = [ms, what];
      if (status < 400 || status >= 500) taken.push(`${what}: ${status} ${text.slice(0, 100)}`);
    };
    for (const one of await pictures('hostile'))
      judge(one.what, await send('PUT', `/attachments/${sha256(one.body)}`, one));
    for (const one of await tables('hostile')) {
      judge(`${one.what}, schools`, await send('POST', '/schools/import', one));
      judge(`${one.what}, checklist`, await send('POST', '/checklists/import', one));
    }
    const names = hostileNames();
    const [photo] = await pictures('ordinary');
    const files = () =>
      readdirSync(dataDir, { recursive: true }).filter((name) => !/^postgres/.test(String(name)));
    const there = files();
    for (const name of names) judge(`name ${name}`, await send('PUT', `/attachments/${name}`, photo!));
    const outside = [...files().filter((name) => !there.includes(name)), ...readdirSync(scratch)];
    const grown = memory(api.pid).most - before.now;
    const alive = await fetch(`${base}/healthz`).then(({ status }) => status);
    for (const text of taken) process.stderr.write(`  taken: ${text}\n`);
    return [
      {
        id: 'R7',
        what: `${count} hostile uploads, ${names.length} of them names; taken, or failed with 5xx`,
        figure: String(taken.length),
        ok: taken.length === 0 && names.length >= 200,
      },
      {
        id: 'R7',
        what: 'slowest refusal; growth of memory at most',
        figure: `${(slowest / 1000).toFixed(2)} s (${slow}); ${Math.round(grown / 1024 / 1024)} MB`,
        ok: slowest <= PATIENCE && grown <= GROWTH,
      },
      {
        id: 'R7',
        what: 'files left outside their folder; alive afterwards',
        figure: `${outside.length}; ${alive}`,
        ok: outside.length === 0 && alive === 200,
      },
    ];
  } finally {
    await api?.stop();
    if (source.isInitialized) await source.destroy();
    await postgres.stop();
    for (const dir of [dataDir, scratch]) rmSync(dir, { recursive: true, force: true });
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that a process holds now, and held at most since this was asked before. */
function memory(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  const found = { now: bytes('VmRSS'), most: bytes('VmHWM') };
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return found;
}
