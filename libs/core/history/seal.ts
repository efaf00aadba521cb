import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { FileStore } from '#platform/files.js';
import { EVENT_DIGEST, GENESIS, sealMac } from './digest.js';
import { type Head, readHead, writeHead } from './head.js';

/** What sealing needs; `files` holds the heads, `auditKey` is 32 bytes that never enter the database. */
export type SealingDeps = { dataSource: DataSource; files: FileStore; auditKey: Buffer };

/** A seal takes what waits, statement by statement, until it holds this many events: the last statement may bring some more. */
const BATCH = 5_000;

/**
 * Seals what every district has not sealed yet. A district that cannot be sealed keeps no other one from it.
 * @returns the number of events sealed @throws when the others are done, what was in the way, of all districts
 */
export async function sealEverything(deps: SealingDeps, now: Date): Promise<number> {
  const districts: { id: string }[] = await deps.dataSource.query(
    `SELECT d.id FROM districts d
     WHERE EXISTS (SELECT FROM unsealed_events w WHERE w.district_id = d.id) ORDER BY d.code`,
  );
  let sealed = 0;
  const failures: unknown[] = [];
  for (const { id } of districts) {
    try {
      sealed += await sealDistrict(deps, id, now);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, causes(failures));
  return sealed;
}

/** A database that is away says the same of every district. */
const causes = (failures: unknown[]): string =>
  [...new Set(failures.map((one) => (one instanceof Error ? one.message : String(one))))].join('; ');

/**
 * Seals a district's history up to here, in batches. One process at a time does so: the lock is held until the head
 * is written, and freed by PostgreSQL when this process dies. @returns the number of events sealed
 * @throws where the head outside the database was not written with our key
 */
export async function sealDistrict(deps: SealingDeps, districtId: string, now: Date): Promise<number> {
  const sealed = await locked(deps.dataSource, districtId, 'or leave', async (em) => {
    let all = 0;
    for (;;) {
      const count = await sealBatch(em, deps, districtId, now);
      all += count;
      if (count < BATCH) return all;
    }
  });
  return sealed ?? 0;
}

/** Whoever has the lock may seal and write the head. @returns undefined where another has it and we would leave */
async function locked<T>(
  dataSource: DataSource,
  districtId: string,
  otherwise: 'wait' | 'or leave',
  work: (em: EntityManager) => Promise<T>,
): Promise<T | undefined> {
  const runner = dataSource.createQueryRunner();
  const params = [`seal ${districtId}`];
  const lock = otherwise === 'wait' ? 'pg_advisory_lock' : 'pg_try_advisory_lock';
  try {
    const [{ mine }] = await runner.query(
      `SELECT ${lock}(hashtextextended($1, 3))::text IS DISTINCT FROM 'false' AS mine`,
      params,
    );
    if (!mine) return undefined;
    try {
      return await work(runner.manager);
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(hashtextextended($1, 3))`, params);
    }
  } finally {
    await runner.release();
  }
}

async function sealBatch(
  em: EntityManager,
  { files, auditKey }: SealingDeps,
  districtId: string,
  now: Date,
): Promise<number> {
  const floor = await backdatedBelow(em, districtId);
  const [batch]: [{ taken: number[] | null; ids: number[] | null; digests: Buffer | null }] = await em.query(
    `WITH taken AS MATERIALIZED (
       SELECT first_id, event_ids
       FROM (SELECT *, sum(cardinality(event_ids)) OVER (ORDER BY first_id) - cardinality(event_ids) AS before
             FROM (SELECT * FROM unsealed_events WHERE district_id = $1 ORDER BY first_id LIMIT $3) first) waiting
       WHERE before < $3)
     SELECT (SELECT array_agg(first_id) FROM taken) AS taken,
       array_agg(b.id ORDER BY b.id) AS ids, string_agg(b.digest, '' ORDER BY b.id) AS digests
     FROM (SELECT e.id, ${EVENT_DIGEST} AS digest FROM events e
           WHERE e.district_id = $1 AND e.id = ANY(ARRAY(SELECT unnest(event_ids) FROM taken)) AND e.id > $2) b`,
    [districtId, floor, BATCH],
  );
  if (!batch.taken) return 0;
  const { taken, ids, digests } = batch;
  if (!ids || !digests) {
    await takeFromWaiting(em, districtId, taken);
    return 0;
  }
  const last = await lastSeal(em, districtId);
  const head = await headFor(files, auditKey, districtId, last, now);
  const seal = {
    districtId,
    n: last.n + 1,
    previousMac: last.mac,
    idsHash: createHash('sha256').update(ids.join(',')).digest(),
    digestsHash: createHash('sha256').update(digests).digest(),
    sealedAt: now,
  };
  const mac = sealMac(auditKey, seal);
  await em.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO seals (district_id, n, event_ids, digests, previous_mac, mac, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [districtId, seal.n, ids, digests, seal.previousMac, mac, now],
    );
    await takeFromWaiting(tx, districtId, taken);
  });
  await writeHead(files, auditKey, districtId, { ...head, n: seal.n, mac: mac.toString('hex') });
  return ids.length;
}

async function takeFromWaiting(em: EntityManager, districtId: string, taken: number[]): Promise<void> {
  await em.query(`DELETE FROM unsealed_events WHERE district_id = $1 AND first_id = ANY($2::bigint[])`, [
    districtId,
    taken,
  ]);
}

/**
 * Events unsealed at or below this id were put in long after their turn: they are never sealed and verifying names them.
 *
 * An id is given before its event is committed, so honest events turn up below what is sealed already, but never an hour of
 * sealing later. The hour is counted back from the newest seal and not from the clock: while the worker is away, or nothing
 * happens, nothing is sealed that they could be late for. What that leaves to a forger: an id that nobody has (of another
 * district, or rolled back) from the hour before the newest seal can still be taken, however long ago that was. Such an event has
 * to wait like any other, and its seal says when it came. Nor can the bound be lowered: the instants are signed with the seals.
 */
export async function backdatedBelow(em: EntityManager, districtId: string): Promise<number> {
  const [row]: { high: number }[] = await em.query(
    `SELECT event_ids[cardinality(event_ids)] AS high FROM seals
     WHERE district_id = $1 AND sealed_at <
       (SELECT sealed_at FROM seals WHERE district_id = $1 ORDER BY n DESC LIMIT 1) - interval '1 hour'
     ORDER BY n DESC LIMIT 1`,
    [districtId],
  );
  return row?.high ?? 0;
}

/**
 * Whether the event `e` is in a seal, as SQL. The range is that of the index `seals_by_events`; whether the seal is what it was
 * is for verifying to tell.
 */
export const IN_A_SEAL = `EXISTS (SELECT FROM seals s WHERE s.district_id = e.district_id AND e.id = ANY(s.event_ids)
  AND int8range(least(s.event_ids[1], s.event_ids[cardinality(s.event_ids)]),
    greatest(s.event_ids[1], s.event_ids[cardinality(s.event_ids)]), '[]') @> e.id)`;

export async function lastSeal(em: EntityManager, districtId: string): Promise<{ n: number; mac: Buffer }> {
  const [row]: { n: number; mac: Buffer }[] = await em.query(
    `SELECT n, mac FROM seals WHERE district_id = $1 ORDER BY n DESC LIMIT 1`,
    [districtId],
  );
  return row ?? { n: 0, mac: GENESIS };
}

/** The head to go on from. Where the database is behind it, sealing goes on, and the head keeps that seals are gone. */
async function headFor(
  files: FileStore,
  auditKey: Buffer,
  districtId: string,
  last: { n: number; mac: Buffer },
  now: Date,
): Promise<Head> {
  const head = await readHead(files, auditKey, districtId);
  if (head === 'forged') {
    throw new Error(`the head of the history of district ${districtId} was not written with this AUDIT_KEY`);
  }
  if (head === null) return { n: last.n, mac: last.mac.toString('hex'), breaks: [] };
  if (head.n <= last.n) return head;
  const lost = {
    startsFrom: last.n,
    lostThrough: head.n,
    foundAt: now.toISOString(),
    acknowledgedAt: null,
  };
  return { ...head, breaks: [...head.breaks, lost] };
}

/**
 * An operator restored a backup and says so: the seals that the backup lacks are noted as lost by restoring, with the
 * seal from which the history goes on, and verifying holds again. @returns the breaks signed off, newest last
 */
export async function acknowledgeRestore(
  { dataSource, files, auditKey }: SealingDeps,
  districtId: string,
  now: Date,
): Promise<Head['breaks']> {
  const signedOff = await locked(dataSource, districtId, 'wait', async (em) => {
    const last = await lastSeal(em, districtId);
    const head = await headFor(files, auditKey, districtId, last, now);
    const breaks = head.breaks.map((one) => ({
      ...one,
      acknowledgedAt: one.acknowledgedAt ?? now.toISOString(),
    }));
    // A head that is not ahead stays what it was: signing off a restore must not bless another seal of the same number.
    const end = head.n > last.n ? { n: last.n, mac: last.mac.toString('hex') } : { n: head.n, mac: head.mac };
    if (head.n > 0) await writeHead(files, auditKey, districtId, { ...end, breaks });
    return breaks;
  });
  return signedOff ?? [];
}
