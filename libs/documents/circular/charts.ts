/** The charts of a circular, numbered in the order in which they stand; absent where there is nothing to look at. */
import { type CircularSnapshot, SEVERITY_TITLES, sumBySeverity } from '#rules/circular.js';
import { monthText } from '#rules/local-date.js';
import type { Chart } from '../charts/chart.js';
import type { Block } from '../page/blocks.js';

export interface NumberedChart {
  /** `图1`. */
  number: string;
  title: string;
  /** `图1　各类问题数量与等级`. */
  caption: string;
  chart: Chart;
}

export interface CircularCharts {
  categories: NumberedChart | null;
  course: NumberedChart | null;
  homework: NumberedChart | null;
}

export function circularCharts(snapshot: CircularSnapshot): CircularCharts {
  let count = 0;
  const numbered = (title: string, chart: Chart | null): NumberedChart | null => {
    if (chart === null) return null;
    const number = `图${++count}`;
    return { number, title, caption: `${number}　${title}`, chart };
  };
  return {
    categories: numbered('各类问题数量与等级', categories(snapshot)),
    course: numbered(courseTitle(snapshot), course(snapshot)),
    homework: numbered('各年级书面作业平均完成时间与限值', homework(snapshot)),
  };
}

/** The chart as a block of the document; nothing where there is none. */
export const chartBlock = (numbered: NumberedChart | null): Block[] =>
  numbered ? [{ kind: 'chart', chart: numbered.chart, caption: numbered.caption }] : [];

function categories(snapshot: CircularSnapshot): Chart | null {
  const rows = snapshot.categories.filter(({ issues }) => sumBySeverity(issues) > 0);
  if (rows.length === 0) return null;
  return {
    kind: 'stacked-bars',
    unit: '个',
    parts: [
      { name: SEVERITY_TITLES.serious, fill: 'solid' },
      { name: SEVERITY_TITLES.major, fill: 'hatched' },
      { name: SEVERITY_TITLES.minor, fill: 'light' },
    ],
    rows: rows.map(({ title, issues }) => ({
      label: title,
      values: [issues.serious, issues.major, issues.minor],
    })),
  };
}

const courseTitle = ({ trend = [] }: CircularSnapshot): string =>
  `近${'零一两三四五六'[trend.length] ?? trend.length}个月问题登记、销号与期末未销号情况`;

/** A single month is no course. */
function course({ trend = [] }: CircularSnapshot): Chart | null {
  if (trend.length < 2) return null;
  return {
    kind: 'course',
    unit: '个',
    months: trend.map(({ month }) => monthText(month)),
    flows: [
      { name: '新登记', fill: 'hatched', values: trend.map(({ registered }) => registered) },
      { name: '销号', fill: 'solid', values: trend.map(({ closed }) => closed) },
    ],
    stock: { name: '期末未销号', values: trend.map(({ open }) => open) },
    part: { name: '其中逾期', fill: 'light', values: trend.map(({ overdue }) => overdue) },
  };
}

function homework({ homework: grades = [] }: CircularSnapshot): Chart | null {
  if (grades.every(({ mean }) => mean === null)) return null;
  return {
    kind: 'ranges',
    unit: '分钟/天',
    rows: grades.map(({ title, n, min, mean, max, limit }) => ({
      label: title,
      n,
      range: min === null || mean === null || max === null ? null : { min, mean, max },
      limit,
    })),
  };
}
