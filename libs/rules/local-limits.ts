/**
 * Limits that only the district can give (end of office hours, what 大部分 means in figures) or that it sets stricter
 * than the rule. A rule that binds everywhere cannot be loosened here.
 */
import type { ResolvedBand, ResolvedMeasure } from './checklist.js';
import type { Comparator, LibraryItem, Limit, MeasureJudge } from './library.js';
import { gradesOfStage, isStage, type SchoolSystem, STAGES, type Stage } from './stages.js';
import { isTimeOfDay, minutesOf } from './times.js';

/** One limit for all, or one for each stage. */
export type LocalLimit = Limit | Partial<Record<Stage, Limit>>;

export type LocalLimitProblem = { code: string; message: string };

/** Why a district cannot set this limit for an item, or null when it can. For the settings form. */
export function localLimitProblem(item: LibraryItem, local: LocalLimit): LocalLimitProblem | null {
  const { judge } = item;
  if (judge.type !== 'measure') {
    return { code: 'local_limit.not_a_measure', message: `要点“${item.title}”不按量值判定，不能设定限值` };
  }
  const entries = typeof local === 'object' ? Object.entries(local) : [[null, local] as const];
  if (entries.length === 0) return { code: 'local_limit.empty', message: `请填写要点“${item.title}”的限值` };
  for (const [stage, limit] of entries) {
    if (stage !== null && !(isStage(stage) && item.stages.includes(stage))) {
      return { code: 'local_limit.stage_unknown', message: `要点“${item.title}”不涉及学段“${stage}”` };
    }
    const time = judge.unit === '时刻';
    if (time ? !isTimeOfDay(limit) : typeof limit !== 'number' || !Number.isFinite(limit) || limit < 0) {
      const form = time ? '时刻，形如 17:30' : '不小于 0 的数';
      return { code: 'local_limit.type', message: `要点“${item.title}”的限值应为${form}` };
    }
    if (judge.unit === '%' && (limit as number) > 100) {
      return { code: 'local_limit.type', message: `要点“${item.title}”的限值应在 0 至 100 之间` };
    }
    const looser = nationalLimits(judge, stage as Stage | null).find(
      (given) => !asStrict(judge.comparator, limit as Limit, given),
    );
    if (judge.localLimit !== 'any' && looser !== undefined) {
      return {
        code: 'local_limit.looser',
        message: `要点“${item.title}”的限值不得宽于现行规定（${looser}）`,
      };
    }
  }
  return null;
}

/**
 * The judge with the district's limit in it. It fills what no rule gives; where the rules give a limit for all, it takes
 * that limit's place. A limit for one stage touches that stage alone.
 */
export function withLocalLimit(
  judge: ResolvedMeasure,
  local: LocalLimit,
  stages: readonly Stage[],
  grades: readonly number[],
  system: SchoolSystem,
): ResolvedMeasure {
  if (typeof local !== 'object' && !judge.bands) return { ...judge, limit: local };
  const whole: ResolvedBand = { stages: [...stages], grades: [...grades], limit: judge.limit };
  const byStage = (judge.bands ?? [whole]).flatMap((band) => splitByStage(band, system));
  const bands = byStage.map((band) => {
    const stage = band.stages[0] as Stage;
    const limit = typeof local === 'object' ? local[stage] : local;
    const open = byStage.filter((other) => typeof local !== 'object' || other.stages[0] === stage);
    const filling = open.some((other) => other.limit === null);
    return limit === undefined || (filling && band.limit !== null) ? band : { ...band, limit };
  });
  return { ...judge, bands };
}

function splitByStage(band: ResolvedBand, system: SchoolSystem): ResolvedBand[] {
  return STAGES.filter((stage) => band.stages.includes(stage)).map((stage) => ({
    stages: [stage],
    grades: gradesOfStage(stage, system).filter((grade) => band.grades.includes(grade)),
    limit: band.limit,
  }));
}

/** The limits of the rules that a local limit for this stage would replace: none where it fills a gap. */
function nationalLimits(judge: MeasureJudge, stage: Stage | null): Limit[] {
  const bands = (judge.bands ?? [{ limit: judge.limit }]).filter(
    (band) => stage === null || (band.stages?.includes(stage) ?? true),
  );
  const limits = bands.map((band) => band.limit);
  return limits.includes(null) ? [] : limits.filter((limit) => limit !== null);
}

function asStrict(comparator: Comparator, limit: Limit, given: Limit): boolean {
  const [ours, theirs] = [figure(limit), figure(given)];
  if (comparator === '==') return ours === theirs;
  return comparator === '<=' || comparator === '<' ? ours <= theirs : ours >= theirs;
}

function figure(limit: Limit): number {
  return typeof limit === 'number' ? limit : (minutesOf(limit) ?? Number.NaN);
}
