/** 附件2: what was due and how it ended, what is overdue, and each unit's account. */
import {
  type CircularSnapshot,
  type CloseoutRow,
  OUTCOME_TITLES,
  type OverdueRow,
  rate,
  SEVERITY_TITLES,
} from '#rules/circular.js';
import type { Block } from '../page/blocks.js';
import { besideStatus, factOf, NUMBER_WIDTH, nameOf, SMALL, shortDate } from './named.js';

export function closeoutTables({ closeout, units, period }: CircularSnapshot): Block[] {
  const day = (date: string): string => shortDate(date, period);
  return [
    { kind: 'caption', text: '（一）原定期限在本期的问题' },
    {
      kind: 'table',
      columns: [
        { title: '编号', width: NUMBER_WIDTH, align: 'center', repeat: true },
        { title: '单位', width: 126 },
        { title: '问题', width: 190 },
        { title: '等级', width: 32, align: 'center' },
        { title: '期限', width: 70, align: 'center' },
        { title: '销号日期', width: 52, align: 'center' },
        { title: '结果', width: 84, align: 'center' },
      ],
      rows: closeout.rows.map((row) => [
        row.number,
        nameOf(row.unit),
        factOf(row),
        SEVERITY_TITLES[row.severity],
        day(row.originalDueOn) + (row.dueOn === row.originalDueOn ? '' : `\n延至${day(row.dueOn)}`),
        row.closedOn ? day(row.closedOn) : '—',
        endOf(row) + besideStatus(row) + (row.returnCount === 0 ? '' : `\n退回${row.returnCount}次`),
      ]),
      none: '本期没有原定期限到期的问题。',
      type: SMALL,
    },
    { kind: 'gap' },

    { kind: 'caption', text: '（二）截止时刻逾期未销号的问题' },
    overdueTable(closeout.overdue, day),
    { kind: 'gap' },

    { kind: 'caption', text: '（三）各单位情况' },
    {
      kind: 'table',
      columns: [
        { title: '单位', width: 208, repeat: true },
        { title: '检查（次）', width: 60, align: 'center' },
        { title: '要点达标率', width: 126, align: 'center' },
        { title: '新登记（个）', width: 70, align: 'center' },
        { title: '已销号（个）', width: 70, align: 'center' },
        { title: '未销号（个）', width: 70, align: 'center' },
        { title: '逾期（个）', width: 60, align: 'center' },
      ],
      rows: units.map((row) => [
        row.unit.name,
        String(row.visits),
        rate({ numerator: row.met, denominator: row.judged }),
        String(row.registered),
        String(row.closed),
        String(row.open),
        String(row.overdue),
      ]),
      none: '本期没有到访的单位和问题。',
      type: SMALL,
    },
    ...(units.length > 0
      ? [{ kind: 'remark', text: '申辩中或已撤销、不点名的问题不计入本表。' } satisfies Block]
      : []),
  ];
}

/** A unit that asks for close-out after its deadline is overdue and waits for the office: the status tells the two apart. */
function overdueTable(rows: OverdueRow[], day: (date: string) => string): Block {
  const told = rows.some(({ statusTitle }) => statusTitle);
  return {
    kind: 'table',
    columns: [
      { title: '编号', width: NUMBER_WIDTH, align: 'center', repeat: true },
      { title: '单位', width: told ? 122 : 132 },
      { title: '问题', width: told ? 166 : 232 },
      { title: '等级', width: 32, align: 'center' },
      { title: '期限', width: 54, align: 'center' },
      { title: '逾期天数', width: 52, align: 'center' },
      ...(told ? [{ title: '状态', width: 76, align: 'center' } as const] : []),
      { title: '升级处理', width: 52, align: 'center' },
    ],
    rows: rows.map((row) => [
      row.number,
      nameOf(row.unit),
      factOf(row),
      SEVERITY_TITLES[row.severity],
      day(row.dueOn),
      String(row.daysOverdue),
      ...(told ? [(row.statusTitle ?? '—') + besideStatus(row)] : []),
      row.escalationTitle ?? '—',
    ]),
    none: '截止时刻没有逾期未销号的问题。',
    type: SMALL,
  };
}

/** A unit that asked for close-out in time waits for the office and rectifies no more: its issue is told by its status. */
const endOf = ({ outcome, statusTitle }: CloseoutRow): string =>
  (outcome === 'open' && statusTitle) || OUTCOME_TITLES[outcome];
