import type { DataSource } from 'typeorm';

/** Seconds a due job may wait for the relay, which looks every second, before somebody should look at the worker. */
const STALLED_AFTER = 15;

/**
 * How the work behind the answers goes, as far as the database tells (the API does not talk to Redis): a job that was
 * due and not taken means that no worker is up or that its queue refuses.
 */
export async function queueState(dataSource: DataSource): Promise<'ok' | 'stalled' | 'unknown'> {
  try {
    const [row]: [{ stalled: boolean }] = await dataSource.query(
      `SELECT EXISTS (SELECT 1 FROM outbox WHERE not_before < clock_timestamp() - make_interval(secs => $1)) AS stalled`,
      [STALLED_AFTER],
    );
    return row.stalled ? 'stalled' : 'ok';
  } catch {
    return 'unknown'; // the database went away since it was found ready: the next question will say so
  }
}
