import type { DataSource, EntityManager } from 'typeorm';
import type { FileStore } from '#platform/files.js';
import type { Log } from '#platform/log.js';

/** What the worker process holds open. */
export type WorkerDeps = {
  dataSource: DataSource;
  /** Few connections without a statement time limit, for reads that take minutes. */
  bulk: DataSource;
  files: FileStore;
  log: Log;
  auditKey: Buffer;
  /** Where the public reaches this installation, for addresses printed in documents. */
  publicUrl: string;
  /** A folder of this machine for files in the making; what is left in it is swept daily. */
  scratchDir: string;
  clock: () => Date;
};

/** What one run of a job gets beside its payload. */
export type Work = WorkerDeps & {
  now: Date;
  /** Aborted when the process stops: end soon by throwing, the job is taken up again without counting this try. */
  signal: AbortSignal;
  /**
   * Ends the job: call it in the transaction that commits the job's effect, so that there is never one without the other.
   * A job that does not call it has its row removed afterwards and may run once more after a crash in between.
   */
  done: (em: EntityManager) => Promise<void>;
};

/** A row of the job table. At least once, so `run` must have one effect however often it runs. */
export type Job = {
  /** Tries before it is given up, deaths of the process included. */
  attempts: number;
  run: (work: Work, payload: unknown) => Promise<unknown>;
  /** Marks what the job was for as failed, with a message for the person who waits for it. */
  giveUp: (em: EntityManager, payload: unknown, message: string, now: Date) => Promise<void>;
};

/** A row whose functions know the shape that `enqueue` was given. */
export function job<P>(row: {
  attempts: number;
  run: (work: Work, payload: P) => Promise<unknown>;
  giveUp: (em: EntityManager, payload: P, message: string, now: Date) => Promise<void>;
}): Job {
  return {
    attempts: row.attempts,
    run: (work, payload) => row.run(work, payload as P),
    giveUp: (em, payload, message, now) => row.giveUp(em, payload as P, message, now),
  };
}
