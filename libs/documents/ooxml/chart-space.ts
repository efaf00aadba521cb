/**
 * Charts that an office program draws itself (DrawingML, ECMA-376 part 1, 21.2): on cells of the workbook they stand in, so that who
 * changes a cell sees the chart change, or on values of their own. Patterns tell the series apart, not colours alone.
 */
import { escapeXml } from '../workbook/xml-text.js';
import { CHART, DRAWING, RELATIONS, XML } from './names.js';

/** What is drawn, with the cells that it stands in as a formula names them; without a name it is the chart's own. */
export interface Data {
  ref?: string;
  values: (string | number | null)[];
}

export type SeriesLook = 'solid' | 'hatched' | 'light' | 'unseen' | 'line' | 'dots' | 'limit';

export interface Series {
  /** The head of its column, or words of its own. */
  name: Data | string;
  values: Data;
  look: SeriesLook;
  /** The numbers beside the marks. */
  labelled: boolean;
}

export interface NativeChart {
  /** Over the chart; none where a caption stands under it. */
  title?: string;
  /** Of all its words; the program's own where none is named. A chart in a text has no ground and no frame. */
  font?: string;
  /** 个, 分钟/天: at the axis of the values. */
  unit: string;
  bars: 'horizontal' | 'vertical';
  stacked: boolean;
  categories: Data;
  series: Series[];
}

const INK = '1F3A5F';
const rgb = (value: string): string => `<a:srgbClr val="${value}"/>`;
const solid = (value: string): string => `<a:solidFill>${rgb(value)}</a:solidFill>`;
const stroke = (points: number, value = INK): string => `<a:ln w="${points * 12_700}">${solid(value)}</a:ln>`;
const NO_STROKE = '<a:ln><a:noFill/></a:ln>';
const type = (points: number, bold = false): string =>
  `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="${points * 100}" b="${bold ? 1 : 0}"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`;

const LOOKS: Record<SeriesLook, string> = {
  solid: `<c:spPr>${solid(INK)}${stroke(0.75)}</c:spPr>`,
  hatched: `<c:spPr><a:pattFill prst="wdUpDiag"><a:fgClr>${rgb(INK)}</a:fgClr><a:bgClr>${rgb('FFFFFF')}</a:bgClr></a:pattFill>${stroke(0.75)}</c:spPr>`,
  light: `<c:spPr>${solid('DBE3ED')}${stroke(0.75)}</c:spPr>`,
  unseen: `<c:spPr><a:noFill/>${NO_STROKE}</c:spPr>`,
  line: `<c:spPr>${stroke(2, '000000')}</c:spPr>${marker('circle', 6)}`,
  dots: `<c:spPr>${NO_STROKE}</c:spPr>${marker('circle', 7)}`,
  limit: `<c:spPr>${NO_STROKE}</c:spPr>${marker('dash', 22, 'C00000')}`,
};

function marker(symbol: string, size: number, value = '000000'): string {
  return `<c:marker><c:symbol val="${symbol}"/><c:size val="${size}"/><c:spPr>${solid(value)}${stroke(0.75, value)}</c:spPr></c:marker>`;
}

const isBar = (look: SeriesLook): boolean => look !== 'line' && look !== 'dots' && look !== 'limit';

/** A chart part: `chartN.xml` in the folder of charts. */
export function chartXml(chart: NativeChart): string {
  const { title, font, series, bars, stacked } = chart;
  const all = series.map((one, index) => ({ ...one, index }));
  const columns = all.filter(({ look }) => isBar(look));
  const lines = all.filter(({ look }) => !isBar(look));
  const barChart =
    `<c:barChart><c:barDir val="${bars === 'horizontal' ? 'bar' : 'col'}"/><c:grouping val="${stacked ? 'stacked' : 'clustered'}"/><c:varyColors val="0"/>` +
    `${columns.map((one) => seriesXml(chart, one, one.index)).join('')}<c:gapWidth val="60"/>${stacked ? '<c:overlap val="100"/>' : ''}` +
    '<c:axId val="1001"/><c:axId val="1002"/></c:barChart>';
  const lineChart =
    lines.length === 0
      ? ''
      : `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>${lines.map((one) => seriesXml(chart, one, one.index)).join('')}` +
        '<c:marker val="1"/><c:axId val="1001"/><c:axId val="1002"/></c:lineChart>';
  const hidden = all
    .filter(({ look }) => look === 'unseen')
    .map(({ index }) => `<c:legendEntry><c:idx val="${index}"/><c:delete val="1"/></c:legendEntry>`);
  return (
    `${XML}<c:chartSpace xmlns:c="${CHART}" xmlns:a="${DRAWING}" xmlns:r="${RELATIONS}"><c:roundedCorners val="0"/><c:chart>` +
    (title === undefined
      ? '<c:autoTitleDeleted val="1"/>'
      : `<c:title>${richText(title, 12)}<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>`) +
    `<c:plotArea><c:layout/>${barChart}${lineChart}${axes(chart)}</c:plotArea>` +
    `<c:legend><c:legendPos val="b"/>${hidden.join('')}<c:overlay val="0"/>${type(font === undefined ? 9 : 10.5)}</c:legend>` +
    '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>' +
    `${font === undefined ? '' : inText(font)}</c:chartSpace>`
  );
}

const inText = (font: string): string =>
  `<c:spPr><a:noFill/>${NO_STROKE}</c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900">${solid('000000')}` +
  `<a:latin typeface="${font}"/><a:ea typeface="${font}"/><a:cs typeface="${font}"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`;

function seriesXml(chart: NativeChart, { name, values, look, labelled }: Series, index: number): string {
  const bar = isBar(look);
  // Under a mean is room inside its range; beside it the edge runs through, over it the limit lies.
  const place = look === 'dots' ? 'b' : !bar ? 't' : chart.stacked ? 'ctr' : 'outEnd';
  // Numbers on full bars are white; a nought is no number worth printing.
  const ink = look === 'solid' && chart.stacked ? 'FFFFFF' : '000000';
  const slip = look === 'hatched' && chart.stacked ? `<c:spPr>${solid('FFFFFF')}</c:spPr>` : '';
  const labels = labelled
    ? `<c:dLbls>${narrow(chart, values)}<c:numFmt formatCode="${look === 'dots' ? '0.0' : '0;;;'}" sourceLinked="0"/>${slip}<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900">${solid(ink)}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>` +
      `<c:dLblPos val="${place}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`
    : '';
  return (
    `<c:ser><c:idx val="${index}"/><c:order val="${index}"/><c:tx>${typeof name === 'string' ? `<c:v>${escapeXml(name)}</c:v>` : texts(name)}</c:tx>${LOOKS[look]}` +
    `${bar ? '<c:invertIfNegative val="0"/>' : ''}${labels}<c:cat>${texts(chart.categories)}</c:cat><c:val>${numbers(values)}</c:val>` +
    `${bar ? '' : '<c:smooth val="0"/>'}</c:ser>`
  );
}

function texts({ ref, values }: Data): string {
  const points = values.map(
    (value, i) => `<c:pt idx="${i}"><c:v>${escapeXml(String(value ?? ''))}</c:v></c:pt>`,
  );
  const all = `<c:ptCount val="${values.length}"/>${points.join('')}`;
  if (ref === undefined) return `<c:strLit>${all}</c:strLit>`;
  return `<c:strRef><c:f>${escapeXml(ref)}</c:f><c:strCache>${all}</c:strCache></c:strRef>`;
}

function numbers({ ref, values }: Data): string {
  const points = values.flatMap((value, i) =>
    value === null ? [] : [`<c:pt idx="${i}"><c:v>${value}</c:v></c:pt>`],
  );
  const all = `<c:formatCode>General</c:formatCode><c:ptCount val="${values.length}"/>${points.join('')}`;
  if (ref === undefined) return `<c:numLit>${all}</c:numLit>`;
  return `<c:numRef><c:f>${escapeXml(ref)}</c:f><c:numCache>${all}</c:numCache></c:numRef>`;
}

const richText = (text: string, points: number): string =>
  `<c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="${points * 100}" b="1"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="${points * 100}" b="1"/><a:t>${escapeXml(text)}</a:t></a:r></a:p></c:rich></c:tx>`;

/** The first category stands at the top of horizontal bars, as in the list. */
function axes(chart: NativeChart): string {
  const { bars, unit } = chart;
  const horizontal = bars === 'horizontal';
  const grid = `<c:majorGridlines><c:spPr><a:ln w="6350">${solid('BFBFBF')}<a:prstDash val="dash"/></a:ln></c:spPr></c:majorGridlines>`;
  return (
    `<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="${horizontal ? 'maxMin' : 'minMax'}"/></c:scaling><c:delete val="0"/>` +
    `<c:axPos val="${horizontal ? 'l' : 'b'}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>` +
    `<c:spPr>${stroke(0.75, '404040')}</c:spPr>${type(9)}<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>` +
    `<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="0"/>` +
    `<c:axPos val="${horizontal ? 'b' : 'l'}"/>${grid}<c:title>${richText(unit, 9)}<c:overlay val="0"/></c:title><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>` +
    `<c:spPr>${NO_STROKE}</c:spPr>${type(9)}<c:crossAx val="1001"/><c:crosses val="${horizontal ? 'max' : 'autoZero'}"/><c:crossBetween val="between"/>${wholeSteps(chart)}</c:valAx>`
  );
}

/** Few things are counted one by one: left to itself, a program would put marks at fifths of a problem. */
const wholeSteps = (chart: NativeChart): string => (tallest(chart) <= 5 ? '<c:majorUnit val="1"/>' : '');

/** Of the length of the longest bar: what a digit takes of it, and the room beside a number. */
const DIGIT = 0.016;
const BESIDE = 0.02;

/** Numbers wider than their part of a bar would hide it. Parts that follow their cells may grow: theirs are left. */
function narrow(chart: NativeChart, { ref, values }: Data): string {
  if (ref !== undefined || !chart.stacked || chart.bars !== 'horizontal') return '';
  const most = tallest(chart);
  return values
    .map((value, i) =>
      Number(value) < (String(value).length * DIGIT + BESIDE) * most
        ? `<c:dLbl><c:idx val="${i}"/><c:delete val="1"/></c:dLbl>`
        : '',
    )
    .join('');
}

/** The value at the end of the longest bar, with its parts where they stand on each other. */
function tallest({ series, stacked }: NativeChart): number {
  const columns = series.map(({ values }) =>
    values.values.map((value) => (typeof value === 'number' ? value : 0)),
  );
  const ends = (columns[0] ?? []).map((_, i) => {
    const at = columns.map((values) => values[i] ?? 0);
    return stacked ? at.reduce((a, b) => a + b, 0) : Math.max(...at);
  });
  return Math.max(0, ...ends);
}
