/** What follows from the answers of an inspection: what is missing, how many were met, findings and measurements. Pure. */
import type { AnswerContent, StoredAnswer } from './answers.js';
import type { ResolvedItem } from './checklist.js';
import type { TalliedVisit } from './compliance.js';
import type { Severity } from './issue-lifecycle.js';
import type { INSPECTION_KINDS } from './library.js';
import { type Day, localDay } from './local-date.js';
import type { Stage } from './stages.js';
import { minutesOf } from './times.js';
import { judge, observedText, severityFor, standardValueText, type Verdict } from './verdict.js';
import { NO_LOCAL_LIMIT, standardClause, withoutLimit } from './wording.js';

export const INSPECTION_KIND_TEXT: Record<(typeof INSPECTION_KINDS)[number], string> = {
  routine: '经常性督导',
  special: '专项督导',
  comprehensive: '综合督导',
  visit: '随访督导',
  look_back: '回头看',
  self_check: '自查',
};

/** The verdict as the record prints it. */
export function verdictText(item: ResolvedItem, verdict: Verdict): string {
  if (verdict === 'not_applicable') return '不适用';
  if (verdict === 'not_checked') return '未查';
  if (item.judge.type === 'indicator') return '已记录';
  return verdict === 'compliant' ? '达标' : '不达标';
}

export type Answers = Readonly<Record<string, StoredAnswer>>;

/** Stages a unit is judged by; only schools have some. */
export const stagesOf = (unit: { kind: string; stages: readonly Stage[] }): readonly Stage[] | undefined =>
  unit.kind === 'school' ? unit.stages : undefined;

/** Whether somebody must look: not for what follows from the ledger, nor for stages that the school does not teach. */
export const concerns = (item: ResolvedItem, unitStages?: readonly Stage[]): boolean =>
  !item.computed && (!unitStages || item.stages.some((stage) => unitStages.includes(stage)));

/** Codes of required items without an answer. `not_checked` is an answer; items that are not required may be left out. */
export const missingItems = (
  items: readonly ResolvedItem[],
  answers: Answers,
  unitStages?: readonly Stage[],
): string[] =>
  items
    .filter((item) => item.required && concerns(item, unitStages) && !answers[item.itemCode])
    .map((item) => item.itemCode);

export type AnswerTally = { judged: number; met: number; categories: TalliedVisit['categories'] };

/** The answers that are judged, in the order of the checklist. Indicators never are; what was not checked or does not apply is on neither side. */
export const judgedItems = (
  items: readonly ResolvedItem[],
  answers: Answers,
): { item: ResolvedItem; met: 0 | 1 }[] =>
  items.flatMap((item) => {
    const verdict = answers[item.itemCode]?.verdict;
    if (item.judge.type === 'indicator') return [];
    if (verdict !== 'compliant' && verdict !== 'non_compliant') return [];
    return [{ item, met: verdict === 'compliant' ? 1 : 0 }];
  });

/** Met of judged answers. */
export function tallyAnswers(items: readonly ResolvedItem[], answers: Answers): AnswerTally {
  const tally: AnswerTally = { judged: 0, met: 0, categories: {} };
  for (const { item, met } of judgedItems(items, answers)) {
    tally.categories[item.category] ??= { met: 0, judged: 0 };
    const category = tally.categories[item.category]!;
    tally.judged += 1;
    tally.met += met;
    category.judged += 1;
    category.met += met;
  }
  return tally;
}

/** Of the required items, how many must really have been looked at for a visit to count as full (a proposal, no rule says). */
const LOOKED_AT = 0.8;

/** Whether enough was looked at: a visit that checked next to nothing makes no unit compliant. */
export function isWhole(
  items: readonly ResolvedItem[],
  answers: Answers,
  unitStages?: readonly Stage[],
): boolean {
  const concerned = items.filter((item) => concerns(item, unitStages));
  const required = concerned.filter((item) => item.required);
  const basis = required.length > 0 ? required : concerned;
  const seen = basis.filter((item) => {
    const verdict = answers[item.itemCode]?.verdict;
    return verdict !== undefined && verdict !== 'not_checked';
  });
  return seen.length > 0 && seen.length >= basis.length * LOOKED_AT;
}

/** The local day of the latest answer, the day of the visit; null without answers. */
export function visitedOn(answers: Answers): Day | null {
  // All in the one form of `toISOString`, whose order is that of time.
  let latest = '';
  for (const { effectiveAt } of Object.values(answers)) if (effectiveAt > latest) latest = effectiveAt;
  return latest ? localDay(new Date(latest)) : null;
}

/** Failed answers in the order of the checklist. */
export const failures = (items: readonly ResolvedItem[], answers: Answers): ResolvedItem[] =>
  items.filter(
    (item) => item.judge.type !== 'indicator' && answers[item.itemCode]?.verdict === 'non_compliant',
  );

export type Finding = {
  itemCode: string;
  category: string;
  finding: string;
  severity: Severity;
  basis: string;
  standardValue: string;
  measuredValue: string | null;
  evidenceRequired: boolean;
  attachments: string[];
};

/** The entry of the ledger that a failed answer becomes. Severity looks at the extent. */
export function findingOf(item: ResolvedItem, answer: AnswerContent, unitStages?: readonly Stage[]): Finding {
  const judged = judge(item, answer.measures, unitStages && { unitStages });
  const { standardValue } = judged;
  const measuredValue = judged.measuredValue || observedText(item, 'non_compliant') || null;
  const sentences = [
    answer.note,
    judged.measuredValue ? figureSentence(judged.measuredValue, standardValue, answer) : null,
    answer.reason && answer.reason !== answer.note ? `判定理由：${answer.reason}` : null,
  ].filter((text): text is string => !!text);
  const told = sentences.map((text) => text.replace(/[。；;.\s]+$/u, '')).join('；');
  return {
    itemCode: item.itemCode,
    category: item.category,
    finding: told ? `${item.title}：${told}` : `${item.title}：不符合要求`,
    severity: severityFor(item, answer.extent ?? undefined),
    basis: item.basis,
    standardValue: standardValue || standardValueText(item),
    measuredValue,
    evidenceRequired: item.evidenceRequired,
    attachments: answer.attachments,
  };
}

/** A figure beside its limit. Where the district set none, that is said, and what the verdict rests on if nobody wrote it. */
function figureSentence(measured: string, standard: string, { note, reason }: AnswerContent): string {
  if (!withoutLimit(standard)) return `实测${measured}，${standardClause(standard)}`;
  return `实测${measured}，${NO_LOCAL_LIMIT}${note || reason ? '' : '，由督学判定不符合要求'}`;
}

export type MeasurementRow = {
  itemCode: string;
  metric: string;
  unitOfMeasure: string;
  stage: string | null;
  grade: number | null;
  label: string | null;
  /** In the unit of measure; times of day in minutes since midnight. */
  value: number;
  numerator: number | null;
  denominator: number | null;
};

/** Every figure of the answers, for 监测指标. A rate follows from its numerator and denominator. */
export function measurementsOf(items: readonly ResolvedItem[], answers: Answers): MeasurementRow[] {
  return items.flatMap((item) => {
    const how = item.judge;
    if (how.type === 'boolean') return [];
    return (answers[item.itemCode]?.measures ?? []).map((measure): MeasurementRow => {
      const { numerator, denominator } = measure;
      const derived =
        how.unit === '%' && numerator !== undefined && denominator !== undefined
          ? (numerator * 100) / denominator
          : undefined;
      const value = typeof measure.value === 'string' ? minutesOf(measure.value) : measure.value;
      return {
        itemCode: item.itemCode,
        metric: how.metric,
        unitOfMeasure: how.unit,
        stage: measure.stage ?? null,
        grade: measure.grade ?? null,
        label: measure.label ?? null,
        value: derived ?? value ?? 0,
        numerator: numerator ?? null,
        denominator: denominator ?? null,
      };
    });
  });
}
