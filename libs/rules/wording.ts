/** Limits and figures in Chinese, composed from the data: 小学三至六年级每天不超过60分钟. */
import type { ResolvedItem } from './checklist.js';
import type { Comparator, Limit, Metric } from './library.js';
import { gradesOfStage, gradesText, type SchoolSystem, STAGE_TEXT, STAGES } from './stages.js';
import { timeText } from './times.js';

const NUMBER_BOUND: Record<Comparator, string> = {
  '<=': '不超过',
  '>=': '不少于',
  '==': '应为',
  '<': '少于',
  '>': '多于',
};
const RATE_BOUND: Record<Comparator, string> = {
  '<=': '不高于',
  '>=': '不低于',
  '==': '应为',
  '<': '低于',
  '>': '高于',
};
const TIME_BOUND: Record<Comparator, string> = {
  '<=': '不晚于',
  '>=': '不早于',
  '==': '应为',
  '<': '早于',
  '>': '晚于',
};

type Scope = { grades: readonly number[] };

/** The standard of an item, with all its bands: for forms, and for the ledger where no single figure decided. */
export function standardValueText(item: ResolvedItem): string {
  const { judge } = item;
  if (judge.type === 'boolean') return requirementText(item, judge.passWhen);
  const rest = judge.type === 'measure' ? judge.limit : judge.reference;
  const bands = judge.bands ?? [];
  const taken = new Set<number>();
  const scopes: { grades: number[]; limit: Limit | null }[] = [];
  for (const { grades, limit } of [...bands, { grades: item.grades, limit: rest }]) {
    const own = grades.filter((grade) => !taken.has(grade));
    for (const grade of own) taken.add(grade);
    const last = scopes.at(-1);
    if (last && last.limit === limit) last.grades.push(...own);
    else if (own.length > 0) scopes.push({ grades: own, limit });
  }
  return scopes.map(({ grades, limit }) => boundText(item, { grades }, limit)).join('；');
}

/**
 * What a yes or no is asked for: 「不得设重点班」. A checklist published before its items said so gives the question with the right
 * answer, never the answer alone: beside a title that already says no (不设重点班) it would read as its opposite.
 */
const requirementText = ({ question, requirement }: ResolvedItem, passWhen: boolean): string =>
  requirement ?? `问题：${question}（应为“${passWhen ? '是' : '否'}”）`;

/** 符合 or 不符合: what was found on an item answered with yes or no, beside its standard. */
export function observedText(item: ResolvedItem, verdict: 'compliant' | 'non_compliant'): string {
  if (item.judge.type !== 'boolean') return '';
  return verdict === 'compliant' ? '符合' : '不符合';
}

/** A standard in a sentence: 标准为100%, never 标准为应为100%; 标准为小学不超过60分钟. */
export const standardClause = (standard: string): string => `标准为${standard.replace(/应为(?=\d)/g, '')}`;

/** What stands in place of a standard that only the district can set, and has not: a person judges, no figure does. */
export const NO_LOCAL_LIMIT = '本区未设定限值';

/** Whether a standard as the ledger keeps it is none: of one band or of all. */
export const withoutLimit = (standardValue: string | null): boolean =>
  standardValue?.split('；').every((band) => band.includes(NO_LOCAL_LIMIT)) ?? false;

/** The standard of one band; a null limit is none. */
export function boundText(item: ResolvedItem, scope: Scope, limit: Limit | null): string {
  const { judge } = item;
  if (judge.type === 'boolean') return standardValueText(item);
  const who = item.subject === 'school' ? scopeText(scope.grades, item.schoolSystem) : '';
  if (limit === null) return `${who}${judge.type === 'indicator' ? '只作记录' : NO_LOCAL_LIMIT}`;
  const { every } = splitUnit(judge);
  // An indicator without a direction has a reference figure, no bound.
  const bound = judge.comparator ? boundWord(judge, judge.comparator, limit) : '';
  return `${who}${judge.type === 'indicator' ? '参考值' : ''}${every}${bound}${amountText(judge, limit)}`;
}

/** A figure with its unit: 每天75分钟, 92%, 17:30. */
export function figureText(metric: Metric, value: Limit): string {
  return `${splitUnit(metric).every}${amountText(metric, value)}`;
}

/** 小学, 小学三至六年级, 初中、高中. */
export function scopeText(grades: readonly number[], system: SchoolSystem): string {
  const parts = STAGES.map((stage) => {
    const own = gradesOfStage(stage, system);
    const named = own.filter((grade) => grades.includes(grade));
    if (named.length === 0) return '';
    if (named.length === own.length) return STAGE_TEXT[stage];
    return stage === 'senior' ? gradesText(named) : `${STAGE_TEXT[stage]}${gradesText(named)}`;
  });
  return parts.filter((part) => part !== '').join('、');
}

/** At most two decimals, none of them idle: 66.67, 90. */
export function numberText(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function boundWord(metric: Metric, comparator: Comparator, limit: Limit): string {
  if (metric.unit === '时刻') return TIME_BOUND[comparator];
  if (metric.unit === '%') return RATE_BOUND[comparator];
  return limit === 0 && comparator === '<=' ? '' : NUMBER_BOUND[comparator];
}

function amountText(metric: Metric, value: Limit): string {
  return typeof value === 'string' ? timeText(value) : `${numberText(value)}${splitUnit(metric).noun}`;
}

/** 次/校·月 → 每校每月 … 次. */
function splitUnit(metric: Metric): { noun: string; every: string } {
  const [noun = '', by] = metric.unit.split('/');
  const every = by
    ? by
        .split('·')
        .map((part) => `每${part}`)
        .join('')
    : '';
  return { noun: noun === '时刻' ? '' : noun, every };
}
