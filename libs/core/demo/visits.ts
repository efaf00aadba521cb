import type { ResolvedItem } from '#rules/checklist.js';
import { gradesOfStage, type Stage } from '#rules/stages.js';
import { newId } from '../foundation/ids.js';
import type { DemoPlan } from './plan.js';

type Dice = (sides: number) => number;

/** What an inspector enters at a school of these stages: `failing` answers fail, the rest is met or does not apply. */
export function visitOperations(
  items: readonly ResolvedItem[],
  stages: readonly Stage[],
  failing: number,
  at: Date,
  notes: DemoPlan['notes'],
  roll: Dice,
) {
  const applicable = items.filter((item) => item.stages.some((stage) => stages.includes(stage)));
  const candidates = applicable.filter(
    (item) => item.judge.type === 'boolean' || failsBy(item, stages) !== null,
  );
  const failed = new Set<string>();
  while (failed.size < Math.min(failing, candidates.length))
    failed.add(candidates[roll(candidates.length)]!.itemCode);
  return items.map((item, i) => {
    const base = {
      operationId: newId(at),
      itemCode: item.itemCode,
      answeredAt: new Date(at.getTime() + i * 60_000).toISOString(),
    };
    if (!applicable.includes(item))
      return { ...base, verdict: 'not_applicable' as const, reason: '本校无此学段' };
    if (!failed.has(item.itemCode)) return { ...base, ...passing(item, stages) };
    const note = notes.failures[roll(notes.failures.length)]!;
    const extent = (['individual', 'grade', 'school'] as const)[roll(3)]!;
    const measures = item.judge.type === 'boolean' ? undefined : failsBy(item, stages)!;
    return { ...base, verdict: 'non_compliant' as const, note, extent, ...(measures ? { measures } : {}) };
  });
}

type LimitedJudge = Extract<ResolvedItem['judge'], { type: 'measure' }>;

/** The first limit that applies to one of these stages, with the stage and grade it is for. */
function limitOf(judge: LimitedJudge, item: ResolvedItem, stages: readonly Stage[]) {
  const stage = item.stages.find((one) => stages.includes(one));
  const band = judge.bands?.find((one) => !one.stages || (stage && one.stages.includes(stage)));
  const limit = band ? band.limit : judge.limit;
  const grade =
    stage &&
    gradesOfStage(stage, item.schoolSystem).find((one) => (band?.grades ?? item.grades ?? []).includes(one));
  return limit === null || limit === undefined || !stage ? null : { limit, stage, grade };
}

function passing(item: ResolvedItem, stages: readonly Stage[]) {
  if (item.judge.type === 'boolean') return { verdict: 'compliant' as const };
  if (item.judge.type === 'indicator') return { verdict: 'not_checked' as const };
  const found = limitOf(item.judge, item, stages);
  if (!found) return { verdict: 'not_checked' as const };
  const { limit, stage, grade } = found;
  return { verdict: 'compliant' as const, measures: [{ stage, ...(grade ? { grade } : {}), value: limit }] };
}

/** A figure beyond the limit, or null where the item cannot fail by a figure. */
function failsBy(item: ResolvedItem, stages: readonly Stage[]) {
  if (item.judge.type !== 'measure' || item.judge.unit === '%') return null;
  const found = limitOf(item.judge, item, stages);
  if (!found || typeof found.limit !== 'number') return null;
  const worse = item.judge.comparator.startsWith('<')
    ? found.limit + Math.max(1, Math.round(found.limit / 4))
    : found.limit - 1;
  if (worse < 0) return null;
  return [{ stage: found.stage, ...(found.grade ? { grade: found.grade } : {}), value: worse }];
}
