/** Lists with one problem, step or visit a row. */
import {
  type CircularIssue,
  type CircularSnapshot,
  type CloseoutRow,
  DISPUTED_FINDING,
  OUTCOME_TITLES,
  type OverdueRow,
  officeDelay,
  SEVERITY_TITLES,
} from '#rules/circular.js';
import type { ListColumn, Value } from '../../workbook/list.js';
import { factOf } from '../named.js';
import { type List, SHEET, UNIT_COLUMNS, unitCells, yesNo } from './common.js';

const NUMBER: ListColumn = { title: '编号', look: 'text', total: 'count' };
const COUNT: ListColumn = { title: '退回（次）', look: 'integer', total: 'sum', bars: 'values' };

/** An issue of the ledger as the lists after the first one name it. */
const MATTER: ListColumn[] = [
  NUMBER,
  ...UNIT_COLUMNS,
  { title: '类别', look: 'text' },
  { title: '问题', look: 'wrapped', most: 50 },
  { title: '等级', look: 'text', alarm: { text: SEVERITY_TITLES.serious } },
];
const matter = (row: CloseoutRow | OverdueRow): Value[] => [
  row.number,
  ...unitCells(row.unit),
  row.categoryTitle,
  factOf(row),
  SEVERITY_TITLES[row.severity],
];

/** With the office's own delay in the same cell: 申请销号（督导机构逾期未核验）. */
const statusOf = (row: CircularIssue | CloseoutRow | OverdueRow): Value => {
  const delay = officeDelay(row);
  return delay === null ? (row.statusTitle ?? null) : `${row.statusTitle}（${delay}）`;
};

export function issueList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.issues,
    columns: [
      NUMBER,
      ...UNIT_COLUMNS,
      { title: '类别', look: 'text' },
      { title: '要点编码', look: 'text' },
      { title: '要点', look: 'wrapped', most: 24 },
      { title: '事实', look: 'wrapped', most: 60 },
      { title: '依据', look: 'wrapped', most: 40 },
      { title: '标准值', look: 'wrapped', most: 20 },
      { title: '实测值', look: 'wrapped', most: 20 },
      { title: '等级', look: 'text', alarm: { text: SEVERITY_TITLES.serious } },
      { title: '登记日期', look: 'date' },
      { title: '期限', look: 'date' },
      { title: '状态', look: 'text' },
      { title: '销号日期', look: 'date' },
      { title: '逾期', look: 'text', alarm: { text: '是' } },
      { title: '补录', look: 'text' },
    ],
    rows: snapshot.issues.map((issue) => {
      const named = issue.unit !== null;
      return [
        issue.number,
        ...unitCells(issue.unit),
        issue.categoryTitle,
        issue.itemCode,
        issue.itemTitle,
        named ? issue.finding : DISPUTED_FINDING,
        named ? issue.basis : null,
        named ? issue.standardValue : null,
        named ? issue.measuredValue : null,
        SEVERITY_TITLES[issue.severity],
        issue.registeredOn,
        issue.dueOn,
        statusOf(issue),
        issue.closedOn,
        yesNo(issue.overdue),
        yesNo(issue.late),
      ];
    }),
  };
}

export function closeoutList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.closeout,
    columns: [
      ...MATTER,
      { title: '原定期限', look: 'date' },
      { title: '现期限', look: 'date' },
      { title: '销号日期', look: 'date' },
      { title: '结果', look: 'text', alarm: { text: OUTCOME_TITLES.open_overdue } },
      { title: '状态', look: 'text' },
      COUNT,
    ],
    rows: snapshot.closeout.rows.map((row) => [
      ...matter(row),
      row.originalDueOn,
      row.dueOn,
      row.closedOn,
      OUTCOME_TITLES[row.outcome],
      statusOf(row),
      row.returnCount,
    ]),
  };
}

export function overdueList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.overdue,
    columns: [
      ...MATTER,
      { title: '期限', look: 'date' },
      { title: '逾期（天）', look: 'integer', bars: 'values' },
      { title: '状态', look: 'text' },
      { title: '升级处理', look: 'text' },
    ],
    rows: snapshot.closeout.overdue.map((row) => [
      ...matter(row),
      row.dueOn,
      row.daysOverdue,
      statusOf(row),
      row.escalationTitle,
    ]),
  };
}

export function escalationList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.escalations,
    columns: [NUMBER, ...UNIT_COLUMNS, { title: '升级步骤', look: 'text' }, { title: '日期', look: 'date' }],
    rows: snapshot.escalations.map((row) => [row.number, ...unitCells(row.unit), row.stepTitle, row.on]),
  };
}

export function lateList(snapshot: CircularSnapshot): List {
  const [unit, ...more] = UNIT_COLUMNS as [ListColumn, ...ListColumn[]];
  return {
    name: SHEET.late,
    columns: [
      { ...unit, total: 'count' },
      ...more,
      { title: '检查日期', look: 'date' },
      { title: '上传时间', look: 'minute' },
      { title: '类型', look: 'text' },
      { title: '登记问题（个）', look: 'integer', total: 'sum' },
    ],
    rows: snapshot.lateVisits.map((visit) => [
      ...unitCells(visit.unit),
      visit.inspectedOn,
      visit.submittedAt,
      visit.kindTitle,
      visit.issues,
    ]),
  };
}
