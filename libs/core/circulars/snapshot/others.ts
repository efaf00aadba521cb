import type { EntityManager } from 'typeorm';
import { type CircularFacts, circularTitle } from '#rules/circular.js';
import type { Day } from '#rules/local-date.js';
import { registeredOn, type UnitRow } from './units.js';
import type { Window } from './window.js';

/** How much was read, so that the snapshot can be compared with the ledger again. */
export async function scaleOf(
  em: EntityManager,
  w: Window,
): Promise<{ issues: number; events: number; lastEventAt: string | null }> {
  const [row]: [{ issues: number; events: number; lastEventAt: Date | null }] = await em.query(
    `SELECT (SELECT count(*)::integer FROM issues WHERE district_id = $1 AND source <> 'self_check' AND registered_at <= $3) AS issues,
       count(*)::integer AS events, max(at) AS "lastEventAt"
     FROM events WHERE district_id = $1 AND subject_type = 'issue' AND at BETWEEN $2 AND $3`,
    [w.districtId, w.from, w.upTo],
  );
  return { ...row, lastEventAt: row.lastEventAt?.toISOString() ?? null };
}

/** A notice signed in the period; `received`: by the cut-off. */
export type PeriodNotice = { id: string; number: string; unitId: string; issuedOn: Day; received: boolean };

/** Notices signed in the period, and which of them had been received by the cut-off. */
export async function noticesOf(em: EntityManager, w: Window): Promise<PeriodNotice[]> {
  return em.query(
    `SELECT n.id, n.number, n.unit_id AS "unitId", n.issued_on AS "issuedOn", EXISTS (SELECT 1 FROM events e
       WHERE e.district_id = n.district_id AND e.subject_id = n.id AND e.subject_type = 'notice' AND e.action = 'receive'
         AND e.at <= $3 AND e.data->'receipt'->>'refused' IS DISTINCT FROM 'true') AS received
     FROM notices n WHERE n.district_id = $1 AND n.created_at BETWEEN $2 AND $4 ORDER BY n.id`,
    [w.districtId, w.from, w.upTo, w.until],
  );
}

type Previous = { id: string; documentNumber: string; issuedOn: Day; facts: CircularFacts };

/** A unit to which the circular before was addressed; `received`: by the cut-off. */
export type Addressed = { unitId: string; received: boolean };

/** The circular of an earlier period issued last before the cut-off, and which units had received it by then. */
export async function previousOf(
  em: EntityManager,
  w: Window,
  units: ReadonlyMap<string, UnitRow>,
): Promise<{ previous: CircularFacts['previous']; addressed: Addressed[] }> {
  const [row]: Previous[] = await em.query(
    `SELECT id, document_number AS "documentNumber", issued_on AS "issuedOn",
       jsonb_build_object('period', period, 'corrects', snapshot->'corrects') AS facts
     FROM circulars WHERE district_id = $1 AND kind = 'monthly' AND status = 'issued' AND corrects IS NULL
       AND period < $2 AND issued_at <= $3 ORDER BY period DESC, issued_at DESC LIMIT 1`,
    [w.districtId, w.period, w.upTo],
  );
  if (!row) return { previous: null, addressed: [] };
  const received: { unitId: string }[] = await em.query(
    `SELECT unit_id AS "unitId" FROM circular_receipts WHERE district_id = $1 AND circular_id = $2 AND received_at <= $3`,
    [w.districtId, row.id, w.upTo],
  );
  const had = new Set(received.map(({ unitId }) => unitId));
  const addressed = [...units.values()]
    .filter((unit) => registeredOn(unit, row.issuedOn))
    .map(({ id }): Addressed => ({ unitId: id, received: had.has(id) }));
  const previous = {
    documentNumber: row.documentNumber,
    title: circularTitle(row.facts),
    receipts: {
      numerator: addressed.filter((one) => one.received).length,
      denominator: addressed.length,
    },
  };
  return { previous, addressed };
}
