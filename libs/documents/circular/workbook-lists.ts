/** The lists of a circular's workbook: what the PDF prints, as cells an analyst can count. */
import {
  type CircularSnapshot,
  type CircularUnit,
  DISPUTED_FINDING,
  DISPUTED_UNIT,
  type Figure,
  OUTCOME_TITLES,
  percentage,
  type Rate,
  SEVERITY_TITLES,
  sumBySeverity,
} from '#rules/circular.js';
import type { ListColumn, ListSheet, Value } from '../workbook/sheets.js';

const UNIT_COLUMNS: ListColumn[] = [
  { title: '单位', look: 'text', width: 26 },
  { title: '学校代码', look: 'text', width: 13 },
  { title: '督学责任区', look: 'text', width: 16 },
];
const unitCells = (unit: CircularUnit | null): Value[] =>
  unit === null ? [DISPUTED_UNIT, null, null] : [unit.name, unit.code, unit.zone];

/** A fraction of one for a percent cell; empty where the sample is too small. */
const share = (part: Rate): number | null => {
  const percent = percentage(part);
  return percent === null ? null : part.numerator / part.denominator;
};

export function circularLists(snapshot: CircularSnapshot): ListSheet[] {
  return [
    figures(snapshot),
    issues(snapshot),
    units(snapshot),
    categories(snapshot),
    measurements(snapshot),
    closeout(snapshot),
    overdue(snapshot),
    ledger(snapshot),
  ];
}

function figures(snapshot: CircularSnapshot): ListSheet {
  const row = (figure: Figure): Value[] =>
    'value' in figure
      ? [figure.title, null, null, figure.value, null, figure.unit, figure.definition, figure.key]
      : [
          figure.title,
          figure.numerator,
          figure.denominator,
          null,
          share(figure),
          figure.unit,
          figure.definition,
          figure.key,
        ];
  return {
    name: '指标',
    columns: [
      { title: '指标', look: 'text', width: 30 },
      { title: '分子', look: 'integer', width: 9 },
      { title: '分母', look: 'integer', width: 9 },
      { title: '数值', look: 'number', width: 10 },
      { title: '比率', look: 'percent', width: 9 },
      { title: '单位', look: 'text', width: 7 },
      { title: '口径', look: 'wrapped', width: 70 },
      { title: '标识', look: 'text', width: 32 },
    ],
    rows: snapshot.figures.map(row),
  };
}

function issues(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '问题清单',
    columns: [
      { title: '编号', look: 'text', width: 20 },
      ...UNIT_COLUMNS,
      { title: '类别', look: 'text', width: 12 },
      { title: '要点编码', look: 'text', width: 12 },
      { title: '要点', look: 'wrapped', width: 20 },
      { title: '事实', look: 'wrapped', width: 60 },
      { title: '依据', look: 'wrapped', width: 36 },
      { title: '标准值', look: 'text', width: 12 },
      { title: '实测值', look: 'text', width: 12 },
      { title: '等级', look: 'text', width: 7 },
      { title: '登记日期', look: 'date', width: 12 },
      { title: '期限', look: 'date', width: 12 },
      { title: '状态', look: 'text', width: 12 },
      { title: '销号日期', look: 'date', width: 12 },
      { title: '逾期', look: 'text', width: 7 },
      { title: '补录', look: 'text', width: 7 },
    ],
    rows: snapshot.issues.map((issue) => {
      const named = issue.unit !== null;
      return [
        issue.number,
        ...unitCells(issue.unit),
        issue.categoryTitle,
        issue.itemCode,
        issue.itemTitle,
        named ? issue.finding : DISPUTED_FINDING,
        named ? issue.basis : null,
        named ? issue.standardValue : null,
        named ? issue.measuredValue : null,
        SEVERITY_TITLES[issue.severity],
        issue.registeredOn,
        issue.dueOn,
        issue.statusTitle,
        issue.closedOn,
        issue.overdue ? '是' : '否',
        issue.late ? '是' : '否',
      ];
    }),
  };
}

function units(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '各单位',
    columns: [
      ...UNIT_COLUMNS,
      { title: '检查（次）', look: 'integer', width: 10 },
      { title: '判定（项）', look: 'integer', width: 10 },
      { title: '达标（项）', look: 'integer', width: 10 },
      { title: '达标率', look: 'percent', width: 9 },
      { title: '新登记', look: 'integer', width: 9 },
      { title: '已销号', look: 'integer', width: 9 },
      { title: '未销号', look: 'integer', width: 9 },
      { title: '逾期', look: 'integer', width: 9 },
    ],
    rows: snapshot.units.map((row) => [
      ...unitCells(row.unit),
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

function categories(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '类别',
    columns: [
      { title: '类别', look: 'text', width: 16 },
      { title: '判定（项）', look: 'integer', width: 10 },
      { title: '达标（项）', look: 'integer', width: 10 },
      { title: '不达标（项）', look: 'integer', width: 12 },
      { title: '达标率', look: 'percent', width: 9 },
      { title: '新登记问题', look: 'integer', width: 12 },
      { title: '严重', look: 'integer', width: 8 },
      { title: '较重', look: 'integer', width: 8 },
      { title: '一般', look: 'integer', width: 8 },
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

function measurements(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '监测数值',
    columns: [
      { title: '指标', look: 'text', width: 26 },
      { title: '学段（年级）', look: 'text', width: 16 },
      { title: '计量单位', look: 'text', width: 9 },
      { title: '样本', look: 'integer', width: 8 },
      { title: '最小', look: 'number', width: 9 },
      { title: '均值', look: 'decimal', width: 9 },
      { title: '最大', look: 'number', width: 9 },
      { title: '限值', look: 'text', width: 12 },
      { title: '合限（个）', look: 'integer', width: 10 },
      { title: '判定（个）', look: 'integer', width: 10 },
      { title: '合限率', look: 'percent', width: 9 },
      { title: '分子', look: 'integer', width: 9 },
      { title: '分母', look: 'integer', width: 9 },
      { title: '占比', look: 'percent', width: 9 },
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

function closeout(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '整改销号',
    columns: [
      { title: '编号', look: 'text', width: 20 },
      ...UNIT_COLUMNS,
      { title: '类别', look: 'text', width: 12 },
      { title: '问题', look: 'wrapped', width: 50 },
      { title: '等级', look: 'text', width: 7 },
      { title: '原定期限', look: 'date', width: 12 },
      { title: '现期限', look: 'date', width: 12 },
      { title: '销号日期', look: 'date', width: 12 },
      { title: '结果', look: 'text', width: 16 },
      { title: '退回（次）', look: 'integer', width: 10 },
    ],
    rows: snapshot.closeout.rows.map((row) => [
      row.number,
      ...unitCells(row.unit),
      row.categoryTitle,
      row.unit === null ? DISPUTED_FINDING : row.finding,
      SEVERITY_TITLES[row.severity],
      row.originalDueOn,
      row.dueOn,
      row.closedOn,
      OUTCOME_TITLES[row.outcome],
      row.returnCount,
    ]),
  };
}

function overdue(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '期末逾期',
    columns: [
      { title: '编号', look: 'text', width: 20 },
      ...UNIT_COLUMNS,
      { title: '类别', look: 'text', width: 12 },
      { title: '问题', look: 'wrapped', width: 50 },
      { title: '等级', look: 'text', width: 7 },
      { title: '期限', look: 'date', width: 12 },
      { title: '逾期（天）', look: 'integer', width: 10 },
      { title: '升级处理', look: 'text', width: 10 },
    ],
    rows: snapshot.closeout.overdue.map((row) => [
      row.number,
      ...unitCells(row.unit),
      row.categoryTitle,
      row.unit === null ? DISPUTED_FINDING : row.finding,
      SEVERITY_TITLES[row.severity],
      row.dueOn,
      row.daysOverdue,
      row.escalationTitle,
    ]),
  };
}

function ledger(snapshot: CircularSnapshot): ListSheet {
  return {
    name: '期末台账',
    columns: [
      { title: '状态', look: 'text', width: 16 },
      { title: '严重', look: 'integer', width: 9 },
      { title: '较重', look: 'integer', width: 9 },
      { title: '一般', look: 'integer', width: 9 },
      { title: '合计', look: 'integer', width: 9 },
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
