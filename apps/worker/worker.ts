import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import type { FileStore } from '#platform/files.js';
import type { Log } from '#platform/log.js';
import type { JobQueue } from '#platform/queue.js';
import { JOBS } from './jobs.js';
import { startRelay } from './relay.js';
import { handlersOf } from './run-job.js';
import { SCHEDULE, startSchedule, type Task } from './schedule.js';
import type { Job, WorkerDeps } from './work.js';

/** Jobs at a time in one process. */
const CONCURRENCY = 2;

/** What a worker is made of: opened before, closed after by whoever opened it (the queue is closed here). */
export type WorkerResources = {
  config: Config;
  dataSource: DataSource;
  bulk: DataSource;
  files: FileStore;
  queue: JobQueue;
  log: Log;
  clock: () => Date;
};
export type Tables = { jobs?: Readonly<Record<string, Job>>; schedule?: Readonly<Record<string, Task>> };

export type Worker = { stop(): Promise<void> };

/** Starts the jobs, the relay and the schedule. Tests may bring tables of their own. */
export async function startWorker(
  { config, queue, ...rest }: WorkerResources,
  { jobs = JOBS, schedule = SCHEDULE }: Tables = {},
): Promise<Worker> {
  const scratchDir = join(config.dataDir, 'scratch');
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  const deps: WorkerDeps = { ...rest, auditKey: config.auditKey, publicUrl: config.publicUrl, scratchDir };
  const stopping = new AbortController();
  queue.process(handlersOf(jobs, deps, stopping.signal), CONCURRENCY);
  const relay = await startRelay(
    { config, dataSource: deps.dataSource, queue, log: deps.log },
    Object.keys(jobs),
  );
  const clock = startSchedule(deps, schedule);
  return {
    async stop() {
      stopping.abort();
      await relay.stop();
      await Promise.all([queue.close(), clock.stop()]);
    },
  };
}
