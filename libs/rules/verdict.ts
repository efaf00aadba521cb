/**
 * An item judges itself: the inspector enters figures and the verdict follows from the limits published with the item.
 * The worst figure decides. Indicators are recorded and never judged.
 */
import type { ResolvedItem } from './checklist.js';
import type { Severity } from './issue-lifecycle.js';
import type { Comparator, Extent, Limit, Metric } from './library.js';
import {
  limitOf,
  type Measure,
  type MeasureContext,
  type MeasureProblem,
  measureProblems,
} from './measures.js';
import { gradeText, STAGE_TEXT } from './stages.js';
import { minutesOf } from './times.js';
import { boundText, figureText, numberText, standardValueText } from './wording.js';

export type { Measure, MeasureContext, MeasureProblem } from './measures.js';
export { observedText, standardValueText } from './wording.js';

export type Verdict = 'compliant' | 'non_compliant' | 'not_applicable' | 'not_checked';

export type Judgement = {
  /**
   * What the figures say; for an indicator `compliant` means recorded. Null where nothing can be said: an item answered
   * with yes or no, no figures, no limit set by the district, or figures with problems.
   */
  suggestedVerdict: 'compliant' | 'non_compliant' | null;
  /** 标准值 and 实测值, as the ledger and the notice print them; the latter is empty without figures. */
  standardValue: string;
  measuredValue: string;
  /** The figure that decided, as it was sent. */
  worst?: Measure;
  problems: MeasureProblem[];
};

/** Judges the figures of one answer. Wrong figures are reported in `problems` and nothing is judged by any of them. */
export function judge(
  item: ResolvedItem,
  measures: readonly Measure[],
  context: MeasureContext = {},
): Judgement {
  const problems = measureProblems(item, measures, context);
  const blank = {
    suggestedVerdict: null,
    standardValue: standardValueText(item),
    measuredValue: '',
    problems,
  };
  const how = item.judge;
  if (problems.length > 0 || measures.length === 0 || how.type === 'boolean') return blank;

  const figures = measures.map((measure) => {
    const { limit, grades } = limitOf(item, measure, context)!;
    const excess =
      limit === null || !how.comparator ? null : excessOf(how.unit, how.comparator, measure, limit);
    return { measure, limit, grades, excess };
  });
  const held = figures.filter((figure) => figure.excess !== null);
  const ranked = (held.length > 0 ? held : figures).toSorted((a, b) => worseFirst(a.excess, b.excess));
  const worst = ranked[0]!;
  const failed = held.filter((figure) => fails(figure.excess!, how.comparator!)).length;
  return {
    suggestedVerdict: how.type === 'indicator' ? 'compliant' : verdictOf(held.length, failed),
    standardValue: boundText(item, worst, worst.limit),
    measuredValue:
      measuredText(how, worst.measure) +
      countText(measures.length, how.type === 'indicator' ? 0 : held.length, failed),
    worst: worst.measure,
    problems,
  };
}

const STEP_DOWN: Record<Severity, Severity> = { serious: 'major', major: 'minor', minor: 'minor' };

/**
 * The severity of a failed item by its extent. The item's own steps come first. Otherwise a single case in a school is
 * one step lower than given, except a serious item with a veto; a grade or the whole school is as given. In an
 * institution or a department there is no such extent. (A proposal of practice: no document grades these.)
 */
export function severityFor(
  item: Pick<ResolvedItem, 'severity' | 'severityByExtent' | 'veto' | 'subject'>,
  extent?: Extent,
): Severity {
  const own = extent && item.severityByExtent?.[extent];
  if (own) return own;
  if (extent !== 'individual' || item.subject !== 'school') return item.severity;
  return item.veto && item.severity === 'serious' ? 'serious' : STEP_DOWN[item.severity];
}

function verdictOf(held: number, failed: number): Judgement['suggestedVerdict'] {
  if (held === 0) return null;
  return failed > 0 ? 'non_compliant' : 'compliant';
}

/**
 * How far beyond the limit a figure is, in the unit of the metric (minutes for times of day); negative on the good side.
 * A rate is computed from numerator and denominator where they are given, so that 249 of 250 is not 100 %.
 */
function excessOf(unit: string, comparator: Comparator, measure: Measure, limit: Limit): number {
  const distance = numberOf(unit, measure) - (typeof limit === 'number' ? limit : minutesOf(limit)!);
  if (comparator === '==') return Math.abs(distance);
  return comparator === '<=' || comparator === '<' ? distance : -distance;
}

/** Divisions leave dust: 0.1 + 0.2 minutes too many is no breach. */
const DUST = 1e-9;

function fails(excess: number, comparator: Comparator): boolean {
  return comparator === '<' || comparator === '>' ? excess > -DUST : excess > DUST;
}

function worseFirst(a: number | null, b: number | null): number {
  return (b ?? 0) - (a ?? 0);
}

/** Only a rate follows from its numerator and denominator: elsewhere they tell of the sample. */
function numberOf(unit: string, { value, numerator, denominator }: Measure): number {
  if (unit === '%' && numerator !== undefined && denominator !== undefined)
    return (numerator * 100) / denominator;
  return typeof value === 'string' ? minutesOf(value)! : value!;
}

/** 五年级（1班）每天85分钟; without a metric the bare figure. A label that stands alone says who: 四年级每周5天. */
export function measuredText(metric: Metric | null, measure: Measure): string {
  const { stage, grade, label = '', value, numerator, denominator } = measure;
  const who = grade !== undefined ? gradeText(grade) : stage ? STAGE_TEXT[stage] : '';
  const counted = numerator !== undefined && denominator !== undefined;
  const sample = counted ? `（${numberText(numerator)}/${numberText(denominator)}）` : '';
  return `${who}${who && label ? `（${label}）` : label}${figure()}${sample}`;

  function figure(): string {
    if (metric) return figureText(metric, typeof value === 'string' ? value : numberOf(metric.unit, measure));
    return typeof value === 'number' ? numberText(value) : (value ?? '');
  }
}

/** Says so where one figure stands for several. */
function countText(measured: number, held: number, failed: number): string {
  if (measured === 1) return '';
  if (held === 0) return `（共${measured}项实测）`;
  return `（共${measured}项实测，${failed > 0 ? `${failed}项不达标` : '均达标'}${held < measured ? `，${measured - held}项只作记录` : ''}）`;
}
