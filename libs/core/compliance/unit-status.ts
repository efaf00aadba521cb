/** One unit's compliance as answered: what the tables hold, seen from a local day. */
import { emptyFacts, flipsBetween, statusOn, type UnitFacts, type UnitStatus } from '#rules/compliance.js';
import { addDays, type Day, localDay, startOfDay, yearOf } from '#rules/local-date.js';
import type { Term } from '#rules/settings.js';

/** A unit with its facts, as `COMPLIANCE_SELECT` reads it. */
export type ComplianceRow = {
  id: string;
  code: string;
  name: string;
  kind: 'school' | 'training_institution' | 'department';
  zoneId: string | null;
  closedOn: Day | null;
  districtCode: string;
  facts: Partial<UnitFacts> | null;
  changedAt: Date;
  terms: Term[] | null;
};

/** Units `u` of the district, with their facts `f` and the district's terms: append a WHERE. */
export const COMPLIANCE_SELECT = `
  SELECT u.id, u.code, u.name, u.kind, u.zone_id AS "zoneId", u.closed_on AS "closedOn", d.code AS "districtCode",
    f.facts, coalesce(f.changed_at, u.created_at) AS "changedAt", d.settings->'terms' AS terms
  FROM units u JOIN districts d ON d.id = u.district_id
  LEFT JOIN unit_facts f ON f.district_id = u.district_id AND f.unit_id = u.id`;

export const factsOf = (row: Pick<ComplianceRow, 'facts'>): UnitFacts => ({ ...emptyFacts(), ...row.facts });
export const isClosed = (row: Pick<ComplianceRow, 'closedOn'>, today: Day): boolean =>
  row.closedOn !== null && row.closedOn <= today;

/** Whether between two local days the answer about a unit became another though nothing was written. */
export function flipped(row: ComplianceRow, since: Day, today: Day): boolean {
  const closes = row.closedOn !== null && row.closedOn > since && row.closedOn <= today;
  return closes || flipsBetween(factsOf(row), since, today, row.terms ?? []);
}

/**
 * When the answer about a unit last became another: its last change, or the last midnight since at which a deadline
 * passed, a term began (without terms: a year) or the unit closed.
 */
export function changedAt(row: ComplianceRow, today: Day): Date {
  const from = localDay(row.changedAt);
  const midnights = new Set<Day>([`${yearOf(today)}-01-01`]);
  if (row.closedOn) midnights.add(row.closedOn);
  for (const term of row.terms ?? []) midnights.add(term.from);
  for (const { due } of Object.values(factsOf(row).categories)) {
    for (const day of Object.keys(due)) if (day < today) midnights.add(addDays(day, 1));
  }
  const last = [...midnights]
    .filter((day) => day > from && day <= today)
    .sort()
    .findLast((day) => flipped(row, addDays(day, -1), day));
  return last ? startOfDay(last) : row.changedAt;
}

export type ComplianceView = {
  unit: Pick<ComplianceRow, 'id' | 'code' | 'name' | 'kind' | 'zoneId' | 'districtCode' | 'closedOn'>;
} & UnitStatus & { changedAt: Date; asOfDate: Day };

/** The answer about one unit on a local day. Pure: the same row and day give the same bytes, and so the same ETag. */
export function complianceView(row: ComplianceRow, today: Day): ComplianceView {
  const { id, code, name, kind, zoneId, districtCode, closedOn } = row;
  return {
    unit: { id, code, name, kind, zoneId, districtCode, closedOn },
    ...statusOn(factsOf(row), today, row.terms ?? []),
    changedAt: changedAt(row, today),
    asOfDate: today,
  };
}
