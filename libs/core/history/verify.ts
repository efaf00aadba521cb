import type { EntityManager } from 'typeorm';
import { EVENT_DIGEST, GENESIS, LIST_HASHES, type SealBody, sealMac } from './digest.js';
import { type Break, type Head, readHead } from './head.js';
import { backdatedBelow, lastSeal, type SealingDeps } from './seal.js';
import { firstBadOf, firstStranger } from './suspects.js';

/** The first entry that is not what was sealed. `eventId` is null where the seal itself, or a whole tail, is concerned. */
export type FirstBad = {
  eventId: number | null;
  seal: number | null;
  what: 'changed' | 'missing' | 'inserted' | 'seal_broken' | 'tail_cut' | 'head_forged';
  /** With `tail_cut`: the last seal that is there; after restoring a backup the history starts from it. */
  restoredFrom?: number;
};

export type Verification = {
  valid: boolean;
  /** Sealed events compared. */
  checked: number;
  /** Events that the next second will seal. */
  pending: number;
  firstBad?: FirstBad;
  /** Restored backups: from which seal the history starts again, and up to which the seals were lost. */
  restores: Break[];
};

/** Seals compared by one statement. */
const CHUNK = 200;

type SealRow = Omit<SealBody, 'districtId'> & { mac: Buffer; events: number; same: boolean | null };

/**
 * Compares a district's whole history with its seals and the seals with the head outside the database, in one snapshot.
 * Finds what was changed, deleted, put in, moved or cut off in the tables by whatever means.
 */
export async function verifyHistory(
  { dataSource, files, auditKey }: SealingDeps,
  districtId: string,
): Promise<Verification> {
  // Read before the snapshot is taken: the head follows the commit, so it is never ahead of an honest database.
  const head = await readHead(files, auditKey, districtId);
  return dataSource.transaction('REPEATABLE READ', async (em) => {
    await em.query('SET TRANSACTION READ ONLY');
    return verifyWithin(em, { head, auditKey }, districtId);
  });
}

/** As verifyHistory, in a transaction of the caller's and with a head read before it began. */
export async function verifyWithin(
  em: EntityManager,
  { head, auditKey }: { head: Head | null | 'forged'; auditKey: Buffer },
  districtId: string,
): Promise<Verification> {
  const last = await lastSeal(em, districtId);
  const seals = await checkSeals(em, auditKey, districtId, last.n, head === 'forged' ? null : head);
  const bad = [seals.bad];
  const floor = await backdatedBelow(em, districtId);
  bad.push(await firstStranger(em, districtId, floor));

  const breaks = head && head !== 'forged' ? head.breaks : [];
  if (head === 'forged') bad.push({ eventId: null, seal: null, what: 'head_forged' });
  else if (head && head.n > last.n) bad.push(cutAfter(last.n));
  for (const one of breaks) if (!one.acknowledgedAt) bad.push(cutAfter(one.startsFrom));

  const firstBad = earliest(bad);
  return {
    valid: !firstBad,
    checked: seals.checked,
    pending: await countWaiting(em, districtId),
    ...(firstBad ? { firstBad } : {}),
    restores: breaks,
  };
}

const cutAfter = (n: number): FirstBad => ({ eventId: null, seal: n + 1, what: 'tail_cut', restoredFrom: n });

/** By the place in the chain; what belongs to no seal comes last. */
function earliest(found: (FirstBad | undefined)[]): FirstBad | undefined {
  const place = (one: FirstBad) => one.seal ?? Number.MAX_SAFE_INTEGER;
  return found
    .filter((one) => one !== undefined)
    .sort((a, b) => place(a) - place(b) || (a.eventId ?? 0) - (b.eventId ?? 0))[0];
}

type SealsChecked = { checked: number; bad?: FirstBad };

/** Walks the chain: every number there, every seal signed, each following the one before, its events as they were. */
async function checkSeals(
  em: EntityManager,
  auditKey: Buffer,
  districtId: string,
  lastN: number,
  head: { n: number; mac: string } | null,
): Promise<SealsChecked> {
  const result: SealsChecked = { checked: 0 };
  let previous: Buffer = GENESIS;
  let expected = 1;
  for (let from = 0; from < lastN; from += CHUNK) {
    for (const seal of await readSeals(em, districtId, from, from + CHUNK)) {
      result.checked += seal.events;
      if (result.bad) continue;
      const signed = sealMac(auditKey, { ...seal, districtId }).equals(seal.mac);
      const headAgrees = head?.n !== seal.n || head.mac === seal.mac.toString('hex');
      if (seal.n !== expected) result.bad = { eventId: null, seal: expected, what: 'seal_broken' };
      else if (!signed || !seal.previousMac.equals(previous) || !headAgrees)
        result.bad = { eventId: null, seal: seal.n, what: 'seal_broken' };
      else if (seal.same !== true) result.bad = await firstBadOf(em, districtId, seal.n);
      previous = seal.mac;
      expected = seal.n + 1;
    }
  }
  return result;
}

function readSeals(
  em: EntityManager,
  districtId: string,
  after: number,
  through: number,
): Promise<SealRow[]> {
  return em.query(
    `SELECT s.n, s.previous_mac AS "previousMac", s.mac, s.sealed_at AS "sealedAt", cardinality(s.event_ids) AS events, ${LIST_HASHES},
       f.digests = s.digests AND f.ids = s.event_ids AS same
     FROM seals s CROSS JOIN LATERAL (
       SELECT string_agg(${EVENT_DIGEST}, '' ORDER BY e.id) AS digests, array_agg(e.id ORDER BY e.id) AS ids
       FROM events e WHERE e.district_id = s.district_id AND e.id = ANY(s.event_ids)) f
     WHERE s.district_id = $1 AND s.n > $2 AND s.n <= $3 ORDER BY s.n`,
    [districtId, after, through],
  );
}

async function countWaiting(em: EntityManager, districtId: string): Promise<number> {
  const [{ waiting }]: [{ waiting: number }] = await em.query(
    `SELECT coalesce(sum(cardinality(event_ids)), 0)::int AS waiting FROM unsealed_events WHERE district_id = $1`,
    [districtId],
  );
  return waiting;
}
