/** A district's settings as an office enters them, checked before they rule anything. Shapes are checked at the door (DTO). */
import { normalDocumentNumber } from './document-number.js';
import { SEVERITY_ORDER } from './issue-lifecycle.js';
import type { LibraryItem } from './library.js';
import { isDay } from './local-date.js';
import { type LocalLimit, localLimitProblem } from './local-limits.js';
import type { FieldError } from './problems.js';
import type { DistrictSettings, Term } from './settings.js';

const SERIES = { noticeSeries: '整改通知书', orderSeries: '督办单', circularSeries: '通报' } as const;

/** Longer than any term with its exams: a wrong year or month is caught. */
const LONGEST_TERM_DAYS = 250;
const DAY_MS = 86_400_000;

/** Every fault with a JSON pointer into the settings; empty when they can be used. */
export function settingsFaults(
  settings: DistrictSettings,
  itemOf: (code: string) => LibraryItem | undefined,
): FieldError[] {
  return [
    ...termFaults(settings.terms),
    ...(settings.orders.redAfter < settings.orders.orangeAfter
      ? [{ pointer: '/orders/redAfter', code: 'orders.order', message: '红色督办单不应早于橙色督办单' }]
      : []),
    ...seriesFaults(settings.documents),
    ...byItem('localLimits', settings.localLimits, itemOf, (item, local) => {
      const isShape = ['number', 'string', 'object'].includes(typeof local) && local !== null;
      if (!isShape || Array.isArray(local))
        return { code: 'local_limit.type', message: '限值应为数值或时刻' };
      return localLimitProblem(item, local as LocalLimit);
    }),
    ...byItem('veto', settings.veto, itemOf, (_, veto) => {
      const scope = (veto as { scope?: unknown } | null)?.scope;
      const keys = typeof veto === 'object' && veto !== null ? Object.keys(veto) : [];
      const sound =
        keys.length === 1 && typeof scope === 'string' && scope.trim() !== '' && scope.length <= 100;
      return sound ? null : { code: 'veto.scope', message: '请写明否决的范围（scope，最多 100 个字）' };
    }),
    ...byItem('severities', settings.severities, itemOf, (_, severity) =>
      SEVERITY_ORDER.some((one) => one === severity)
        ? null
        : { code: 'severity.unknown', message: `只能是 ${SEVERITY_ORDER.join('、')}` },
    ),
  ];
}

/** Two series of the same text would meet in one number. */
function seriesFaults(documents: DistrictSettings['documents']): FieldError[] {
  const series = Object.entries(SERIES).map(([key, title]) => ({
    key,
    title,
    text: normalDocumentNumber(documents[key as keyof typeof SERIES]),
  }));
  return series.flatMap(({ key, title, text }, i) => {
    const other = series.slice(0, i).find((one) => one.text === text);
    const message = `${title}与${other?.title}的字号不能相同，否则会出现两份同号的文件`;
    return other ? [{ pointer: `/documents/${key}`, code: 'series.repeated', message }] : [];
  });
}

function byItem(
  field: string,
  given: Readonly<Record<string, unknown>>,
  itemOf: (code: string) => LibraryItem | undefined,
  check: (item: LibraryItem, value: unknown) => { code: string; message: string } | null,
): FieldError[] {
  return Object.entries(given).flatMap(([itemCode, value]) => {
    const item = itemOf(itemCode);
    const fault = item ? check(item, value) : { code: 'item.unknown', message: `要点库中没有“${itemCode}”` };
    const pointer = `/${field}/${itemCode.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    return fault ? [{ pointer, ...fault }] : [];
  });
}

function termFaults(terms: readonly Term[]): FieldError[] {
  const faults: FieldError[] = [];
  const fault = (pointer: string, code: string, message: string) =>
    faults.push({ pointer, code: `term.${code}`, message });
  for (const [i, term] of terms.entries()) {
    if (!isDay(term.from) || !isDay(term.to)) {
      fault(`/terms/${i}`, 'not_a_day', '学期起止应为有效日期');
      continue;
    }
    const days = (Date.parse(term.to) - Date.parse(term.from)) / DAY_MS + 1;
    if (days < 1) fault(`/terms/${i}/to`, 'ends_before_start', '学期结束日早于开始日');
    if (days > LONGEST_TERM_DAYS)
      fault(`/terms/${i}/to`, 'too_long', `一学期不会超过 ${LONGEST_TERM_DAYS} 天，请核对`);
    for (const [j, other] of terms.slice(0, i).entries()) {
      if (other.code === term.code) fault(`/terms/${i}/code`, 'repeated', `学期代码与第 ${j + 1} 个学期重复`);
      if (term.from <= other.to && other.from <= term.to)
        fault(`/terms/${i}`, 'overlap', `与“${other.name}”的日期重叠`);
    }
  }
  return faults;
}
