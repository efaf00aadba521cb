import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisUrl } from '#testkit/database.js';
import { createLog } from './log.js';
import { type JobQueue, openQueue } from './queue.js';

const lines: string[] = [];
const log = createLog({ logLevel: 'info' }, 'test', { write: (line: string) => lines.push(line) });
const opened: JobQueue[] = [];
let server: ChildProcess | undefined;
afterEach(async () => {
  await Promise.all(opened.splice(0).map((queue) => queue.close()));
  server?.kill('SIGKILL');
  server = undefined;
  lines.length = 0;
});
function open(url: string | undefined): JobQueue {
  const queue = openQueue({ redisUrl: url }, log);
  opened.push(queue);
  return queue;
}
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
}
const offer = (queue: JobQueue, id: string) =>
  queue.add('work', id, { id }).then(
    () => true,
    () => false,
  );

/** A Redis of the test's own, which it may stop; on the given port when it comes back. */
async function ownRedis(port?: number): Promise<number> {
  const at = port ?? (await freePort());
  const options = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  server = spawn('setpriv', ['--pdeathsig=KILL', 'redis-server', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  server.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => said.includes('Ready to accept connections'));
  return at;
}
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

describe.each([
  ['in this process', () => undefined],
  ['on Redis', () => `${redisUrl()}/7`],
])('a queue %s', (_name, url) => {
  test('runs each job with its payload and forgets it, so that it can be offered again', async () => {
    const queue = open(url());
    const seen: unknown[] = [];
    queue.process({ work: async (payload) => void seen.push(payload) }, 2);
    await queue.add('work', 'a', { n: 1 });
    await until(() => seen.length === 1);
    await until(async () => {
      await queue.add('work', 'a', { n: 2 });
      return seen.length >= 2;
    });
    expect(seen.slice(0, 2)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('does not run one job twice at the same time, however often it is offered', async () => {
    const queue = open(url());
    let runs = 0;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    queue.process(
      {
        work: async () => {
          runs += 1;
          await gate;
        },
      },
      4,
    );
    for (let n = 0; n < 20; n++) await queue.add('work', 'same', {});
    await until(() => runs > 0);
    for (let n = 0; n < 20; n++) await queue.add('work', 'same', {});
    expect(await queue.health()).toMatchObject({ ok: true, active: 1, waiting: 0 });
    expect(runs).toBe(1);
    release();
  });

  test('a job that fails is logged and may be offered again', async () => {
    const queue = open(url());
    let runs = 0;
    queue.process(
      {
        work: async () => {
          runs += 1;
          if (runs === 1) throw new Error('first time');
        },
      },
      1,
    );
    await queue.add('work', 'failing', {});
    await until(() => lines.some((line) => line.includes('first time')));
    await until(async () => {
      await queue.add('work', 'failing', {});
      return runs >= 2;
    });
    await queue.add('unknown', 'nobody', {});
    await until(() => lines.some((line) => line.includes('no handler for job unknown')));
  });

  test('works on no more jobs at once than asked, and waits for them at the end', async () => {
    const queue = open(url());
    let running = 0;
    let most = 0;
    let done = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      done += 1;
    };
    for (let n = 0; n < 9; n++) await queue.add('work', `many-${n}`, {});
    queue.process({ work }, 3);
    await until(() => done === 9);
    expect(most).toBe(3);
    await queue.add('work', 'last', {});
    await until(() => running === 1);
    await queue.close();
    expect(done).toBe(10);
  });
});

test('Redis stops, is offered jobs meanwhile, and comes back empty: offers fail at once, then all are done', async () => {
  const port = await ownRedis();
  const queue = open(`redis://127.0.0.1:${port}`);
  const done = new Set<string>();
  queue.process({ work: async (payload) => void done.add((payload as { id: string }).id) }, 2);
  expect(await offer(queue, 'before')).toBe(true);
  await until(() => done.has('before'));
  server?.kill('SIGKILL');
  await until(async () => !(await queue.health()).ok);
  expect(await offer(queue, 'during')).toBe(false);
  await ownRedis(port);
  // What the relay does: offer whatever is not done yet, again and again.
  await until(async () => {
    await Promise.all(['during', 'after'].filter((id) => !done.has(id)).map((id) => offer(queue, id)));
    return done.has('during') && done.has('after');
  });
  expect(await queue.health()).toMatchObject({ kind: 'redis', ok: true });
  expect(lines.filter((line) => line.includes('连接中断'))).toHaveLength(1);
});

test('a FLUSHALL in the middle loses nothing that is offered again', async () => {
  const port = await ownRedis();
  const url = `redis://127.0.0.1:${port}`;
  const producer = open(url);
  for (let n = 0; n < 5; n++) await producer.add('work', `job-${n}`, { id: `job-${n}` });
  const admin = new Redis(url);
  await admin.flushall();
  admin.disconnect();
  const worker = open(url);
  const done = new Set<string>();
  worker.process({ work: async (payload) => void done.add((payload as { id: string }).id) }, 2);
  await until(async () => {
    for (let n = 0; n < 5; n++) if (!done.has(`job-${n}`)) await offer(producer, `job-${n}`);
    return done.size === 5;
  });
});

test('a queue whose Redis is not there yet starts, says so, and works once it is', async () => {
  const port = await freePort();
  const queue = open(`redis://127.0.0.1:${port}`);
  const done = new Set<string>();
  queue.process({ work: async (payload) => void done.add((payload as { id: string }).id) }, 2);
  await until(() => lines.some((line) => line.includes('连接中断')));
  expect(await queue.health()).toEqual({ kind: 'redis', ok: false });
  expect(await offer(queue, 'early')).toBe(false);
  await ownRedis(port);
  await until(async () => {
    await offer(queue, 'late');
    return done.has('late');
  });
});

test('closing waits for a job longer than for an answer of Redis', async () => {
  const queue = open(`redis://127.0.0.1:${await ownRedis()}`);
  let begun = false;
  let ended = false;
  const work = async () => {
    begun = true;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    ended = true;
  };
  queue.process({ work }, 1);
  await queue.add('work', 'long', {});
  await until(() => begun);
  await queue.close();
  expect(ended).toBe(true);
});

test('a Redis that hangs, connections open and not a word, does not keep the queue from closing', async () => {
  const queue = open(`redis://127.0.0.1:${await ownRedis()}`);
  const done: string[] = [];
  queue.process({ work: async () => void done.push('a') }, 1);
  await queue.add('work', 'a', {});
  await until(() => done.length === 1);
  server?.kill('SIGSTOP');
  await queue.close();
  expect(await offer(queue, 'b')).toBe(false);
});
