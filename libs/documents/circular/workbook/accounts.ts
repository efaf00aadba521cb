/** Sums by unit, by category, by state, by month. */
import { type CircularSnapshot, sumBySeverity } from '#rules/circular.js';
import type { ListColumn } from '../../workbook/list.js';
import { type List, SHEET, share, UNIT_COLUMNS, unitCells } from './common.js';

const sum = (title: string, more: Partial<ListColumn> = {}): ListColumn => ({
  title,
  look: 'integer',
  total: 'sum',
  ...more,
});
const KIND_TITLES = { school: '学校', institution: '校外培训机构', department: '教育行政部门' };

export function unitList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.units,
    columns: [
      ...UNIT_COLUMNS,
      { title: '类型', look: 'text' },
      sum('检查（次）'),
      sum('判定（项）'),
      sum('达标（项）'),
      { title: '达标率', look: 'percent', bars: 'share', total: { of: '达标（项）', among: '判定（项）' } },
      sum('新登记', { bars: 'values' }),
      sum('已销号'),
      sum('未销号', { bars: 'values' }),
      sum('逾期', { alarm: 'positive' }),
    ],
    rows: snapshot.units.map((row) => [
      ...unitCells(row.unit),
      KIND_TITLES[row.unit.kind],
      row.visits,
      row.judged,
      row.met,
      share({ numerator: row.met, denominator: row.judged }),
      row.registered,
      row.closed,
      row.open,
      row.overdue,
    ]),
  };
}

export function categoryList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.categories,
    columns: [
      { title: '类别', look: 'text' },
      sum('判定（项）'),
      sum('达标（项）'),
      sum('不达标（项）'),
      { title: '达标率', look: 'percent', bars: 'share', total: { of: '达标（项）', among: '判定（项）' } },
      sum('新登记问题', { bars: 'values' }),
      sum('严重'),
      sum('较重'),
      sum('一般'),
    ],
    rows: snapshot.categories.map((c) => [
      c.title,
      c.judged,
      c.met,
      c.failed,
      share({ numerator: c.met, denominator: c.judged }),
      sumBySeverity(c.issues),
      c.issues.serious,
      c.issues.major,
      c.issues.minor,
    ]),
  };
}

export function ledgerList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.ledger,
    columns: [
      { title: '状态', look: 'text' },
      sum('严重'),
      sum('较重'),
      sum('一般'),
      sum('合计', { bars: 'values' }),
    ],
    rows: snapshot.ledger.byStatus.map((row) => [
      row.title,
      row.serious,
      row.major,
      row.minor,
      sumBySeverity(row),
    ]),
  };
}

/** Figures that are others than in the circular this one corrects, as both print them. */
export function correctionList({ corrects }: CircularSnapshot): List {
  return {
    name: SHEET.corrections,
    columns: [
      { title: '指标', look: 'text', most: 44 },
      { title: '原通报', look: 'text' },
      { title: '本通报', look: 'text' },
      { title: '单位', look: 'text' },
      { title: '标识', look: 'wrapped', most: 36 },
    ],
    rows: (corrects?.changes ?? []).map((c) => [c.title, c.before, c.after, c.unit, c.key]),
  };
}

/** What stood open at a month's end is no sum over months. */
export function trendList({ trend = [] }: CircularSnapshot): List {
  return {
    name: SHEET.trend,
    columns: [
      { title: '月份', look: 'text' },
      sum('新登记', { bars: 'values' }),
      sum('销号', { bars: 'values' }),
      sum('到期'),
      sum('其中按期销号'),
      sum('其中逾期后销号'),
      { title: '按期销号率', look: 'percent', bars: 'share', total: { of: '其中按期销号', among: '到期' } },
      { title: '期末未销号', look: 'integer', bars: 'values' },
      { title: '其中逾期', look: 'integer', alarm: 'positive' },
    ],
    rows: trend.map((m) => [
      m.month,
      m.registered,
      m.closed,
      m.due,
      m.closedInTime,
      m.closedLate,
      share({ numerator: m.closedInTime, denominator: m.due }),
      m.open,
      m.overdue,
    ]),
  };
}
