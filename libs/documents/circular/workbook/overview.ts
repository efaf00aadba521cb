/** The sheet one looks at first: the main figures, and charts that the spreadsheet program draws from the other sheets. */
import { type CircularSnapshot, percentage } from '#rules/circular.js';
import { chartXml, type Data, type NativeChart } from '../../ooxml/chart-space.js';
import { nativeChart } from '../../ooxml/native-chart.js';
import { drawingXml } from '../../workbook/charts.js';
import { columnRef, firstRow, type ListSheet, type Value } from '../../workbook/list.js';
import { quoted } from '../../workbook/parts.js';
import { columnLetters, type PageCell, type PageSheet } from '../../workbook/sheets.js';
import { type CircularCharts, circularCharts } from '../charts.js';
import { shownFigures } from '../sections.js';
import type { SHEET } from './common.js';

export const OVERVIEW = '概览';
/** Rows of a chart. */
const TALL = 18;

type Lists = ReadonlyMap<keyof typeof SHEET, ListSheet>;

export function overviewPage(
  snapshot: CircularSnapshot,
  lists: Lists,
  name: string,
  back: string,
): { page: PageSheet; charts: { drawing: string; charts: string[] } | undefined } {
  const rows: PageCell[][] = [
    [
      { text: '返回', look: 'back', to: back },
      { text: '主要指标与图', look: 'name' },
    ],
    ['指标', '分子', '分母', '数值', '比率', '单位'].map((text) => ({ text, look: 'head' as const })),
    ...mainFigures(snapshot, lists.get('figures') as ListSheet),
    [],
  ];
  const charts = sheetCharts(snapshot, lists);
  const page: PageSheet = {
    name,
    widths: [34, 12, 12, 12, 12, 12],
    rows,
    drawing: charts.length > 0,
    onePage: true,
  };
  if (charts.length === 0) return { page, charts: undefined };
  const drawing = drawingXml(
    charts.map(({ title = '' }) => title),
    { first: rows.length, tall: TALL, columns: page.widths.length },
  );
  return { page, charts: { drawing, charts: charts.map(chartXml) } };
}

/** Each number is the cell of the figures' sheet: one place to look it up, and to change it. */
function mainFigures(snapshot: CircularSnapshot, figures: ListSheet): PageCell[][] {
  return shownFigures(snapshot).map((figure): PageCell[] => {
    const at = snapshot.figures.indexOf(figure);
    const cell = (column: number, look: PageCell['look'], value: Value | undefined): PageCell =>
      typeof value === 'number'
        ? {
            text: String(value),
            look,
            formula: `${quoted(figures.name)}!$${columnLetters(column)}$${firstRow(figures) + at}`,
          }
        : { text: '', look };
    const row = figures.rows[at] as Value[];
    return [
      { text: figure.title, look: 'text' },
      cell(2, 'number', row[1]),
      cell(3, 'number', row[2]),
      cell(4, 'number', row[3]),
      'denominator' in figure && percentage(figure) === null
        ? { text: '样本不足10', look: 'text' }
        : cell(5, 'percent', row[4]),
      { text: figure.unit, look: 'text' },
    ];
  });
}

/** TABLE of the columns that the charts stand on: of the categories, and of each series in its order. */
const COLUMNS: Record<
  keyof CircularCharts,
  [list: keyof typeof SHEET, categories: string, series: string[]]
> = {
  categories: ['categories', '类别', ['严重', '较重', '一般']],
  course: ['trend', '月份', ['新登记', '销号', '其中逾期', '期末未销号']],
  homework: ['homework', '年级', ['最小（分钟）', '最大与最小之差', '限值（分钟）', '均值（分钟）']],
};
/** A column whose head says how it is reckoned, not what the chart shows by it. */
const RECKONED = '最大与最小之差';

/** The charts of the printed circular, on cells. */
function sheetCharts(snapshot: CircularSnapshot, lists: Lists): NativeChart[] {
  const charts = circularCharts(snapshot);
  return (Object.keys(COLUMNS) as (keyof CircularCharts)[]).flatMap((key) => {
    const numbered = charts[key];
    if (!numbered) return [];
    const [list, categories, columns] = COLUMNS[key];
    const { head, cells } = on(lists.get(list) as ListSheet);
    const chart = nativeChart(numbered.chart);
    return {
      ...chart,
      title: numbered.title,
      categories: cells(categories),
      series: columns.flatMap((column, i) => {
        const series = chart.series[i];
        if (!series) return [];
        return { ...series, name: column === RECKONED ? series.name : head(column), values: cells(column) };
      }),
    };
  });
}

/** The cells of one list by the head of their column. */
function on(list: ListSheet): { head: (title: string) => Data; cells: (title: string) => Data } {
  const at = (title: string): number => list.columns.findIndex((column) => column.title === title);
  return {
    head: (title) => ({
      ref: `${quoted(list.name)}!$${columnLetters(at(title) + 1)}$${firstRow(list) - 1}`,
      values: [title],
    }),
    cells: (title) => ({
      ref: columnRef(list, title),
      values: list.rows.map((row) => plain(row[at(title)] ?? null)),
    }),
  };
}

const plain = (value: Value): string | number | null =>
  typeof value === 'object' && value !== null ? ('to' in value ? value.text : value.value) : value;
