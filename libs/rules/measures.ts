/** The figures of an answer, checked before anything is judged by them. */
import type { ResolvedItem } from './checklist.js';
import type { Comparator, Limit } from './library.js';
import { gradesOfStage, gradeText, isStage, STAGE_TEXT, type Stage, stageOfGrade } from './stages.js';
import { isTimeOfDay, minutesOf } from './times.js';

/** As a client sends it. A rate may come as numerator and denominator alone; `value` then follows from them. */
export type Measure = {
  stage?: Stage;
  grade?: number;
  /** The class, book or course it was taken of. */
  label?: string;
  value?: Limit;
  numerator?: number;
  denominator?: number;
};

export type MeasureProblem = { pointer: string; code: string; message: string };
export type MeasureContext = {
  /** Stages of the unit, where it has fewer than the item. */
  unitStages?: readonly Stage[];
  /** JSON pointer to the list; `/measures` unless given. */
  pointer?: string;
};

/** Nothing can be more than this in its unit; a larger figure is a slip of the pen. */
const MOST: Record<string, number> = {
  '%': 100,
  '分钟/天': 1440,
  '小时/天': 24,
  '天/周': 7,
  分钟: 1440,
};
/** A percentage entered by hand may be rounded to a whole number. */
const ROUNDING = 0.5;

/** Every fault of every figure, with a pointer to the field. Empty when all of them can be judged. */
export function measureProblems(
  item: ResolvedItem,
  measures: readonly Measure[],
  context: MeasureContext = {},
): MeasureProblem[] {
  const at = context.pointer ?? '/measures';
  if (item.judge.type === 'boolean') {
    if (measures.length === 0) return [];
    return [{ pointer: at, code: 'measure.not_expected', message: '这一要点只答是或否，不填测量值' }];
  }
  return measures.flatMap((measure, index) =>
    [...scopeProblems(item, measure, context), ...valueProblems(item, measure)].map(
      ([field, code, message]) => ({
        pointer: field === '' ? `${at}/${index}` : `${at}/${index}/${field}`,
        code: `measure.${code}`,
        message,
      }),
    ),
  );
}

type Fault = [field: string, code: string, message: string];

function scopeProblems(item: ResolvedItem, measure: Measure, context: MeasureContext): Fault[] {
  const { stage, grade } = measure;
  const faults: Fault[] = [];
  if (stage !== undefined && !isStage(stage)) return [['stage', 'stage_unknown', '学段应为小学、初中或高中']];
  const gradeStage = grade === undefined ? undefined : stageOfGrade(grade, item.schoolSystem);
  if (gradeStage === null) return [['grade', 'grade_unknown', '年级应为 1 至 12 的整数']];
  if (grade !== undefined && !item.grades.includes(grade)) {
    faults.push(['grade', 'grade_out_of_scope', `这一要点不涉及${gradeText(grade)}`]);
  } else if (stage !== undefined && gradeStage !== undefined && stage !== gradeStage) {
    const text = `${gradeText(grade as number)}在本区属${STAGE_TEXT[gradeStage]}，与所填学段不符`;
    faults.push(['grade', 'grade_stage_mismatch', text]);
  }
  const named = stage ?? gradeStage;
  if (stage !== undefined && !item.stages.includes(stage)) {
    faults.push(['stage', 'stage_out_of_scope', `这一要点不涉及${STAGE_TEXT[stage]}`]);
  } else if (named && context.unitStages && !context.unitStages.includes(named)) {
    const field = stage !== undefined ? 'stage' : 'grade';
    faults.push([field, 'stage_not_taught', `被督导单位没有${STAGE_TEXT[named]}学段`]);
  }
  if (faults.length === 0 && limitOf(item, measure, context) === undefined) {
    faults.push(['stage', 'stage_required', '各学段或年级的标准不同，请注明学段或年级']);
  }
  return faults;
}

function valueProblems(item: ResolvedItem, measure: Measure): Fault[] {
  if (item.judge.type === 'boolean') return [];
  const { unit } = item.judge;
  const { value, numerator, denominator } = measure;
  const faults = fractionProblems(unit, numerator, denominator);
  if (value === undefined) {
    const derived = unit === '%' && numerator !== undefined && denominator !== undefined;
    return derived ? faults : [...faults, ['value', 'value_required', '请填写实测值']];
  }
  if (unit === '时刻') {
    if (!isTimeOfDay(value))
      faults.push(['value', 'time_format', '时刻应写作 HH:MM，次日凌晨写作 24:30，最晚 29:59']);
    return faults;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return [...faults, ['value', 'value_type', `实测值应为数（${unit}）`]];
  }
  const most = MOST[unit];
  if (value < 0 || (most !== undefined && value > most)) {
    faults.push([
      'value',
      'value_range',
      `实测值应${most === undefined ? '不小于 0' : `在 0 至 ${most} 之间`}`,
    ]);
  }
  if (unit === '%' && faults.length === 0 && numerator !== undefined && denominator !== undefined) {
    if (Math.abs(value - (numerator * 100) / denominator) > ROUNDING + 1e-9) {
      faults.push(['value', 'fraction_mismatch', '百分比与分子、分母不符']);
    }
  }
  return faults;
}

function fractionProblems(unit: string, numerator?: number, denominator?: number): Fault[] {
  if (numerator === undefined && denominator === undefined) return [];
  if (denominator === undefined) return [['denominator', 'fraction_incomplete', '分子、分母应同时填写']];
  if (numerator === undefined) return [['numerator', 'fraction_incomplete', '分子、分母应同时填写']];
  const faults: Fault[] = [];
  if (!Number.isFinite(denominator) || denominator <= 0)
    faults.push(['denominator', 'fraction_range', '分母应大于 0']);
  if (!Number.isFinite(numerator) || numerator < 0)
    faults.push(['numerator', 'fraction_range', '分子不能小于 0']);
  else if (unit === '%' && numerator > denominator)
    faults.push(['numerator', 'fraction_range', '分子不能大于分母']);
  return faults;
}

/** A limit with the grades it is a limit for, and those that the figure speaks of (`covers`). */
export type HeldLimit = { limit: Limit | null; grades: readonly number[]; covers: readonly number[] };

/**
 * The limit that a figure is held against. `limit: null` is recorded only. A figure that names no grade speaks of every
 * grade of its stage, so the strictest of their limits holds: the worst one decides. Undefined where the figure names
 * neither stage nor grade and the stages' limits differ, so that none can be picked without guessing.
 */
export function limitOf(
  item: ResolvedItem,
  measure: Measure,
  context: MeasureContext = {},
): HeldLimit | undefined {
  if (item.judge.type === 'boolean') return undefined;
  const { comparator } = item.judge;
  const rest = item.judge.type === 'measure' ? item.judge.limit : item.judge.reference;
  const bands = item.judge.bands ?? [];
  const stages = measure.stage
    ? [measure.stage]
    : item.stages.filter((s) => context.unitStages?.includes(s) ?? true);
  const matches =
    measure.grade === undefined ? stages.map((stage) => forStage(stage)) : [forGrade(measure.grade)];
  const first = matches[0];
  if (!first || matches.some((match) => match.limit !== first.limit)) return undefined;
  const all = (of: 'grades' | 'covers') => [...new Set(matches.flatMap((match) => match[of]))];
  return { limit: first.limit, grades: all('grades'), covers: all('covers') };

  function forGrade(grade: number): HeldLimit {
    const { limit, grades } = bands.find((band) => band.grades.includes(grade)) ?? {
      limit: rest,
      grades: item.grades,
    };
    return { limit, grades, covers: grades };
  }
  function forStage(stage: Stage): HeldLimit {
    const covers = gradesOfStage(stage, item.schoolSystem).filter((grade) => item.grades.includes(grade));
    const limits = covers.map((grade) => forGrade(grade).limit);
    const limit = strictest(limits, comparator) ?? wholeStage(covers);
    const grades = covers.filter((_, i) => limits[i] === limit);
    return { limit, grades: grades.length > 0 ? grades : covers, covers };
  }
  /** Where none is stricter than another: the band that covers the whole stage. */
  function wholeStage(own: readonly number[]): Limit | null {
    const band = bands.find(({ grades }) => own.every((grade) => grades.includes(grade)));
    return band ? band.limit : rest;
  }
}

/** The one that what meets it meets all the others by; null without a limit, or where the comparison has no direction. */
function strictest(limits: readonly (Limit | null)[], comparator: Comparator | undefined): Limit | null {
  if (comparator === undefined || comparator === '==') return null;
  const sign = comparator === '<=' || comparator === '<' ? 1 : -1;
  const size = (limit: Limit) => sign * (typeof limit === 'number' ? limit : (minutesOf(limit) ?? 0));
  const [first = null] = limits.filter((limit) => limit !== null).toSorted((a, b) => size(a) - size(b));
  return first;
}
