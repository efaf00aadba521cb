import type { Config } from './config.js';
import type { Log } from './log.js';
import { memoryQueue } from './memory-queue.js';
import { redisQueue } from './redis-queue.js';

export type JobHandler = (payload: unknown) => Promise<void>;

export interface QueueHealth {
  kind: 'redis' | 'memory';
  ok: boolean;
  /** Jobs waiting and running; undefined while the queue cannot be asked. */
  waiting?: number;
  active?: number;
}

/**
 * Hands jobs to whoever processes them. A job is known by its id: while one waits or runs, offering it again does
 * nothing. One that ended, well or badly, is forgotten, so that it can be offered again: retrying is the outbox
 * relay's business, which offers every row until its effect is committed. At least once, so jobs are idempotent.
 */
export interface JobQueue {
  /** @throws when the queue cannot take it now; offer it again later */
  add(name: string, jobId: string, payload: unknown): Promise<void>;
  /** Starts to work, at most `concurrency` jobs at a time in this process. Call once. */
  process(handlers: Readonly<Record<string, JobHandler>>, concurrency: number): void;
  /** Answers within a second, also when the queue does not. */
  health(): Promise<QueueHealth>;
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
}

/** Bull on Redis when REDIS_URL is given, else a queue inside this process. */
export function openQueue(config: Pick<Config, 'redisUrl'>, log: Log): JobQueue {
  return config.redisUrl ? redisQueue(config.redisUrl, log) : memoryQueue(log);
}
