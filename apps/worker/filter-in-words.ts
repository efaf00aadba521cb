import type { IssueFilter } from '#core/issues/filter.js';
import { ESCALATION_STEPS, ISSUE_STATUSES, SEVERITIES, SOURCES } from '#rules/issue-lifecycle.js';

const RECURRENCE = { suspected: '疑似反弹', confirmed: '已认定反弹', any: '反弹', none: '非反弹' } as const;

/** What was asked for, as the cover of the workbook says it; null for everything. `names`: of the unit and the zone. */
export function filterInWords(
  filter: IssueFilter,
  names: { unit?: string; zone?: string } = {},
): string | null {
  const words = <T extends string>(values: readonly T[] | undefined, table: Readonly<Record<T, string>>) =>
    values?.length ? values.map((value) => table[value]).join('、') : undefined;
  const parts: [string, string | undefined][] = [
    ['状态', words(filter.status, ISSUE_STATUSES)],
    ['等级', words(filter.severity, SEVERITIES)],
    ['来源', words(filter.source, SOURCES)],
    ['单位', names.unit],
    ['责任区', names.zone],
    ['类别', filter.category?.join('、')],
    ['要点', filter.itemCode?.join('、')],
    ['升级', words(filter.escalation, ESCALATION_STEPS)],
    ['逾期', filter.overdue === undefined ? undefined : yesNo(filter.overdue)],
    ['督导机构超时', filter.officeOverdue === undefined ? undefined : yesNo(filter.officeOverdue)],
    ['反弹', filter.recurrence && RECURRENCE[filter.recurrence]],
    ['期限不晚于', filter.dueBefore],
    ['截至', filter.asOf],
    ['检查', filter.inspectionId],
    ['通知书', filter.noticeId],
    ['包含文字', filter.q],
  ];
  const said = parts.filter(([, text]) => text !== undefined).map(([name, text]) => `${name}：${text}`);
  return said.length ? said.join('；') : null;
}

const yesNo = (value: boolean): string => (value ? '是' : '否');
