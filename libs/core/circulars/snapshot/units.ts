import type { EntityManager } from 'typeorm';
import type { CircularUnit } from '#rules/circular.js';
import type { Day } from '#rules/local-date.js';
import type { Stage } from '#rules/stages.js';

export type UnitRow = {
  id: string;
  kind: 'school' | 'training_institution' | 'department';
  code: string;
  name: string;
  stages: Stage[];
  zone: string | null;
  openedOn: Day | null;
  closedOn: Day | null;
};

/** Every unit of the district that ever was, by zone and code. */
export async function unitsOf(em: EntityManager, districtId: string): Promise<Map<string, UnitRow>> {
  const rows: UnitRow[] = await em.query(
    `SELECT u.id, u.kind, u.code, u.name, u.stages, z.name AS zone, u.opened_on AS "openedOn", u.closed_on AS "closedOn"
     FROM units u LEFT JOIN zones z ON z.district_id = u.district_id AND z.id = u.zone_id
     WHERE u.district_id = $1 ORDER BY z.code NULLS LAST, u.code`,
    [districtId],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** On the register 在册 on a day. */
export const registeredOn = (unit: UnitRow, day: Day): boolean =>
  (unit.openedOn === null || unit.openedOn <= day) && (unit.closedOn === null || unit.closedOn > day);

/** A unit as a circular names it. */
export const named = ({ id, name, code, kind, zone }: UnitRow): CircularUnit => ({
  id,
  name,
  code: kind === 'school' ? code : null,
  kind: kind === 'training_institution' ? 'institution' : kind,
  zone,
});
