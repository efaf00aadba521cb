/** The six sections of a circular, in the order of the office's custom. */
import {
  annexLabel,
  CIRCULAR_ANNEXES,
  type CircularAnnex,
  type CircularIssue,
  type CircularNarrative,
  type CircularSnapshot,
  closeoutText,
  DISPUTED_FINDING,
  DISPUTED_UNIT,
  type Figure,
  percentage,
  rate,
  SEVERITY_TITLES,
  sumBySeverity,
} from '#rules/circular.js';
import { NO_LOCAL_LIMIT, withoutLimit } from '#rules/wording.js';
import type { Block } from '../page/blocks.js';
import { SIZE } from '../page/geometry.js';
import { chartBlock, circularCharts, type NumberedChart } from './charts.js';

/** The figures of the table in section 二; the rest are in the annex of figures. */
const MAIN_FIGURES = [
  'overview.visits',
  'overview.schools',
  'overview.institutions',
  'overview.met_rate',
  'overview.issues',
  'overview.notices_received',
  'closeout.rate_original',
  'closeout.rate_extended',
  'closeout.rate_closed',
  'ledger.open',
  'ledger.overdue',
];

export function circularSections(
  snapshot: CircularSnapshot,
  narrative: CircularNarrative,
  annexes: readonly CircularAnnex[] = CIRCULAR_ANNEXES,
): Block[] {
  const charts = circularCharts(snapshot);
  return [
    ...(narrative.lead ? [{ kind: 'body', text: narrative.lead } satisfies Block] : []),
    { kind: 'heading', text: '一、督查概况' },
    { kind: 'body', text: narrative.overview },

    { kind: 'heading', text: '二、总体情况' },
    { kind: 'body', text: overallText(snapshot, annexes) },
    ...mainFigures(snapshot),
    ...categorySection(snapshot),
    ...chartBlock(charts.categories),

    { kind: 'heading', text: '三、好的做法' },
    { kind: 'body', text: narrative.practice },

    { kind: 'heading', text: '四、主要问题' },
    { kind: 'body', text: narrative.problems },
    ...problems(snapshot),

    { kind: 'heading', text: '五、上期问题整改与销号' },
    { kind: 'body', text: [...closeoutText(snapshot, annexes), ...courseText(charts.course)].join('\n') },
    ...chartBlock(charts.course),

    { kind: 'heading', text: '六、下一步要求' },
    { kind: 'body', text: narrative.requirements },
  ];
}

/** Names the tables, charts and annexes that there are, and no other. */
function overallText(snapshot: CircularSnapshot, annexes: readonly CircularAnnex[]): string {
  const chart = circularCharts(snapshot).categories;
  const annex = annexLabel(annexes, 'figures');
  const told = ['本期主要指标见表1'];
  if (hasCategories(snapshot)) {
    told.push(`，各类要点的达标和问题情况见表2${chart ? `和${chart.number}` : ''}`);
  }
  if (annex) told.push(`；监测数值、全部指标及其口径见${annex}`);
  return `${told.join('')}。`;
}

const hasCategories = ({ categories }: CircularSnapshot): boolean => categories.length > 0;

function categorySection(snapshot: CircularSnapshot): Block[] {
  if (!hasCategories(snapshot)) return [];
  const caption = '表2　各类要点达标与问题情况';
  return [{ kind: 'caption', text: caption }, categoryTable(snapshot), { kind: 'gap' }];
}

const courseText = (course: NumberedChart | null): string[] =>
  course ? [`近期问题登记、销号和期末未销号的变化见${course.number}。`] : [];

/** `34/40` and `85.0%`, or `12` and a dash, for a table of figures. */
export function figureCells(figure: Figure): [string, string] {
  if ('value' in figure) return [`${figure.value}${figure.unit}`, '—'];
  if (figure.denominator <= 0) return ['—', '—'];
  const percent = percentage(figure);
  const parts = `${figure.numerator}/${figure.denominator}${figure.unit}`;
  return [parts, percent === null ? '样本不足10，不列' : `${percent.toFixed(1)}%`];
}

/** The main figures in their order. A district without training institutions has no share of them. */
export const shownFigures = ({ figures }: CircularSnapshot): Figure[] =>
  MAIN_FIGURES.flatMap((key) => figures.find((figure) => figure.key === key) ?? []).filter(
    (figure) =>
      figure.key !== 'overview.institutions' || !('denominator' in figure) || figure.denominator > 0,
  );

function mainFigures(snapshot: CircularSnapshot): Block[] {
  return [
    { kind: 'caption', text: '表1　主要指标' },
    {
      kind: 'table',
      columns: [
        { title: '指标', width: 9, align: 'left' },
        { title: '数值（分子/分母）', width: 7, align: 'center' },
        { title: '比率', width: 6, align: 'center' },
      ],
      rows: shownFigures(snapshot).map((figure) => [figure.title, ...figureCells(figure)]),
      type: { size: SIZE.smallFourth, pitch: 17 },
    },
    { kind: 'gap' },
  ];
}

export function categoryTable({ categories }: CircularSnapshot): Block {
  return {
    kind: 'table',
    columns: [
      { title: '类别', width: 80 },
      { title: '判定', width: 40, align: 'center' },
      { title: '达标', width: 40, align: 'center' },
      { title: '达标率', width: 124, align: 'center' },
      { title: '问题', width: 40, align: 'center' },
      { title: '严重', width: 38, align: 'center' },
      { title: '较重', width: 38, align: 'center' },
      { title: '一般', width: 38, align: 'center' },
    ],
    rows: categories.map((c) => [
      c.title,
      String(c.judged),
      String(c.met),
      rate({ numerator: c.met, denominator: c.judged }),
      String(sumBySeverity(c.issues)),
      String(c.issues.serious),
      String(c.issues.major),
      String(c.issues.minor),
    ]),
    none: '本期没有判定的要点和新登记的问题。',
  };
}

/** By category in the order of the category table: school, fact, clause. */
function problems({ issues }: CircularSnapshot): Block[] {
  const byCategory = new Map<string, CircularIssue[]>();
  for (const issue of issues) {
    const group = byCategory.get(issue.categoryTitle) ?? [];
    group.push(issue);
    byCategory.set(issue.categoryTitle, group);
  }
  return [...byCategory].flatMap(([title, group], section): Block[] => [
    { kind: 'subheading', text: `（${chineseNumeral(section + 1)}）${title}（${group.length}个）` },
    ...group.flatMap((issue, index) =>
      `${index + 1}.${problemText(issue)}`.split('\n').map((text): Block => ({ kind: 'plain', text })),
    ),
  ]);
}

/** One problem as a sentence: who, what was found, against which standard, how grave. */
function problemText(issue: CircularIssue): string {
  const severity = `（${SEVERITY_TITLES[issue.severity]}）`;
  if (issue.unit === null) return `${DISPUTED_UNIT}${DISPUTED_FINDING}${severity}`;
  // 不符合 says nothing beside the finding (nor does 是 or 否, as it was written before), and a figure that the finding tells
  // is not told twice.
  const told =
    !issue.measuredValue ||
    /^(不符合|是|否)$/.test(issue.measuredValue) ||
    issue.finding.includes(issue.measuredValue);
  const unlimited = withoutLimit(issue.standardValue);
  const standard = unlimited ? NO_LOCAL_LIMIT : issue.standardValue && `标准${issue.standardValue}`;
  const measured = told ? [] : [standard, `实测${issue.measuredValue}`].filter(Boolean);
  return (
    `${issue.unit.name}：${full(issue.finding)}` +
    (measured.length > 0 ? `${measured.join('，')}。` : '') +
    // No clause gives a figure that only the district could have set: it is what the inspector judged by.
    (issue.basis ? (unlimited ? `判定依据：${issue.basis}。` : `不符合${issue.basis}的要求。`) : '') +
    severity
  );
}

const full = (text: string): string => (/[。！？]$/.test(text.trim()) ? text.trim() : `${text.trim()}。`);

const NUMERALS = '零一二三四五六七八九';

/** 1–99 in words, as headings count. */
function chineseNumeral(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  const head = tens === 0 ? '' : tens === 1 ? '十' : `${NUMERALS[tens]}十`;
  return `${head}${ones === 0 && tens > 0 ? '' : NUMERALS[ones]}`;
}
