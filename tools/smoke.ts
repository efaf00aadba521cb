import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '#platform/backup-format.js';
import { residents } from '#platform/embedded-postgres.js';
import { packagePath } from '#platform/package-root.js';

/*
 * `npm run smoke`: what a newcomer and a technician do, on a fresh folder and free ports, with the built product:
 * start, log in, lose power, start again, back up, restore on an empty machine, compare. Prints its figures.
 */
const PASSWORD = 'smoke-Test-2026';
const base = mkdtempSync(join(tmpdir(), 'dudao-smoke-'));
// The database account must be able to pass through.
chmodSync(base, 0o755);
const children = new Set<ChildProcess>();
let checks = 0;

interface Installation {
  process: ChildProcess;
  address: string;
  page: string;
  seconds: number;
}

function node(script: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [packagePath('dist', script), ...args], {
    env: { ...process.env, DEMO_PASSWORD: PASSWORD, PORT: '0', LOG_LEVEL: 'warn', DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Starts the launcher and waits for its page. */
async function launch(env: Record<string, string>): Promise<Installation> {
  const began = performance.now();
  const child = node('apps/all/main.js', [], env);
  let page = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`the launcher ended with ${code} before it was ready:\n${page}`)),
    );
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      page += text;
      if (page.includes('停止：')) resolve();
    });
  });
  const address = /接口地址\s+(http:\/\/[^/\s]+)/.exec(page)?.[1] ?? '';
  return { process: child, address, page, seconds: (performance.now() - began) / 1000 };
}

async function stop(installation: Installation): Promise<void> {
  installation.process.kill('SIGTERM');
  const [code] = await once(installation.process, 'exit');
  check('an orderly stop ends with 0', code === 0);
}

async function tool(script: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = node(script, args, env);
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `${script} ended with ${code}: ${said}`);
  return said;
}

function check(what: string, holds: boolean): void {
  assert.ok(holds, what);
  checks += 1;
  console.log(`  ✓ ${what}`);
}

/** What the address answers to that account; undefined unless 200. */
async function asks(installation: Installation, username: string, path: string): Promise<unknown> {
  const login = await fetch(`${installation.address}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  if (login.status !== 200) return undefined;
  const { accessToken } = (await login.json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await fetch(`${installation.address}/api/v1${path}`, { headers });
  return answer.status === 200 ? answer.json() : undefined;
}

async function logsIn(installation: Installation, username: string): Promise<boolean> {
  return (await asks(installation, username, '/me')) !== undefined;
}

async function historyIsWhole(installation: Installation): Promise<boolean> {
  const found = (await asks(installation, 'demo_auditor', '/audit-log/verify')) as
    | { valid: boolean; checked: number }
    | undefined;
  return found?.valid === true && found.checked > 0;
}

async function status(installation: Installation, path: string): Promise<number> {
  const answer = await fetch(installation.address + path).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status ?? 0;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 500; left > 0; left--) {
    if (await holds()) return check(what, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  check(what, false);
}

/** Two backups compared table by table and file by file. */
function differences(
  one: string,
  other: string,
): { tables: number; rows: number; files: number; differing: string[] } {
  const [a, b] = [one, other].map((dir) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
    const files = readFileSync(join(dir, 'files.jsonl'), 'utf8').split('\n').filter(Boolean).sort();
    const parts = new Map<string, string>(files.map((line) => [`file ${JSON.parse(line).key}`, line]));
    for (const table of manifest.tables) parts.set(`table ${table.name}`, `${table.rows} ${table.sha256}`);
    for (const one of manifest.sequences) parts.set(`sequence ${one.name}`, `${one.value} ${one.called}`);
    return { manifest, parts, files };
  });
  assert.ok(a && b);
  const names = new Set([...a.parts.keys(), ...b.parts.keys()]);
  return {
    tables: a.manifest.tables.length,
    rows: a.manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    files: a.files.length,
    differing: [...names].filter((name) => a.parts.get(name) !== b.parts.get(name)),
  };
}

async function main(): Promise<void> {
  const first = { DATA_DIR: join(base, 'first') };
  const second = { DATA_DIR: join(base, 'second') };
  const cluster = join(first.DATA_DIR, 'postgres', 'cluster');

  console.log('a first start on an empty folder');
  let running = await launch(first);
  console.log(`  P11 cold start, embedded database made and demo filled: ${running.seconds.toFixed(1)} s`);
  check('the page names the demo accounts', running.page.includes('demo_head'));
  for (const path of ['/healthz', '/readyz', '/api/v1/openapi.json']) {
    check(`${path} answers 200`, (await status(running, path)) === 200);
  }
  for (const name of ['demo_head', 'demo_inspector', 'demo_school']) {
    check(`${name} can log in`, await logsIn(running, name));
  }

  await until('the history is sealed and whole', () => historyIsWhole(running));

  console.log('the launcher is killed');
  running.process.kill('SIGKILL');
  await until(
    'no process is left',
    async () => residents(cluster).length === 0 && (await status(running, '/healthz')) === 0,
  );
  running = await launch(first);
  console.log(`  start after the kill: ${running.seconds.toFixed(1)} s`);
  check('accounts are still there', await logsIn(running, 'demo_head'));

  console.log('backup, empty machine, restore');
  await stop(running);
  const saved = join(base, 'saved');
  await tool('tools/backup.js', ['--to', saved], first);
  await tool('tools/restore.js', ['--from', saved], second);
  const again = join(base, 'again');
  await tool('tools/backup.js', ['--to', again], second);
  const { tables, rows, files, differing } = differences(saved, again);
  console.log(
    `  R13 ${tables} tables, ${rows} rows, ${files} files compared: ${differing.length} differences`,
  );
  check(`no difference (${differing.join(', ')})`, differing.length === 0);
  check('there was something to compare', tables > 10 && rows > 100);
  running = await launch({ ...second, DEMO_PASSWORD: '' });
  console.log(`  start on the restored data: ${running.seconds.toFixed(1)} s`);
  check(
    'a restored demo keeps its password and makes no other',
    running.page.includes('沿用原来的口令') && !existsSync(join(second.DATA_DIR, 'secrets', 'demo-password')),
  );
  check('the restored accounts can log in', await logsIn(running, 'demo_head'));
  check('the restored history is whole', await historyIsWhole(running));
  const live = join(base, 'live');
  await tool('tools/backup.js', ['--to', live], second);
  check(
    'a backup of the running installation has the same tables',
    differences(saved, live).tables === tables,
  );
  await stop(running);
}

try {
  await main();
  console.log(`smoke: ${checks} checks passed`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
}
