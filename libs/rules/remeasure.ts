/** Figures measured again at verification (复测): taken as an answer's are, and good enough only where they meet the limit. */
import type { ResolvedItem } from './checklist.js';
import { missingField, missingFields } from './issue-bodies.js';
import type { Measure } from './measures.js';
import { type FieldError, invalid, type Problem, problem } from './problems.js';
import { type SchoolSystem, STAGE_TEXT, type Stage, stageOfGrade } from './stages.js';
import { judge, measuredText } from './verdict.js';
import { standardClause } from './wording.js';

export type Remeasured = {
  /** What the issue was judged by; null for a finding without an item. */
  item: ResolvedItem | null;
  schoolSystem: SchoolSystem;
  /** Stages of the unit, where it is a school. */
  unitStages?: readonly Stage[];
};

/** 复测值 as the close-out form prints it: 四年级每周5天, with the item's unit; without a measured item as the verifier wrote it. */
export function remeasuredText(measures: readonly Measure[], item: ResolvedItem | null): string {
  const metric = item && item.judge.type !== 'boolean' ? item.judge : null;
  return measures.map((measure) => measuredText(metric, measure)).join('、');
}

/**
 * Why a verification cannot rest on these figures; null where it can. 复测 without a figure is none; without a measured item
 * the figure is taken as the verifier wrote it, for nothing says what it is held against.
 * Source: the conditions of close-out (销号条件：复测值达标)【拟】. Codes: issue.missing_field, answer.measure_invalid, request.invalid
 */
export function remeasureRefusal(
  method: string,
  measures: readonly Measure[],
  { item, schoolSystem, unitStages }: Remeasured,
): Problem | null {
  const measured = item !== null && item.judge.type !== 'boolean';
  if (measures.length === 0) {
    if (method !== 're_measurement') return null;
    const message = measured ? '复测须填写复测数值' : '复测须填写复测数值；没有数值可测的，请选实地核验';
    return missingFields(missingField('measures', message));
  }
  if (!measured) {
    const errors = measures.flatMap((one, i) => looseProblems(one, `/measures/${i}`));
    return errors.length ? problem('answer.measure_invalid', { detail: errors[0]!.message, errors }) : null;
  }
  const judged = judge(item, measures, { ...(unitStages && { unitStages }), pointer: '/measures' });
  if (judged.problems.length > 0) {
    return problem('answer.measure_invalid', {
      detail: judged.problems[0]!.message,
      errors: judged.problems,
    });
  }
  if (judged.suggestedVerdict !== 'non_compliant') return null;
  return invalid({
    pointer: `/measures/${measures.indexOf(judged.worst!)}`,
    code: 'measure.misses_limit',
    message: `复测${judged.measuredValue}，${standardClause(judged.standardValue)}，仍未达标，不能核验通过；请退回继续整改`,
  });

  /** What no figure at this unit can be, whatever is measured. */
  function looseProblems({ stage, grade, numerator, denominator }: Measure, at: string): FieldError[] {
    const of = grade === undefined ? undefined : stageOfGrade(grade, schoolSystem);
    const fault = (field: string, code: string, message: string) => [
      { pointer: `${at}/${field}`, code: `measure.${code}`, message },
    ];
    if (stage && of && stage !== of)
      return fault('grade', 'grade_stage_mismatch', `所填年级在本区属${STAGE_TEXT[of]}，与所填学段不符`);
    const named = stage ?? of;
    if (named && unitStages && !unitStages.includes(named)) {
      const message = `被督导单位没有${STAGE_TEXT[named]}学段`;
      return fault(stage ? 'stage' : 'grade', 'stage_not_taught', message);
    }
    if (numerator !== undefined && denominator !== undefined && numerator > denominator)
      return fault('numerator', 'fraction_range', '分子不能大于分母');
    return [];
  }
}
