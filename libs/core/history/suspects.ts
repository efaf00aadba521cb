import type { EntityManager } from 'typeorm';
import { DIGEST_BYTES, EVENT_DIGEST } from './digest.js';
import type { FirstBad } from './verify.js';

/** The first event of a seal that is not as it was sealed; the seal itself where every event is. */
export async function firstBadOf(em: EntityManager, districtId: string, n: number): Promise<FirstBad> {
  const [row]: { id: number; missing: boolean; changed: boolean }[] = await em.query(
    `SELECT u.id, e.id IS NULL AS missing,
       ${EVENT_DIGEST} IS DISTINCT FROM substr(s.digests, (u.at::int - 1) * ${DIGEST_BYTES} + 1, ${DIGEST_BYTES}) AS changed
     FROM seals s CROSS JOIN unnest(s.event_ids) WITH ORDINALITY AS u(id, at)
     LEFT JOIN events e ON e.district_id = s.district_id AND e.id = u.id
     WHERE s.district_id = $1 AND s.n = $2
       AND (e.seal IS DISTINCT FROM s.n
         OR ${EVENT_DIGEST} IS DISTINCT FROM substr(s.digests, (u.at::int - 1) * ${DIGEST_BYTES} + 1, ${DIGEST_BYTES}))
     ORDER BY u.at LIMIT 1`,
    [districtId, n],
  );
  if (!row) return { eventId: null, seal: n, what: 'seal_broken' };
  const what = row.missing ? 'missing' : row.changed ? 'changed' : 'reordered';
  return { eventId: row.id, seal: n, what };
}

/**
 * The first event that claims a seal which does not list it: put in, or moved from its own seal.
 * Undefined where listed events lost their seal, which the walk over the seals names.
 */
export async function firstStranger(em: EntityManager, districtId: string): Promise<FirstBad | undefined> {
  const [row]: { id: number; seal: number; moved: boolean }[] = await em.query(
    `WITH listed AS (SELECT s.n, u.id FROM seals s CROSS JOIN unnest(s.event_ids) AS u(id) WHERE s.district_id = $1)
     SELECT e.id, e.seal, EXISTS (SELECT 1 FROM listed x WHERE x.id = e.id) AS moved
     FROM events e LEFT JOIN listed l ON l.n = e.seal AND l.id = e.id
     WHERE e.district_id = $1 AND e.seal IS NOT NULL AND l.id IS NULL ORDER BY e.seal, e.id LIMIT 1`,
    [districtId],
  );
  return row && { eventId: row.id, seal: row.seal, what: row.moved ? 'reordered' : 'inserted' };
}
