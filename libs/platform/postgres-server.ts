import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Account } from './postgres-account.js';
import type { Binaries } from './postgres-binaries.js';
import { StartError, stopOrphans, waitForExit } from './processes.js';

export interface Server {
  port: number;
  pid(): number;
  stop(): Promise<void>;
}

export interface Cluster {
  home: string;
  clusterDir: string;
  settings: Record<string, string>;
  note: (line: string) => void;
}

/** Keeps the cluster's server running until it is stopped. @throws StartError when it does not start at all */
export async function supervise(binaries: Binaries, account: Account, cluster: Cluster): Promise<Server> {
  let stopping = false;
  let restart: Promise<void> = Promise.resolve();
  let current = await launchOnSomePort();
  const port = current.port;
  watch();

  async function launchOnSomePort() {
    const file = join(cluster.home, 'port');
    const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    for (let attempt = 0; ; attempt++) {
      const candidate = await freePort(attempt === 0 ? remembered : 0);
      const started = await launch(binaries, account, cluster, candidate);
      if (typeof started !== 'string') {
        writeFileSync(file, `${candidate}\n`);
        return { child: started, port: candidate };
      }
      // Between looking and binding somebody else may have taken the port.
      if (!/could not bind/.test(started) || attempt === 3) throw cannotStart(started);
    }
  }

  function watch(): void {
    current.child.once('exit', () => {
      if (!stopping) restart = revive();
    });
  }

  /** The URL is already in other processes' hands: the same port, for as long as it takes. */
  async function revive(): Promise<void> {
    for (let attempt = 0; !stopping; attempt++) {
      cluster.note('数据库进程意外退出，正在重新启动。');
      await stopOrphans(cluster.clusterDir);
      const started = await launch(binaries, account, cluster, port);
      if (typeof started !== 'string') {
        current = { child: started, port };
        watch();
        return;
      }
      cluster.note(cannotStart(started).message);
      await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** attempt, 2_000)));
    }
  }

  return {
    port,
    pid: () => current.child.pid ?? 0,
    async stop() {
      stopping = true;
      await restart;
      const { child } = current;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      // An immediate shutdown loses nothing: the next start recovers from the log.
      if (!(await waitForExit(child, 30_000))) child.kill('SIGQUIT');
      await waitForExit(child, 10_000);
    },
  };
}

/** The running postmaster, or what it said before it gave up. */
function launch(
  binaries: Binaries,
  account: Account,
  cluster: Cluster,
  port: number,
): Promise<ChildProcess | string> {
  const settings = Object.entries(cluster.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args } = account.command(binaries.postgres, [
    '-D',
    cluster.clusterDir,
    '-p',
    String(port),
    ...settings,
  ]);
  // A process group of its own: Ctrl-C in a terminal must not stop the database before those who still write to it.
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', detached: true });
  return new Promise((resolve) => {
    let said = '';
    let running = false;
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      if (!running) said += text;
      for (const line of text.split('\n')) {
        if (/ (PANIC|FATAL): /.test(line) && running) cluster.note(`PostgreSQL: ${line.trim()}`);
      }
      if (!running && said.includes('ready to accept connections')) {
        running = true;
        resolve(child);
      }
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`${said}\nexit ${code ?? signal}`));
  });
}

function cannotStart(said: string): StartError {
  const reason = /(?:FATAL|PANIC|ERROR):\s*(.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1) ?? '';
  return new StartError(`数据库无法启动：${reason} (the embedded PostgreSQL did not start)`);
}

/** `wanted` if it is free, else any free port of 127.0.0.1. */
async function freePort(wanted: number): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number | undefined>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(address && typeof address === 'object' ? address.port : undefined));
      });
    });
  const port = (wanted ? await tryPort(wanted) : undefined) ?? (await tryPort(0));
  if (port) return port;
  throw new StartError('本机没有可用的端口 (no free TCP port on 127.0.0.1)');
}
