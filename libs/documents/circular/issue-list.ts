/** 附件1: the problems of the period, unit by unit. */
import { type CircularIssue, type CircularSnapshot, SEVERITY_TITLES } from '#rules/circular.js';
import { NO_LOCAL_LIMIT, withoutLimit } from '#rules/wording.js';
import type { Block } from '../page/blocks.js';
import type { TableRow } from '../page/table.js';
import { besideStatus, factOf, NUMBER_WIDTH, SMALL, shortDate } from './named.js';

export function issueList({ issues, period }: CircularSnapshot): Block[] {
  const byUnit = new Map<string, CircularIssue[]>();
  for (const issue of issues) {
    const key = issue.unit?.id ?? '';
    const group = byUnit.get(key) ?? [];
    group.push(issue);
    byUnit.set(key, group);
  }
  // Disputed issues stand together at the end, so that their place does not name the unit.
  const groups = [...byUnit].sort(([a], [b]) => Number(a === '') - Number(b === ''));
  return [
    {
      kind: 'table',
      columns: [
        { title: '编号', width: NUMBER_WIDTH, align: 'center', repeat: true },
        { title: '类别与要点', width: 74 },
        { title: '事实', width: 170 },
        { title: '标准、实测与依据', width: 172 },
        { title: '等级', width: 32, align: 'center' },
        { title: '期限', width: 56, align: 'center' },
        { title: '状态', width: 58, align: 'center' },
      ],
      rows: [
        ...rowsByUnit(
          groups.map(([, group]) => group),
          period,
        ),
      ],
      none: '本期没有新登记的问题。',
      type: SMALL,
    },
  ];
}

function* rowsByUnit(groups: CircularIssue[][], period: string): Iterable<TableRow> {
  for (const group of groups) {
    const unit = group[0]?.unit ?? null;
    yield { span: `${unit === null ? '不点名的问题' : unit.name}　${group.length}个` };
    for (const issue of group) {
      yield [
        issue.number + (issue.late ? '\n（补录）' : ''),
        [issue.categoryTitle, issue.itemTitle].filter(Boolean).join('\n'),
        factOf(issue),
        unit === null
          ? '—'
          : [
              withoutLimit(issue.standardValue)
                ? NO_LOCAL_LIMIT
                : issue.standardValue && `标准：${issue.standardValue}`,
              issue.measuredValue && `实测：${issue.measuredValue}`,
              issue.basis && `依据：${issue.basis}`,
            ]
              .filter(Boolean)
              .join('\n') || '—',
        SEVERITY_TITLES[issue.severity],
        issue.dueOn ? shortDate(issue.dueOn, period) : '—',
        issue.statusTitle + (issue.overdue ? '\n（逾期）' : '') + besideStatus(issue),
      ];
    }
  }
}
