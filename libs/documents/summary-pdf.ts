/** What one school or institution needs to see of itself 教育督导情况一览: how it stands, rates, issues, deadlines, visits. */
import { SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { type Rate, rate } from '#rules/rate.js';
import { type ListRow, list } from './forms/list.js';
import { rows } from './forms/rows.js';
import { section } from './forms/section.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { remark } from './page/body.js';
import { type Flow, newPage } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { closeSheet, openSheet } from './page/sheet.js';
import type { Cell, Column } from './page/table.js';
import { drawTitle } from './page/title.js';

export interface SummaryIssue {
  number: string;
  category: string;
  finding: string;
  severity: Severity;
  statusTitle: string;
  escalationTitle: string | null;
  dueOn: string | null;
  overdue: boolean;
  closedOn: string | null;
  inTime: boolean | null;
}
export interface SummaryVisit {
  on: string;
  kindTitle: string;
  checklist: string;
  lead: string;
  met: Rate;
  issues: number;
}
export interface SummaryDocument {
  demo: boolean;
  issuer: string;
  unitName: string;
  unitCode: string;
  kindTitle: string;
  zone: string | null;
  /** Local dates; `title` names the term where it is one. */
  period: { from: string; to: string; title: string | null };
  /** The local date of status and open issues. */
  asOf: string;
  /** Below this many judged items a rate shows no percentage. */
  minSample: number;
  statusTitle: string;
  lastInspectionOn: string | null;
  nextDueOn: string | null;
  visits: SummaryVisit[];
  met: Rate;
  /** Issues registered in the period. */
  registered: number;
  categories: {
    category: string;
    statusTitle: string;
    met: Rate;
    registered: number;
    closed: number;
    open: number;
    overdue: number;
  }[];
  open: SummaryIssue[];
  closed: SummaryIssue[];
  /** The unit's own; counted nowhere above. */
  selfChecks: {
    visits: SummaryVisit[];
    issues: { number: string; finding: string; statusTitle: string; closedOn: string | null }[];
  };
}

const TYPE = { size: 10, pitch: 14 };
const strong = (text: string): Cell => ({ text, face: 'hei' });
const date = (on: string | null): string => (on === null ? '—' : dayText(on));

/** The same summary gives the same bytes. */
export async function renderSummaryPdf(summary: SummaryDocument): Promise<Buffer> {
  const sheet = openSheet({
    title: `教育督导情况一览 ${summary.unitName}`,
    author: summary.issuer,
    date: `${summary.asOf}T00:00:00Z`,
    marks: marksOf([summary.demo, DEMO_MARK]),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, '教育督导情况一览', summary.issuer);
  flow.y += LINE / 2;
  drawHead(flow, summary);
  drawCategories(flow, summary);
  drawOpen(flow, summary.open);
  drawClosed(flow, summary.closed);
  drawVisits(
    flow,
    `四、督导记录（${summary.visits.length}次）`,
    summary,
    summary.visits,
    '本期没有提交的督导记录。',
  );
  drawSelfChecks(flow, summary);
  section(flow, '说明');
  remark(
    flow,
    [
      `1.当前状态、未销号问题和逾期截至${dayText(summary.asOf)}；督导次数、登记和销号为统计期间内发生数。`,
      `2.要点达标为期间内各次督导评判要点的达标数与评判数之和；不适用、未查和只作记录的监测指标不计入，评判不足${summary.minSample}项的不计算百分比。`,
      '3.问题数不含已撤销和已归并的问题。自查及自查发现的问题单列，不计入前述各项，也不影响当前状态。',
    ].join('\n'),
  );
  return closeSheet(sheet);
}

function drawHead(flow: Flow, s: SummaryDocument): void {
  const { from, to, title } = s.period;
  const overdue = s.open.filter((one) => one.overdue).length;
  rows(flow, [
    [{ label: '单位名称', value: s.unitName }],
    [
      { label: '单位代码', value: s.unitCode },
      { label: '单位类型', value: s.kindTitle },
    ],
    [
      { label: '督学责任区', value: s.zone ?? '—' },
      { label: '当前状态', value: s.statusTitle, face: 'hei' },
    ],
    [
      {
        label: '统计期间',
        value: `${dayText(from)}至${dayText(to)}${title ? `（${title}）` : ''}`,
      },
    ],
    [
      { label: '督导次数', value: `${s.visits.length}次` },
      { label: '最近督导', value: date(s.lastInspectionOn) },
    ],
    [
      { label: '要点达标', value: rate(s.met, s.minSample) },
      { label: '本期问题', value: `登记${s.registered}个，销号${s.closed.length}个` },
    ],
    [
      { label: '未销号', value: `${s.open.length}个，其中逾期${overdue}个` },
      { label: '最近期限', value: date(s.nextDueOn) },
    ],
  ]);
}

function drawCategories(flow: Flow, summary: SummaryDocument): void {
  const { categories, minSample } = summary;
  section(flow, '一、各类情况');
  const columns: Column[] = [
    { title: '类别', width: 104 },
    { title: '当前状态', width: 58, align: 'center' },
    { title: '要点达标', width: 104, align: 'center' },
    { title: '本期\n登记', width: 44, align: 'center' },
    { title: '本期\n销号', width: 44, align: 'center' },
    { title: '未销号', width: 44, align: 'center' },
    { title: '其中\n逾期', width: 44, align: 'center' },
  ];
  const told = categories.map(
    (c): ListRow => [
      c.category,
      c.statusTitle,
      rate(c.met, minSample),
      String(c.registered),
      String(c.closed),
      String(c.open),
      c.overdue > 0 ? strong(String(c.overdue)) : '0',
    ],
  );
  const sum = (of: (c: SummaryDocument['categories'][number]) => number): string =>
    String(categories.reduce((total, c) => total + of(c), 0));
  if (categories.length > 1) {
    const totals = [
      '合计',
      summary.statusTitle,
      rate(summary.met, minSample),
      sum((c) => c.registered),
      sum((c) => c.closed),
      sum((c) => c.open),
      sum((c) => c.overdue),
    ];
    told.push(totals.map(strong));
  }
  listOr(flow, columns, told, '本期没有督导记录，也没有问题。');
}

function drawOpen(flow: Flow, open: SummaryIssue[]): void {
  section(flow, `二、未销号问题（${open.length}个）`);
  const columns: Column[] = [
    { title: '序号', width: 28, align: 'center', repeat: true },
    { title: '问题', width: 222 },
    { title: '等级', width: 34, align: 'center' },
    { title: '状态', width: 58, align: 'center' },
    { title: '整改期限', width: 100, align: 'center' },
  ];
  const told = open.map((one, i): ListRow => {
    const due = date(one.dueOn);
    return [
      String(i + 1),
      `${one.finding}\n（${one.category}，${one.number}）`,
      SEVERITY_TITLES[one.severity],
      one.escalationTitle ? `${one.statusTitle}\n（${one.escalationTitle}）` : one.statusTitle,
      one.overdue ? strong(`${due}\n（已逾期）`) : due,
    ];
  });
  listOr(flow, columns, told, '没有未销号的问题。');
}

const IN_TIME = { true: '按期', false: '逾期后', null: '' } as const;

function drawClosed(flow: Flow, closed: SummaryIssue[]): void {
  section(flow, `三、本期销号问题（${closed.length}个）`);
  const columns: Column[] = [
    { title: '序号', width: 28, align: 'center', repeat: true },
    { title: '问题', width: 214 },
    { title: '等级', width: 34, align: 'center' },
    { title: '整改期限', width: 78, align: 'center' },
    { title: '销号日期', width: 88, align: 'center' },
  ];
  const told = closed.map(
    (one, i): ListRow => [
      String(i + 1),
      `${one.finding}\n（${one.category}，${one.number}）`,
      SEVERITY_TITLES[one.severity],
      date(one.dueOn),
      [date(one.closedOn), IN_TIME[`${one.inTime}`] && `（${IN_TIME[`${one.inTime}`]}申请）`]
        .filter(Boolean)
        .join('\n'),
    ],
  );
  listOr(flow, columns, told, '本期没有销号的问题。');
}

function drawVisits(
  flow: Flow,
  title: string,
  { minSample }: SummaryDocument,
  visits: SummaryVisit[],
  none: string,
): void {
  section(flow, title);
  const columns: Column[] = [
    { title: '日期', width: 80, align: 'center', repeat: true },
    { title: '类型', width: 62, align: 'center' },
    { title: '清单', width: 128 },
    { title: '组长', width: 48, align: 'center' },
    { title: '要点达标', width: 88, align: 'center' },
    { title: '登记\n问题', width: 36, align: 'center' },
  ];
  const told = visits.map(
    (one): ListRow => [
      dayText(one.on),
      one.kindTitle,
      one.checklist,
      one.lead,
      rate(one.met, minSample),
      String(one.issues),
    ],
  );
  listOr(flow, columns, told, none);
}

function drawSelfChecks(flow: Flow, summary: SummaryDocument): void {
  const { visits, issues } = summary.selfChecks;
  drawVisits(flow, `五、自查（${visits.length}次，单列）`, summary, visits, '本期没有提交的自查。');
  if (issues.length === 0) return;
  section(flow, `自查发现的问题（${issues.length}个）`);
  const columns: Column[] = [
    { title: '序号', width: 28, align: 'center', repeat: true },
    { title: '问题', width: 262 },
    { title: '状态', width: 66, align: 'center' },
    { title: '办结日期', width: 86, align: 'center' },
  ];
  list(
    flow,
    columns,
    issues.map((one, i) => [
      String(i + 1),
      `${one.finding}（${one.number}）`,
      one.statusTitle,
      date(one.closedOn),
    ]),
    TYPE,
  );
}

function listOr(flow: Flow, columns: Column[], told: ListRow[], none: string): void {
  if (told.length === 0) remark(flow, none);
  else list(flow, columns, told, TYPE);
}
