import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { packagePath } from '#platform/package-root.js';

/** One row of the report: what was measured, beside the baseline of the same run. */
export type Row = {
  id: string;
  what: string;
  ours: string;
  baseline: string;
  ratio: number;
  goal: string;
  met: boolean;
};

/** A durable PostgreSQL of its own for the run (fsync on: acknowledged means on disk). */
export async function benchDatabase(): Promise<{ url: string; dataDir: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  return {
    url: postgres.url,
    dataDir,
    stop: async () => {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Node's flags with which package.json starts a program of the product. */
export function flagsOf(script: string): string[] {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(packagePath('package.json'), 'utf8'),
  );
  const command = Object.values(scripts).find((one) => one.endsWith(` dist/${script}`));
  return command?.split(' ').filter((word) => word.startsWith('-')) ?? [];
}

/** A process of the built product or of a baseline; ends with `stop`. */
export class Program {
  private readonly child: ChildProcess;
  private printed = '';

  /** `root`: the folder of another version, built. */
  constructor(script: string, env: Record<string, string>, args: string[] = [], root = packagePath()) {
    this.child = spawn(process.execPath, [...flagsOf(script), join(root, 'dist', script), ...args], {
      env: { ...process.env, LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
    });
  }

  /** Waits until the address answers 200. */
  async ready(url: string): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.printed}`);
      const answer = await fetch(url).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${url} did not answer in 60 s`);
  }

  /** What it printed until it ended by itself. */
  async output(): Promise<string> {
    await new Promise((resolve) => this.child.once('close', resolve));
    if (this.child.exitCode !== 0) throw new Error(`ended with ${this.child.exitCode}`);
    return this.printed;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await closed;
  }
}

export type Load = {
  url: string;
  connections: number;
  /** Either a number of requests, each with its own path and body, or a time in seconds. */
  amount?: number;
  seconds?: number;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  next?: (n: number) => { path: string; body?: string; headers?: Record<string, string> };
  /** Status codes that count as answered; any other makes the measurement void. */
  expect?: number;
};

/** Requests a second and p50/p99 in ms. @throws when anything else than the expected status came back */
export async function measure(load: Load): Promise<{ rate: number; p50: number; p99: number }> {
  let n = 0;
  // The promise is the running instance too; its types do not say so.
  const instance = autocannon({
    url: load.url,
    connections: load.connections,
    ...(load.amount ? { amount: load.amount } : { duration: load.seconds ?? 5 }),
    headers: { ...load.headers, ...(load.method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    requests: [
      {
        method: load.method ?? 'GET',
        ...(load.next
          ? {
              setupRequest: (request: autocannon.Request) => {
                const { path, body, headers } = load.next!(n++);
                return {
                  ...request,
                  path,
                  ...(body !== undefined ? { body } : {}),
                  ...(headers ? { headers } : {}),
                };
              },
            }
          : {}),
      },
    ],
  });
  // By its own clock autocannon ends on whole seconds, long after the last answer.
  const began = performance.now();
  let ended = began;
  (instance as typeof instance & autocannon.Instance).on('response', () => {
    ended = performance.now();
  });
  const result = await instance;
  const statuses = new Map(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [Number(status), count ?? 0]),
  );
  const seconds = load.amount ? (ended - began) / 1000 : result.duration;
  const expected = load.expect ?? 200;
  const wrong = [...statuses].filter(([status]) => status !== expected);
  if (wrong.length || result.errors) {
    throw new Error(`${load.url}: ${result.errors} errors, unexpected answers ${JSON.stringify(wrong)}`);
  }
  return { rate: (statuses.get(expected) ?? 0) / seconds, p50: result.latency.p50, p99: result.latency.p99 };
}

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
