import type { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import { listen } from '#platform/listen.js';
import type { Log } from '#platform/log.js';
import type { JobQueue } from '#platform/queue.js';
import { LEASE, type Offer } from './run-job.js';

export type Relay = { stop(): Promise<void> };

type Deps = { config: Pick<Config, 'databaseUrl'>; dataSource: DataSource; queue: JobQueue; log: Log };

/** Looked at this often (ms) beside every NOTIFY: rows come due by themselves, and a notification may be lost. */
const POLL = 1_000;
const BATCH = 100;

/**
 * Hands due rows of the outbox to the queue, each under its fixed job id, in any number of processes. A row stays until
 * its effect is committed and is offered again while it is not, so the queue may lose everything.
 * Rows of jobs that this version does not know are left to one that does.
 */
export async function startRelay(deps: Deps, jobNames: readonly string[]): Promise<Relay> {
  const { log } = deps;
  let stopped = false;
  let wanted = false;
  let round: Promise<void> | undefined;
  let trouble = false;

  function wake(): void {
    wanted = true;
    round ??= turn().finally(() => {
      round = undefined;
      if (wanted && !stopped) wake();
    });
  }

  async function turn(): Promise<void> {
    try {
      while (wanted && !stopped) {
        wanted = false;
        if ((await offerDue(deps, jobNames)) === BATCH) wanted = true;
      }
      if (trouble) log.info('任务已恢复派发');
      trouble = false;
    } catch (err) {
      // The rows stay as they are; the next look offers them again.
      if (!trouble) log.error({ err }, '任务暂时无法派发');
      trouble = true;
      wanted = false;
    }
  }

  const listener = await listen(deps.config, ['outbox'], wake, (live) => {
    if (live) wake();
  });
  const timer = setInterval(wake, POLL);
  wake();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await round;
      await listener.close();
    },
  };
}

/**
 * One batch: rows are marked as offered only after the queue has taken them, in the transaction that holds them. When the
 * queue refuses, all of the batch stays due (what it had taken already it knows by the job id). @returns rows offered
 */
function offerDue(
  { dataSource, queue }: Pick<Deps, 'dataSource' | 'queue'>,
  jobNames: readonly string[],
): Promise<number> {
  return dataSource.transaction(async (em) => {
    const rows: { id: number; job: string; key: string; payload: unknown }[] = await em.query(
      `SELECT id, job, key, payload FROM outbox WHERE not_before <= clock_timestamp() AND job = ANY($1)
       ORDER BY not_before, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [jobNames, BATCH],
    );
    if (rows.length === 0) return 0;
    for (const { id, job, key, payload } of rows) {
      await queue.add(job, key, { outboxId: id, payload } satisfies Offer);
    }
    await em.query(
      `UPDATE outbox SET not_before = clock_timestamp() + make_interval(secs => $2) WHERE id = ANY($1::bigint[])`,
      [rows.map((row) => row.id), LEASE],
    );
    return rows.length;
  });
}
