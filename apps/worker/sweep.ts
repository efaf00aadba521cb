import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerDeps } from './work.js';

/** Rows removed by one statement, so that no lock is held for long. */
const BATCH = 5_000;

type Sweep = { table: string; key: string; where: string };

/** What is not needed any more, by age; `$1` is now. */
export const SWEEPS = {
  /** A day longer than they live: a refresh token that comes late must still be told from an unknown one. */
  tokens: { table: 'session_tokens', key: 'hash', where: `expires_at < $1::timestamptz - interval '1 day'` },
  /** Who was logged in when is kept six months (等保 2.0, logs). */
  sessions: {
    table: 'sessions',
    key: 'district_id, id',
    where: `expires_at < $1::timestamptz - interval '190 days'
      AND NOT EXISTS (SELECT 1 FROM session_tokens t WHERE t.district_id = s.district_id AND t.session_id = s.id)`,
  },
  /** The contract keeps answers 30 days. */
  idempotency: {
    table: 'idempotency_keys',
    key: 'person_id, key',
    where: `created_at < $1::timestamptz - interval '30 days'`,
  },
  rateWindows: {
    table: 'rate_windows',
    key: 'district_id, api_key_id, minute',
    where: `minute < $1::timestamptz - interval '1 hour'`,
  },
  loginFailures: {
    table: 'login_failures',
    key: 'username',
    where: `first_at < $1::timestamptz - interval '1 day' AND coalesce(locked_until, first_at) < $1::timestamptz`,
  },
  loginAddresses: {
    table: 'login_addresses',
    key: 'network',
    where: `first_at < $1::timestamptz - interval '1 day' AND coalesce(locked_until, first_at) < $1::timestamptz`,
  },
  scratch: sweepScratch,
} satisfies Record<string, Sweep | typeof sweepScratch>;

/** Removes all rows that a sweep names, batch by batch. @returns how many */
export async function clean({ dataSource }: WorkerDeps, sweep: Sweep, now: Date): Promise<number> {
  let removed = 0;
  for (;;) {
    const [, count]: [unknown, number] = await dataSource.query(
      `DELETE FROM ${sweep.table} WHERE (${sweep.key}) IN
         (SELECT ${sweep.key} FROM ${sweep.table} s WHERE ${sweep.where} LIMIT ${BATCH})`,
      [now],
    );
    removed += count;
    if (count < BATCH) return removed;
  }
}

/** Files in the making that a killed process left. */
async function sweepScratch({ scratchDir }: WorkerDeps, now: Date): Promise<void> {
  for (const name of await readdir(scratchDir)) {
    const path = join(scratchDir, name);
    // Another worker may sweep the same folder.
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found && now.getTime() - found.mtimeMs > 86_400_000) await rm(path, { recursive: true, force: true });
  }
}
