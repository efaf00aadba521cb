import type { EntityManager } from 'typeorm';
import type { ResolvedItem } from '#rules/checklist.js';
import { type CircularFacts, MIN_SAMPLE } from '#rules/circular.js';
import { stagesOf } from '#rules/inspection-result.js';
import { byCategory } from '#rules/library.js';
import { limitOf, type Measure } from '#rules/measures.js';
import type { Stage } from '#rules/stages.js';
import { timeOfMinutes } from '#rules/times.js';
import { judge } from '#rules/verdict.js';
import { boundText, scopeText } from '#rules/wording.js';
import type { UnitRow } from './units.js';
import type { Visit } from './visits.js';
import type { Window } from './window.js';

/** A figure brought by a visit of the period. */
export type MeasuredRow = {
  id: string;
  inspectionId: string;
  itemCode: string;
  stage: Stage | null;
  grade: number | null;
  label: string | null;
  value: number;
  numerator: number | null;
  denominator: number | null;
};
/** The figures of one metric and band. `within`: on which side of the limit each is, null where none holds. */
export type MeasuredGroup = Omit<
  CircularFacts['measurements'][number],
  'min' | 'mean' | 'max' | 'n' | 'limit'
> & {
  rows: { row: MeasuredRow; within: boolean | null }[];
  ofTime: boolean;
  limits: Set<string>;
  place: Place;
};

/** Where a figure stands in forms: its area, the first item that measures it, the lowest grade it is of. */
type Place = { category: string; itemCode: string; grade: number };
const byPlace = (a: Place, b: Place): number =>
  byCategory(a.category, b.category) ||
  (a.itemCode === b.itemCode ? a.grade - b.grade : a.itemCode < b.itemCode ? -1 : 1);

/** Figures brought by the period's visits; superseded ones as they stood at the cut-off. */
export async function measuredRows(
  em: EntityManager,
  w: Window,
  visits: readonly Visit[],
): Promise<MeasuredRow[]> {
  return em.query(
    `SELECT id, inspection_id AS "inspectionId", item_code AS "itemCode", stage, grade, label, value, numerator, denominator
     FROM measurements WHERE district_id = $1 AND inspection_id = ANY($2) AND recorded_at <= $3
       AND (superseded_at IS NULL OR superseded_at > $3) ORDER BY measured_on, id`,
    [w.districtId, visits.map(({ id }) => id), w.upTo],
  );
}

/** Figures by metric and band, in the order of the forms that they come from. */
export function measuredGroups(
  rows: readonly MeasuredRow[],
  visits: readonly Visit[],
  units: ReadonlyMap<string, UnitRow>,
): MeasuredGroup[] {
  const visitOf = new Map(visits.map((visit) => [visit.id, visit]));
  const groups = new Map<string, MeasuredGroup>();
  for (const row of rows) {
    const visit = visitOf.get(row.inspectionId)!;
    const item = visit.items.find(({ itemCode }) => itemCode === row.itemCode);
    if (item && item.judge.type !== 'boolean') put(groups, item, row, units.get(visit.unitId)!);
  }
  return [...groups]
    .sort(([a, { place }], [b, other]) => byPlace(place, other.place) || (a < b ? -1 : 1))
    .map(([, group]) => group);
}

/** The groups as the circular has them: without their rows. */
export const measurementsOf = (groups: readonly MeasuredGroup[]): CircularFacts['measurements'] =>
  groups.map(({ rows, ofTime, limits, place: _, ...group }) => ({
    ...group,
    n: rows.length,
    // Times of day have no mean that would say anything, shares have their numerator and denominator.
    ...(ofTime || group.ratio
      ? { min: null, mean: null, max: null }
      : spread(rows.map(({ row }) => row.value))),
    limit: [...limits].sort().join('；') || null,
  }));

function put(groups: Map<string, MeasuredGroup>, item: ResolvedItem, row: MeasuredRow, unit: UnitRow): void {
  const how = item.judge;
  if (how.type === 'boolean') return;
  const measure = measureOf(how.unit, row);
  const context = { unitStages: stagesOf(unit) };
  const limit = limitOf(item, measure, context);
  const grades = limit?.covers ?? item.grades;
  const band = item.subject === 'school' ? scopeText(grades, item.schoolSystem) || null : null;
  const key = `${how.metric} ${band ?? ''}`;
  const place = { category: item.category, itemCode: item.itemCode, grade: Math.min(...grades) };
  const group: MeasuredGroup = groups.get(key) ?? {
    metric: how.metric,
    title: how.metricTitle,
    unit: how.unit,
    band,
    ratio: how.unit === '%' ? { numerator: 0, denominator: 0 } : null,
    withinLimit: null,
    rows: [],
    ofTime: how.unit === '时刻',
    limits: new Set(),
    place,
  };
  groups.set(key, group);
  // Several items may measure the same: which of them came first must not tell.
  if (byPlace(place, group.place) < 0) group.place = place;
  // One figure without its parts, and the sum would be of something else than the figures.
  if (row.numerator === null || row.denominator === null) group.ratio = null;
  else if (group.ratio) {
    group.ratio.numerator += row.numerator;
    group.ratio.denominator += row.denominator;
  }
  const verdict = how.type === 'measure' ? judge(item, [measure], context).suggestedVerdict : null;
  group.rows.push({ row, within: verdict === null ? null : verdict === 'compliant' });
  if (verdict === null) return;
  group.limits.add(boundText(item, { grades: [] }, limit?.limit ?? null));
  group.withinLimit ??= { numerator: 0, denominator: 0 };
  group.withinLimit.denominator += 1;
  if (verdict === 'compliant') group.withinLimit.numerator += 1;
}

/** A stored figure as it was given: times of day are kept in minutes. */
function measureOf(unit: string, row: MeasuredRow): Measure {
  return {
    ...(row.stage ? { stage: row.stage } : {}),
    ...(row.grade !== null ? { grade: row.grade } : {}),
    ...(row.label !== null ? { label: row.label } : {}),
    value: unit === '时刻' ? timeOfMinutes(row.value) : row.value,
    ...(row.numerator !== null ? { numerator: row.numerator } : {}),
    ...(row.denominator !== null ? { denominator: row.denominator } : {}),
  };
}

/**
 * Rounded to thousandths, as `figureOfRows` rounds what it counts again. Of a small sample nothing is told, as with rates: it
 * would be the figures of single units, disputed ones among them.
 */
export function spread(
  values: readonly number[],
): Pick<CircularFacts['measurements'][number], 'min' | 'mean' | 'max'> {
  if (values.length < MIN_SAMPLE) return { min: null, mean: null, max: null };
  const sum = values.reduce((a, b) => a + b, 0);
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    min: rounded(Math.min(...values)),
    mean: rounded(sum / values.length),
    max: rounded(Math.max(...values)),
  };
}
