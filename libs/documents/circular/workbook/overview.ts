/** The sheet one looks at first: the main figures, and charts that the spreadsheet program draws from the other sheets. */
import { type CircularSnapshot, percentage, sumBySeverity } from '#rules/circular.js';
import {
  type Cells,
  chartXml,
  drawingXml,
  type Series,
  type SeriesLook,
  type SheetChart,
} from '../../workbook/charts.js';
import { columnRef, firstRow, type ListSheet, type Value } from '../../workbook/list.js';
import { quoted } from '../../workbook/parts.js';
import { columnLetters, type PageCell, type PageSheet } from '../../workbook/sheets.js';
import { circularCharts } from '../charts.js';
import { MAIN_FIGURES } from '../sections.js';
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
    charts.map(({ title }) => title),
    { first: rows.length, tall: TALL, columns: page.widths.length },
  );
  return { page, charts: { drawing, charts: charts.map(chartXml) } };
}

/** Each number is the cell of the figures' sheet: one place to look it up, and to change it. */
function mainFigures(snapshot: CircularSnapshot, figures: ListSheet): PageCell[][] {
  return MAIN_FIGURES.flatMap((key): PageCell[][] => {
    const at = snapshot.figures.findIndex((figure) => figure.key === key);
    const figure = snapshot.figures[at];
    if (!figure) return [];
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
      [
        { text: figure.title, look: 'text' },
        cell(2, 'number', row[1]),
        cell(3, 'number', row[2]),
        cell(4, 'number', row[3]),
        'denominator' in figure && percentage(figure) === null
          ? { text: '样本不足10', look: 'text' }
          : cell(5, 'percent', row[4]),
        { text: figure.unit, look: 'text' },
      ],
    ];
  });
}

/** The charts of the printed circular, on cells. */
function sheetCharts(snapshot: CircularSnapshot, lists: Lists): SheetChart[] {
  const titles = circularCharts(snapshot);
  const charts: SheetChart[] = [];
  if (titles.categories && snapshot.categories.some(({ issues }) => sumBySeverity(issues) > 0)) {
    const of = on(lists.get('categories') as ListSheet);
    charts.push({
      title: titles.categories.title,
      unit: '个',
      bars: 'horizontal',
      stacked: true,
      categories: of.cells('类别'),
      series: [of.series('严重', 'solid'), of.series('较重', 'hatched'), of.series('一般', 'light')],
    });
  }
  if (titles.course) {
    const of = on(lists.get('trend') as ListSheet);
    charts.push({
      title: titles.course.title,
      unit: '个',
      bars: 'vertical',
      stacked: false,
      categories: of.cells('月份'),
      series: [
        of.series('新登记', 'hatched'),
        of.series('销号', 'solid'),
        of.series('其中逾期', 'light'),
        of.series('期末未销号', 'line'),
      ],
    });
  }
  if (titles.homework) {
    const of = on(lists.get('homework') as ListSheet);
    charts.push({
      title: titles.homework.title,
      unit: '分钟/天',
      bars: 'vertical',
      stacked: true,
      categories: of.cells('年级'),
      series: [
        of.series('最小（分钟）', 'unseen', false),
        { ...of.series('最大与最小之差', 'light', false), name: '最小至最大' },
        of.series('均值（分钟）', 'dots'),
        of.series('限值（分钟）', 'limit', false),
      ],
    });
  }
  return charts;
}

/** Cells and series of one list. */
function on(list: ListSheet): {
  cells: (title: string) => Cells;
  series: (title: string, look: SeriesLook, labelled?: boolean) => Series;
} {
  const cells = (title: string): Cells => {
    const at = list.columns.findIndex((column) => column.title === title);
    return { ref: columnRef(list, title), values: list.rows.map((row) => plain(row[at] ?? null)) };
  };
  return {
    cells,
    series: (title, look, labelled = true) => {
      const at = list.columns.findIndex((column) => column.title === title) + 1;
      const name: Cells = {
        ref: `${quoted(list.name)}!$${columnLetters(at)}$${firstRow(list) - 1}`,
        values: [title],
      };
      return { name, values: cells(title), look, labelled };
    },
  };
}

const plain = (value: Value): string | number | null =>
  typeof value === 'object' && value !== null ? ('to' in value ? value.text : value.value) : value;
