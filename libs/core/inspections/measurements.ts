import type { MeasurementRow } from '#rules/inspection-result.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import type { Found } from './find.js';

/**
 * The statement that stores figures, from the placeholders of its values: `rows` a JSON list of MeasurementRow with an id.
 * `gate`: a part of the statement without whose row nothing is stored.
 */
export const insertMeasurements = (
  district: string,
  unit: string,
  inspection: string,
  selfCheck: string,
  on: string,
  now: string,
  rows: string,
  gate?: string,
): string =>
  `INSERT INTO measurements (district_id, id, unit_id, inspection_id, item_code, metric, unit_of_measure, stage, grade,
     label, value, numerator, denominator, self_check, measured_on, recorded_at)
   SELECT ${district}, m.id, ${unit}, ${inspection}, m."itemCode", m.metric, m."unitOfMeasure", m.stage, m.grade, m.label,
     m.value, m.numerator, m.denominator, ${selfCheck}, ${on}, ${now}
   FROM ${gate ? `${gate}, ` : ''}jsonb_to_recordset(${rows}::jsonb) AS m(id uuid, "itemCode" text, metric text, "unitOfMeasure" text, stage text,
     grade integer, label text, value numeric, numerator numeric, denominator numeric)`;

/** Stores the figures of an inspection (监测指标), those of a self-check marked as such. */
export async function storeMeasurements(
  ctx: Ctx,
  { inspection }: Found,
  measuredOn: string,
  rows: readonly MeasurementRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await ctx.em.query(insertMeasurements('$1', '$2', '$3', '$4', '$5', '$6', '$7'), [
    ctx.actor.districtId,
    inspection.unitId,
    inspection.id,
    inspection.kind === 'self_check',
    measuredOn,
    ctx.now,
    JSON.stringify(rows.map((row) => ({ id: newId(ctx.now), ...row }))),
  ]);
}

/** Takes the figures of some items out of the statistics: a correction has replaced them. They stay in the table. */
export async function supersedeMeasurements(
  ctx: Ctx,
  { inspection }: Found,
  itemCodes: readonly string[],
): Promise<void> {
  await ctx.em.query(
    `UPDATE measurements SET superseded_at = $4
     WHERE district_id = $1 AND inspection_id = $2 AND item_code = ANY($3) AND superseded_at IS NULL`,
    [ctx.actor.districtId, inspection.id, itemCodes, ctx.now],
  );
}
