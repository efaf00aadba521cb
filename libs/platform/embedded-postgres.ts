import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Account, databaseAccount, reachable } from './postgres-account.js';
import { type Binaries, ELSEWHERE, postgresBinaries, sharedFolder } from './postgres-binaries.js';
import { supervise } from './postgres-server.js';
import { residents, run, StartError, stopOrphans, waitForExit } from './processes.js';
import { secretFile } from './secrets.js';

export interface EmbeddedOptions {
  /** DATA_DIR: the cluster lives in `postgres/`, its password in `secrets/`. */
  dataDir: string;
  /** Tests only: no password and no fsync. A product's cluster always has both. */
  throwAway?: boolean;
  /** PostgreSQL settings beside or instead of ours, e.g. to archive its log. */
  settings?: Readonly<Record<string, string>>;
  /** Called with a line for people when something other than an ordinary start happened. */
  onNote?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the `dudao` database, with its password. */
  url: string;
  port: number;
  /** Where the cluster lies; not inside DATA_DIR when the database account cannot reach that. */
  clusterDir: string;
  /** Process id of the postmaster that runs now. */
  pid(): number;
  /** Fast shutdown: ends sessions, writes a checkpoint. */
  stop(): Promise<void>;
}

const SUPERUSER = 'dudao';
const DATABASE = 'dudao';

/** Tuned for a bureau's server that also runs the application; everything else is PostgreSQL's default. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No socket: /var/run belongs to the system's own PostgreSQL.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off',
  max_wal_size: '2GB',
  // A base backup and a WAL archive stay possible.
  wal_level: 'replica',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
const THROW_AWAY: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
};

/**
 * Starts the PostgreSQL that came with `npm ci` on 127.0.0.1, making its cluster at first use, and keeps it running:
 * one that dies is started again on the same port. It ends with this process, even by `kill -9`.
 * @throws StartError one line saying what is missing or in the way.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const note = options.onNote ?? (() => undefined);
  mkdirSync(options.dataDir, { recursive: true });
  const lock = await takeLock(join(options.dataDir, 'launcher.lock'), options.dataDir);
  try {
    const account = databaseAccount(options.dataDir);
    const binaries = postgresBinaries(account, note);
    const home = clusterHome(options.dataDir, account, note);
    const clusterDir = join(home, 'cluster');
    const password = options.throwAway
      ? undefined
      : secretFile(join(options.dataDir, 'secrets', 'postgres-password'), () =>
          randomBytes(24).toString('hex'),
        );
    if (!existsSync(join(home, 'initialised'))) await initialise(binaries, account, home, password);
    if (await stopOrphans(clusterDir)) note('上次异常退出留下的数据库进程已停止。');
    const settings = { ...SETTINGS, ...(options.throwAway ? THROW_AWAY : {}), ...options.settings };
    const server = await supervise(binaries, account, { home, clusterDir, settings, note });
    const auth = password ? `${SUPERUSER}:${password}` : SUPERUSER;
    return {
      url: `postgres://${auth}@127.0.0.1:${server.port}/${DATABASE}`,
      port: server.port,
      clusterDir,
      pid: server.pid,
      async stop() {
        await server.stop();
        // Waited for: the next start on this folder must find the lock free.
        lock.kill('SIGKILL');
        await waitForExit(lock, 5_000);
      },
    };
  } catch (error) {
    lock.kill('SIGKILL');
    throw error;
  }
}

/** Connection string of the cluster in this data folder, whether it runs or not; undefined before its first start. */
export function embeddedUrl(dataDir: string): string | undefined {
  const pointer = join(dataDir, 'postgres-location');
  const home = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(dataDir, 'postgres');
  const secret = join(dataDir, 'secrets', 'postgres-password');
  if (!existsSync(join(home, 'port')) || !existsSync(secret)) return undefined;
  const [password, port] = [secret, join(home, 'port')].map((file) => readFileSync(file, 'utf8').trim());
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/**
 * One launcher per data folder. The lock is the kernel's (flock), held by a child that ends when our end of its
 * standard input closes: however this process dies, the lock is free again.
 */
async function takeLock(file: string, dataDir: string): Promise<ChildProcess> {
  const holder = spawn(
    'flock',
    ['--no-fork', '--nonblock', '--conflict-exit-code', '75', file, 'sh', '-c', 'echo held; exec cat'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    },
  );
  const outcome = await new Promise<string>((resolve) => {
    holder.once('error', () => resolve('missing'));
    holder.once('exit', (code) => resolve(String(code)));
    holder.stdout.once('data', () => resolve('held'));
  });
  if (outcome === 'held') {
    // The lock must not keep this process alive by itself.
    holder.unref();
    for (const stream of [holder.stdin, holder.stdout]) if ('unref' in stream) (stream.unref as () => void)();
    return holder;
  }
  if (outcome === '75') {
    throw new StartError(
      `数据目录 ${dataDir} 正被另一个 dudao 使用，请先停止它或另设 DATA_DIR (another launcher holds this DATA_DIR)`,
    );
  }
  throw new StartError(
    outcome === 'missing'
      ? '缺少 flock 命令，请安装 util-linux (flock is missing: install util-linux)'
      : `无法锁定 ${file}，请检查目录权限 (cannot lock ${file})`,
  );
}

/** The folder of the cluster, owned by the database account; outside DATA_DIR where that account cannot get in. */
function clusterHome(dataDir: string, account: Account, note: (line: string) => void): string {
  const own = join(dataDir, 'postgres');
  const pointer = join(dataDir, 'postgres-location');
  // Passing through DATA_DIR, without listing it, is ours to grant; the folders above it are not.
  if (account.switches) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  let home = own;
  if (existsSync(pointer)) home = readFileSync(pointer, 'utf8').trim();
  else if (!existsSync(join(own, 'initialised')) && !reachable(dataDir, account)) {
    sharedFolder(ELSEWHERE);
    home = join(ELSEWHERE, randomUUID());
    note(`数据库账户无法进入 ${dataDir}，数据库改放在 ${home}。`);
  }
  mkdirSync(home, { recursive: true, mode: 0o755 });
  if (home !== own) writeFileSync(pointer, `${home}\n`, { flush: true });
  if (account.switches) chownSync(home, account.uid, account.gid);
  return home;
}

/** Makes the cluster beside its final place; the marker is written once everything is on the disk. */
async function initialise(binaries: Binaries, account: Account, home: string, password: string | undefined) {
  const draft = join(home, 'cluster.new');
  const final = join(home, 'cluster');
  // Without the marker nobody has been told yet that there is a database: what lies here is a first start cut short.
  await stopOrphans(final);
  for (const dir of [draft, final]) rmSync(dir, { recursive: true, force: true });
  const passwordFile = join(home, 'password.tmp');
  const args = ['-D', draft, '-U', SUPERUSER, '--encoding=UTF8', '--locale=C'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync');
  try {
    if (password) {
      writeFileSync(passwordFile, password, { mode: 0o600 });
      if (account.switches) chownSync(passwordFile, account.uid, account.gid);
      args.push('--auth=scram-sha-256', `--pwfile=${passwordFile}`);
    } else args.push('--auth=trust');
    await run(account.command(binaries.initdb, args), '建立数据库失败 (initdb failed)');
  } finally {
    rmSync(passwordFile, { force: true });
  }
  await createDatabase(binaries, account, draft);
  // Once, for all that initdb and the line before have written without waiting for the disk.
  if (password) {
    const sync = ['--sync-only', '-D', draft];
    await run(account.command(binaries.initdb, sync), '数据库写盘失败 (initdb --sync-only failed)');
  }
  renameSync(draft, final);
  writeFileSync(join(home, 'initialised'), `${new Date().toISOString()}\n`, { flush: true });
}

/** Single-user mode: the database exists before anything can connect, and no second start is needed. */
async function createDatabase(binaries: Binaries, account: Account, cluster: string): Promise<void> {
  const args = ['--single', '-D', cluster, '-c', 'fsync=off', '-c', 'log_min_messages=error', 'postgres'];
  await run(
    account.command(binaries.postgres, args),
    '建立数据库失败 (create database failed)',
    `create database ${DATABASE}\n`,
  );
}

export { residents, StartError };
