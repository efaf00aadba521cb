import { type Day, isDay } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  decodeCursor,
  type Page,
  type PageQuery,
  pageOf,
  shownCount,
} from '../foundation/paging.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type MeasurementFilter = { metric?: string; unitId?: string; from?: Day; to?: Day };

/** One figure that an inspection brought. */
export type MeasurementView = {
  id: string;
  unit: { id: string; code: string; name: string };
  inspectionId: string | null;
  itemCode: string;
  metric: string;
  unitOfMeasure: string;
  stage: string | null;
  grade: number | null;
  label: string | null;
  value: number;
  numerator: number | null;
  denominator: number | null;
  selfCheck: boolean;
  measuredOn: Day;
};

/**
 * Figures in force (an amendment supersedes them), the latest first. A self-check's figures are the unit's own: nobody
 * else sees them, so that honest schools do not pay for honesty.
 */
export async function listMeasurements(
  ctx: Ctx,
  query: MeasurementFilter & PageQuery,
): Promise<Page<MeasurementView>> {
  const limit = query.limit ?? 50;
  const where = new Where().and('m.superseded_at IS NULL');
  withinScope(where, ctx.actor, { district: 'm.district_id', unit: 'm.unit_id', zone: 'u.zone_id' });
  where.and('NOT m.self_check OR m.unit_id = ?', ctx.actor.unitId);
  if (query.metric) where.and('m.metric = ?', query.metric);
  if (query.unitId) where.and('m.unit_id = ?', query.unitId);
  if (query.from) where.and('m.measured_on >= ?', query.from);
  if (query.to) where.and('m.measured_on <= ?', query.to);
  const from = `FROM measurements m JOIN units u ON u.district_id = m.district_id AND u.id = m.unit_id`;
  let count: number | undefined;
  if (query.count) {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 ${from} WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) c`;
    const [row]: [{ n: number }] = await ctx.em.query(sql, where.params);
    count = row.n;
  }
  if (query.cursor) {
    const [on, id] = decodeCursor(query.cursor, 2);
    if (!isDay(on) || !UUID.test(String(id))) throw problem('request.cursor_invalid', '请从第一页重新查询');
    where.and('(m.measured_on, m.id) < (?::date, ?::uuid)', on, id);
  }
  const rows: MeasurementView[] = await ctx.em.query(
    `SELECT m.id, json_build_object('id', u.id, 'code', u.code, 'name', u.name) AS unit, m.inspection_id AS "inspectionId",
       m.item_code AS "itemCode", m.metric, m.unit_of_measure AS "unitOfMeasure", m.stage, m.grade, m.label, m.value,
       m.numerator, m.denominator, m.self_check AS "selfCheck", m.measured_on AS "measuredOn"
     ${from} WHERE ${where} ORDER BY m.measured_on DESC, m.id DESC LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.measuredOn, row.id],
  );
  return count === undefined ? page : { ...page, count: shownCount(count) };
}
