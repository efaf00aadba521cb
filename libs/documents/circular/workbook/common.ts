/** What the sheets of a circular's workbook share. */
import { type CircularUnit, DISPUTED_UNIT, percentage, type Rate } from '#rules/circular.js';
import type { ListColumn, ListSheet, Value } from '../../workbook/list.js';

/** A sheet before it is known what it is called in this workbook. */
export type List = Omit<ListSheet, 'about'>;

export const UNIT_COLUMNS: ListColumn[] = [
  { title: '单位', look: 'wrapped', most: 32 },
  { title: '学校代码', look: 'text' },
  { title: '督学责任区', look: 'text' },
];

export const unitCells = (unit: CircularUnit | null): Value[] =>
  unit === null ? [DISPUTED_UNIT, null, null] : [unit.name, unit.code, unit.zone];

/** A fraction of one for a percent cell; empty where the sample is too small. */
export const share = (part: Rate): number | null =>
  percentage(part) === null ? null : part.numerator / part.denominator;

export const yesNo = (flag: boolean): string => (flag ? '是' : '否');

/** Names of the sheets, as figures and charts refer to them. */
export const SHEET = {
  figures: '指标',
  issues: '问题清单',
  units: '各单位',
  categories: '类别',
  measurements: '监测数值',
  homework: '作业时间',
  closeout: '整改销号',
  overdue: '期末逾期',
  ledger: '期末台账',
  trend: '各月走势',
  escalations: '升级处理',
  late: '补录检查',
  corrections: '更正对照',
} as const;
