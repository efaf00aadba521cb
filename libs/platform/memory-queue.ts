import type { Log } from './log.js';
import type { JobHandler, JobQueue } from './queue.js';

interface Job {
  name: string;
  id: string;
  payload: unknown;
}

/** The queue of an installation without Redis: one worker process, jobs in the order they were offered. */
export function memoryQueue(log: Log): JobQueue {
  /** Waiting jobs by id, first come first. */
  const waiting = new Map<string, Job>();
  const active = new Map<string, Promise<void>>();
  let handlers: Readonly<Record<string, JobHandler>> | undefined;
  let concurrency = 0;
  let closed = false;

  function next(): void {
    for (const job of waiting.values()) {
      if (closed || !handlers || active.size >= concurrency) return;
      waiting.delete(job.id);
      active.set(
        job.id,
        run(job, handlers[job.name]).finally(() => {
          active.delete(job.id);
          next();
        }),
      );
    }
  }

  async function run(job: Job, handler: JobHandler | undefined): Promise<void> {
    try {
      if (!handler) throw new Error(`no handler for job ${job.name}`);
      // The payload passes through JSON as it would through Redis: nothing is shared by accident.
      await handler(JSON.parse(JSON.stringify(job.payload ?? null)));
    } catch (err) {
      log.error({ err, job: job.name, jobId: job.id }, '任务失败');
    }
  }

  return {
    async add(name, id, payload) {
      if (closed) throw new Error('the queue is closed');
      if (waiting.has(id) || active.has(id)) return;
      waiting.set(id, { name, id, payload });
      setImmediate(next);
    },
    process(given, atOnce) {
      handlers = given;
      concurrency = atOnce;
      setImmediate(next);
    },
    async health() {
      return { kind: 'memory', ok: !closed, waiting: waiting.size, active: active.size };
    },
    async close() {
      closed = true;
      waiting.clear();
      await Promise.all(active.values());
    },
  };
}
