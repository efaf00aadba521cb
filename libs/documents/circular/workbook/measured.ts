/** What inspections measured. */
import type { CircularSnapshot } from '#rules/circular.js';
import { columnLetters } from '../../workbook/sheets.js';
import { type List, SHEET, share } from './common.js';

export function measurementList(snapshot: CircularSnapshot): List {
  return {
    name: SHEET.measurements,
    columns: [
      { title: '指标', look: 'text' },
      { title: '学段（年级）', look: 'text' },
      { title: '计量单位', look: 'text' },
      { title: '样本', look: 'integer' },
      { title: '最小', look: 'number' },
      { title: '均值', look: 'decimal' },
      { title: '最大', look: 'number' },
      { title: '限值', look: 'wrapped' },
      { title: '合限（个）', look: 'integer' },
      { title: '判定（个）', look: 'integer' },
      { title: '合限率', look: 'percent', bars: 'share' },
      { title: '分子', look: 'number' },
      { title: '分母', look: 'number' },
      { title: '占比', look: 'percent', bars: 'share' },
    ],
    rows: snapshot.measurements.map((m) => [
      m.title,
      m.band,
      m.unit,
      m.n,
      m.min,
      m.mean,
      m.max,
      m.limit,
      m.withinLimit?.numerator ?? null,
      m.withinLimit?.denominator ?? null,
      m.withinLimit ? share(m.withinLimit) : null,
      m.ratio?.numerator ?? null,
      m.ratio?.denominator ?? null,
      m.ratio ? share(m.ratio) : null,
    ]),
  };
}

/** The last column is there for the chart: the bar from the least to the greatest stands on the least. */
export function homeworkList({ homework = [] }: CircularSnapshot): List {
  const [least, greatest] = [columnLetters(3), columnLetters(5)];
  return {
    name: SHEET.homework,
    columns: [
      { title: '年级', look: 'text' },
      { title: '样本（个）', look: 'integer', total: 'sum' },
      { title: '最小（分钟）', look: 'number' },
      { title: '均值（分钟）', look: 'decimal' },
      { title: '最大（分钟）', look: 'number' },
      { title: '限值（分钟）', look: 'number' },
      { title: '最大与最小之差', look: 'number' },
    ],
    rows: homework.map(({ title, n, min, mean, max, limit }, i) => [
      title,
      n,
      min,
      mean,
      max,
      limit,
      min === null || max === null
        ? null
        : { formula: `${greatest}${i + 3}-${least}${i + 3}`, value: Math.round((max - min) * 1000) / 1000 },
    ]),
  };
}
