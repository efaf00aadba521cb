/**
 * Charts in an editable file, drawn by the program that opens it from values of their own: who looks at one finds no link to a
 * workbook that is not there.
 */
import type { Chart } from '../charts/chart.js';
import { numberText } from '../charts/scale.js';
import { summedUp } from '../charts/stacked-bars.js';
import { chartXml } from '../ooxml/chart-space.js';
import { CHART, DRAWING } from '../ooxml/names.js';
import { nativeChart } from '../ooxml/native-chart.js';
import type { Block } from '../page/blocks.js';
import { cleanText } from '../page/clean-text.js';
import { CAPTION_TWIPS, CHART_GAP, LINE_TWIPS, WIDTH } from './measures.js';
import { FONTS } from './styles.js';
import { escaped, paragraph, run } from './xml.js';

export type ChartBlock = Extract<Block, { kind: 'chart' }>;

const PLACE = 'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing';
const EMU = 635;
/** Identifiers of drawings are one row over the whole file; the first are those of page numbers. */
const FIRST_ID = 11;

export const chartsIn = (blocks: Iterable<Block>): ChartBlock[] =>
  [...blocks].filter((block) => block.kind === 'chart');

/** The part that a chart is, `word/charts/chartN.xml`. */
export function chartPart({ chart }: ChartBlock): string {
  const native = nativeChart(chart);
  const labels = native.categories.values.map((label) => cleanText(String(label ?? '')));
  return chartXml({ ...native, font: FONTS.song, categories: { values: labels } });
}

/** What a document's list of relationships calls the chart of an index. */
export const chartId = (index: number): string => `chart${index + 1}`;

/** The chart of an index, 0 the first of the file, and its caption under it: never on two pages, nor the caption and what it is kept with. */
export function chartXmlInText({ chart, caption }: ChartBlock, index: number, keepNext: boolean): string {
  const height = lines(chart) * LINE_TWIPS - CHART_GAP - CAPTION_TWIPS;
  const drawing =
    `<w:r><w:drawing><wp:inline xmlns:wp="${PLACE}" distT="0" distB="0" distL="0" distR="0">` +
    `<wp:extent cx="${WIDTH * EMU}" cy="${height * EMU}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>` +
    `<wp:docPr id="${FIRST_ID + index}" name="图${index + 1}" descr="${escaped(told(chart, caption))}"/><wp:cNvGraphicFramePr/>` +
    `<a:graphic xmlns:a="${DRAWING}"><a:graphicData uri="${CHART}"><c:chart xmlns:c="${CHART}" r:id="${chartId(index)}"/></a:graphicData></a:graphic>` +
    '</wp:inline></w:drawing></w:r>';
  return paragraph('Chart', drawing) + paragraph('ChartCaption', run(caption), { keepNext });
}

/** Lines of the page that a chart takes with its caption; bars are as many as there are rows, up to most of a page. */
function lines(chart: Chart): number {
  if (chart.kind !== 'stacked-bars') return 9;
  const { length } = summedUp(chart.rows);
  return Math.max(6, Math.ceil(3.6 + length * 0.68));
}

/** The chart in words, for who cannot see it. */
function told(chart: Chart, caption: string): string {
  const values = valuesOf(chart).map(
    ([label, ...pairs]) => `${label}：${pairs.map(([name, value]) => `${name}${amount(value)}`).join('，')}`,
  );
  return `${caption}。单位：${chart.unit}。${values.join('；')}。`;
}

const amount = (value: number | null): string => (value === null ? '不列' : numberText(value));

type Told = [label: string, ...[name: string, value: number | null][]];

function valuesOf(chart: Chart): Told[] {
  switch (chart.kind) {
    case 'stacked-bars':
      return summedUp(chart.rows).map(({ label, values }) => [
        label,
        ...chart.parts.map(({ name }, i): [string, number] => [name, values[i] ?? 0]),
      ]);
    case 'course':
      return chart.months.map((month, i) => [
        month,
        ...[...chart.flows, chart.stock, chart.part].map(({ name, values }): [string, number] => [
          name,
          values[i] ?? 0,
        ]),
      ]);
    case 'ranges':
      return chart.rows.map(({ label, n, range, limit }) => [
        label,
        ['样本', n],
        ['最小', range?.min ?? null],
        ['均值', range?.mean ?? null],
        ['最大', range?.max ?? null],
        ['限值', limit],
      ]);
  }
}
