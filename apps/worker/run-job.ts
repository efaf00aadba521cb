import type { EntityManager } from 'typeorm';
import type { JobHandler } from '#platform/queue.js';
import { Problem } from '#rules/problems.js';
import type { Job, Work, WorkerDeps } from './work.js';

/** Seconds for which a row is not offered again; a running job renews it, so a killed one is taken up after at most this. */
export const LEASE = 6;
const RENEW_MS = 2_000;

/** What the relay hands to the queue. */
export type Offer = { outboxId: number; payload: unknown };

/** The queue's handlers for a table of jobs. */
export function handlersOf(
  jobs: Readonly<Record<string, Job>>,
  deps: WorkerDeps,
  signal: AbortSignal,
): Record<string, JobHandler> {
  return Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [
      name,
      (offer) => runJob(name, job, deps, signal, offer as Offer),
    ]),
  );
}

/**
 * Runs what one outbox row asks for. One process at a time does: the lock is freed by PostgreSQL when this process dies.
 * The row goes with the effect; after a failure it is offered again later, and after too many its subject is marked failed.
 */
async function runJob(
  name: string,
  job: Job,
  deps: WorkerDeps,
  signal: AbortSignal,
  { outboxId, payload }: Offer,
): Promise<void> {
  if (signal.aborted) return;
  const lock = deps.dataSource.createQueryRunner();
  try {
    const [{ mine }]: [{ mine: boolean }] = await lock.query(
      `SELECT pg_try_advisory_lock(hashtextextended('outbox', $1)) AS mine`,
      [outboxId],
    );
    if (!mine) return;
    try {
      const attempt = await begin(lock.manager, outboxId);
      if (attempt === undefined) return; // its effect is committed
      const log = deps.log.child({ job: name, outboxId, attempt });
      const work: Work = { ...deps, log, now: deps.clock(), signal, done: (em) => remove(em, outboxId) };
      const renewal = setInterval(
        () => renew(deps.dataSource.manager, outboxId).catch((err) => log.warn({ err }, '任务续期失败')),
        RENEW_MS,
      );
      try {
        if (attempt > job.attempts) throw new Error('the process died in every try');
        await job.run(work, payload);
        await remove(deps.dataSource.manager, outboxId);
        log.info('任务完成');
      } catch (error) {
        await fail(job, work, { outboxId, payload }, attempt, error);
      } finally {
        clearInterval(renewal);
      }
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(hashtextextended('outbox', $1))`, [outboxId]);
    }
  } finally {
    await lock.release();
  }
}

/** Counts the try before it begins, so that one that kills the process counts too. @returns its number; undefined: done */
async function begin(em: EntityManager, id: number): Promise<number | undefined> {
  const [rows]: [{ attempts: number }[]] = await em.query(
    `UPDATE outbox SET attempts = attempts + 1, not_before = clock_timestamp() + make_interval(secs => $2)
     WHERE id = $1 RETURNING attempts`,
    [id, LEASE],
  );
  return rows[0]?.attempts;
}

async function renew(em: EntityManager, id: number): Promise<void> {
  await em.query(
    `UPDATE outbox SET not_before = clock_timestamp() + make_interval(secs => $2) WHERE id = $1`,
    [id, LEASE],
  );
}

async function remove(em: EntityManager, id: number): Promise<void> {
  await em.query(`DELETE FROM outbox WHERE id = $1`, [id]);
}

async function fail(
  job: Job,
  work: Work,
  { outboxId, payload }: Offer,
  attempt: number,
  error: unknown,
): Promise<void> {
  if (work.signal.aborted) {
    // Stopping is nobody's fault: the next process takes it up at once, and this try does not count.
    await work.dataSource.query(
      `UPDATE outbox SET attempts = attempts - 1, not_before = clock_timestamp() WHERE id = $1`,
      [outboxId],
    );
    return;
  }
  const refused = error instanceof Problem && error.status < 500;
  if (refused || attempt >= job.attempts) {
    const message = refused
      ? (error.detail ?? error.title)
      : `系统出错，已尝试 ${Math.min(attempt, job.attempts)} 次，请稍后重新提交；若仍失败，请联系管理员`;
    work.log.error({ err: error }, '任务失败，不再重试');
    await work.dataSource.transaction(async (em) => {
      await job.giveUp(em, payload, message, work.clock());
      await remove(em, outboxId);
    });
    return;
  }
  work.log.warn({ err: error }, '任务失败，稍后重试');
  const seconds = Math.min(2 ** (attempt - 1), 300);
  const text = error instanceof Error ? error.message : String(error);
  await work.dataSource.query(
    `UPDATE outbox SET last_error = $2, not_before = clock_timestamp() + make_interval(secs => $3) WHERE id = $1`,
    [outboxId, text.slice(0, 1_000), seconds],
  );
}
