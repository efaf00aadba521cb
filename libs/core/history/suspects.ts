import type { EntityManager } from 'typeorm';
import { DIGEST_BYTES, EVENT_DIGEST } from './digest.js';
import type { FirstBad } from './verify.js';

/** The first event of a seal that is not as it was sealed; the seal itself where every event is. */
export async function firstBadOf(em: EntityManager, districtId: string, n: number): Promise<FirstBad> {
  const [row]: { id: number; missing: boolean }[] = await em.query(
    `SELECT u.id, e.id IS NULL AS missing
     FROM seals s CROSS JOIN unnest(s.event_ids) WITH ORDINALITY AS u(id, at)
     LEFT JOIN events e ON e.district_id = s.district_id AND e.id = u.id
     WHERE s.district_id = $1 AND s.n = $2
       AND ${EVENT_DIGEST} IS DISTINCT FROM substr(s.digests, (u.at::int - 1) * ${DIGEST_BYTES} + 1, ${DIGEST_BYTES})
     ORDER BY u.at LIMIT 1`,
    [districtId, n],
  );
  if (!row) return { eventId: null, seal: n, what: 'seal_broken' };
  return { eventId: row.id, seal: n, what: row.missing ? 'missing' : 'changed' };
}

/** The first event that is in no seal and does not wait for one in its turn (above `floor`): it was put in. */
export async function firstStranger(
  em: EntityManager,
  districtId: string,
  floor: number,
): Promise<FirstBad | undefined> {
  const [row]: { id: number }[] = await em.query(
    `SELECT min(e.id) AS id FROM events e
     LEFT JOIN (SELECT unnest(event_ids) AS id FROM seals WHERE district_id = $1
       UNION ALL SELECT id FROM unsealed_events, unnest(event_ids) AS id WHERE district_id = $1 AND id > $2) known USING (id)
     WHERE e.district_id = $1 AND known.id IS NULL`,
    [districtId, floor],
  );
  return row?.id == null ? undefined : { eventId: row.id, seal: null, what: 'inserted' };
}
