import Bull from 'bull';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from './log.js';
import type { JobQueue } from './queue.js';

/** ms that Redis may take before an offer is put off or a health question counts as unanswered. */
const PATIENCE = 1_000;

/** States of a connection in which Redis was there and is not, or never was. */
const AWAY = new Set(['close', 'reconnecting', 'end']);

const JOB: Bull.JobOptions = {
  attempts: 1,
  // The id must be free again once the job has ended: the relay decides whether it is offered once more.
  removeOnComplete: true,
  removeOnFail: true,
};

const TIMES: Bull.AdvancedSettings = {
  // A worker that was killed: its jobs are taken up by another after at most lock + interval.
  lockDuration: 15_000,
  lockRenewTime: 5_000,
  stalledInterval: 5_000,
  // Dying with a job in hand is the worker's fault, not the job's: it is never given up for that.
  maxStalledCount: 1_000_000,
};

/** Bull on Redis. Redis may stop, restart or lose everything: offers fail meanwhile, and work goes on afterwards. */
export function redisQueue(redisUrl: string, log: Log): JobQueue {
  const clients: Redis[] = [];
  let trouble = false;
  const complain = (err: Error) => {
    // ioredis reports every attempt; people need to know when it begins and when it ends.
    if (!trouble) log.error({ err }, '任务队列（Redis）连接中断，正在重连');
    trouble = true;
  };
  /** What Bull says of its own, of a job that a Redis emptied meanwhile no longer knows, is no lost connection. */
  const note = (err: Error) => {
    if (trouble || clients.some((client) => AWAY.has(client.status))) complain(err);
    else log.error({ err }, '任务队列报错，相关任务由待办表重新派发');
  };
  const connect = (options: RedisOptions) => {
    const client = new Redis(redisUrl, {
      ...options,
      // Bull's blocking connection must never give a command up; the delay grows to two seconds.
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      retryStrategy: (times) => Math.min(times * 50, 2_000),
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    client.on('error', complain);
    client.on('ready', () => {
      // Of several connections the last one back ends it.
      if (!trouble || clients.some((one) => AWAY.has(one.status))) return;
      log.info('任务队列（Redis）已恢复连接');
      trouble = false;
    });
    clients.push(client);
    return client;
  };
  const queue = new Bull('dudao', {
    createClient: (_type, options) => connect(options ?? {}),
    defaultJobOptions: JOB,
    settings: TIMES,
  });
  queue.on('error', note);
  queue.on('failed', (job, err) => log.error({ err, job: job.name, jobId: job.id }, '任务失败'));
  queue.on('stalled', (job) => log.warn({ job: job.name, jobId: job.id }, '任务中断，重新执行'));

  /** Bull keeps commands for a Redis that is away; whoever waits for one must be told to come back instead. */
  async function now<T>(ask: () => Promise<T>): Promise<T> {
    if (clients.some((client) => AWAY.has(client.status))) throw new Error('Redis is not connected');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('Redis does not answer')), PATIENCE);
    });
    try {
      return await Promise.race([ask(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async add(name, jobId, payload) {
      await now(() => queue.add(name, payload, { jobId }));
    },
    process(handlers, concurrency) {
      const work = async (job: Bull.Job) => {
        const handler = handlers[job.name];
        if (!handler) throw new Error(`no handler for job ${job.name}`);
        await handler(job.data);
      };
      // Ends only with the queue; a connection that breaks is reported above.
      queue.process('*', concurrency, work).catch(note);
    },
    async health() {
      try {
        const { waiting, active } = await now(() => queue.getJobCounts());
        return { kind: 'redis', ok: true, waiting, active };
      } catch {
        return { kind: 'redis', ok: false };
      }
    },
    async close() {
      // Bull waits for jobs under way and for Redis's answers: for those as long as they take, for these while any come.
      const closed = queue.close().then(yes, yes);
      while (!(await soon(closed)) && (await soon(queue.client.ping().then(yes))));
      for (const client of clients) client.disconnect();
    },
  };
}

const yes = () => true;

/** Whether it comes true within the time that Redis is given for an answer. */
async function soon(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, false);
  });
  try {
    return await Promise.race([answer.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
