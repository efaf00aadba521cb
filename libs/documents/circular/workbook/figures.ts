/**
 * Every figure with its definition, and where its rows are: which sheet, which filter, and a formula that counts them again
 * and says whether they make the figure. Formulas name cells, never words that a person typed.
 */
import {
  type CircularSnapshot,
  DISPUTED_UNIT,
  type Figure,
  OUTCOME_TITLES,
  SEVERITY_TITLES,
} from '#rules/circular.js';
import { columnRef, type ListColumn, type ListSheet, type Value } from '../../workbook/list.js';
import { SHEET, share } from './common.js';

/** Where a figure's rows are. Counts are formulas over the cells of a column, with their results. */
interface Source {
  sheet: keyof typeof SHEET;
  filter: string;
  /** For a rate the numerator and the denominator, else the value. */
  counts?: Count[];
}
interface Count {
  formula: string;
  result: number;
}

const OUTCOMES = ['closed_by_original', 'closed_by_extended', 'closed_late'] as const;

export function figureList(
  snapshot: CircularSnapshot,
  lists: ReadonlyMap<string, ListSheet>,
): Omit<ListSheet, 'about'> {
  const sources = sourcesOf(lists);
  return {
    name: SHEET.figures,
    columns: [
      { title: '指标', look: 'text', most: 44 },
      { title: '分子', look: 'number' },
      { title: '分母', look: 'number' },
      { title: '数值', look: 'number' },
      { title: '比率', look: 'percent', bars: 'share' },
      { title: '单位', look: 'text' },
      { title: '口径', look: 'wrapped', most: 60 },
      { title: '标识', look: 'wrapped', most: 36 },
      { title: '明细所在', look: 'link' },
      { title: '筛选', look: 'wrapped', most: 36 },
      { title: '复核', look: 'text', alarm: { text: '不一致' } },
    ] satisfies ListColumn[],
    rows: snapshot.figures.map((figure, i) => {
      const source = sources(figure.key);
      const list = source && lists.get(source.sheet);
      return [
        ...amounts(figure),
        figure.unit,
        figure.definition,
        figure.key,
        list ? { text: SHEET[source.sheet], to: list.name } : '（系统内按标识查询）',
        source?.filter ?? null,
        source?.counts ? recount(figure, source.counts, i + 3) : null,
      ];
    }),
  };
}

function amounts(figure: Figure): Value[] {
  return 'value' in figure
    ? [figure.title, null, null, figure.value, null]
    : [figure.title, figure.numerator, figure.denominator, null, share(figure)];
}

/** 一致 where every count is the figure's own cell in this row. */
function recount(figure: Figure, counts: Count[], row: number): Value {
  const [cells, own] =
    'value' in figure
      ? [['D'], [figure.value]]
      : [
          ['B', 'C'],
          [figure.numerator, figure.denominator],
        ];
  const tests = counts.map(({ formula }, i) => `${formula}=${cells[i]}${row}`);
  const same = counts.every(({ result }, i) => result === own[i]);
  return {
    formula: `IF(${tests.length > 1 ? `AND(${tests.join(',')})` : tests[0]},"一致","不一致")`,
    value: same ? '一致' : '不一致',
  };
}

function sourcesOf(lists: ReadonlyMap<string, ListSheet>): (key: string) => Source | null {
  const list = (sheet: keyof typeof SHEET): ListSheet => lists.get(sheet) as ListSheet;
  const cells = (sheet: keyof typeof SHEET, column: string): Value[] => {
    const { columns, rows } = list(sheet);
    const at = columns.findIndex(({ title }) => title === column);
    return rows.map((row) => row[at] ?? null);
  };
  const rowsOf = (sheet: keyof typeof SHEET, column = '编号'): Count => ({
    formula: `COUNTA(${columnRef(list(sheet), column)})`,
    result: cells(sheet, column).filter((value) => value !== null && value !== '').length,
  });
  const equal = (sheet: keyof typeof SHEET, column: string, ...words: string[]): Count => ({
    formula: words.map((word) => `COUNTIF(${columnRef(list(sheet), column)},"${word}")`).join('+'),
    result: cells(sheet, column).filter((value) => words.includes(value as string)).length,
  });
  const summed = (sheet: keyof typeof SHEET, column: string): Count => ({
    formula: `SUM(${columnRef(list(sheet), column)})`,
    result: cells(sheet, column).reduce<number>((sum, value) => sum + (value as number), 0),
  });
  const outcome = (...which: (keyof typeof OUTCOME_TITLES)[]): Count =>
    equal('closeout', '结果', ...which.map((one) => OUTCOME_TITLES[one]));
  const outcomes = (...which: (keyof typeof OUTCOME_TITLES)[]) =>
    `结果：${which.map((one) => OUTCOME_TITLES[one]).join('、')}`;
  const rate = (...which: (keyof typeof OUTCOME_TITLES)[]): Source => ({
    sheet: 'closeout',
    filter: `分子为${outcomes(...which)}；分母为全部行`,
    counts: [outcome(...which), rowsOf('closeout')],
  });
  const fixed: Record<string, Source> = {
    'overview.visits': { sheet: 'units', filter: '“检查（次）”合计' },
    'overview.schools': { sheet: 'units', filter: '类型：学校；检查不少于1次的为分子' },
    'overview.institutions': { sheet: 'units', filter: '类型：校外培训机构；检查不少于1次的为分子' },
    'overview.met_rate': { sheet: 'units', filter: '“达标（项）”“判定（项）”合计' },
    'overview.issues': { sheet: 'issues', filter: '全部行', counts: [rowsOf('issues')] },
    ...Object.fromEntries(
      Object.entries(SEVERITY_TITLES).map(([severity, title]) => [
        `overview.issues_${severity}`,
        {
          sheet: 'issues',
          filter: `等级：${title}`,
          counts: [equal('issues', '等级', title)],
        } satisfies Source,
      ]),
    ),
    'overview.disputed': {
      sheet: 'issues',
      filter: `单位：${DISPUTED_UNIT}`,
      counts: [equal('issues', '单位', DISPUTED_UNIT)],
    },
    'closeout.due': { sheet: 'closeout', filter: '全部行', counts: [rowsOf('closeout')] },
    'closeout.rate_original': rate('closed_by_original'),
    'closeout.rate_extended': rate('closed_by_original', 'closed_by_extended'),
    'closeout.rate_closed': rate(...OUTCOMES),
    ...Object.fromEntries(
      (['closed_late', 'open', 'open_overdue'] as const).map((one) => [
        `closeout.${one}`,
        { sheet: 'closeout', filter: outcomes(one), counts: [outcome(one)] } satisfies Source,
      ]),
    ),
    'ledger.open': { sheet: 'ledger', filter: '“合计”之和', counts: [summed('ledger', '合计')] },
    'ledger.overdue': { sheet: 'overdue', filter: '全部行', counts: [rowsOf('overdue')] },
    'escalations.taken': { sheet: 'escalations', filter: '全部行', counts: [rowsOf('escalations')] },
    'late.visits': { sheet: 'late', filter: '全部行', counts: [rowsOf('late', '单位')] },
  };
  return (key) => {
    const known = fixed[key];
    if (known) return known;
    if (key.startsWith('measurement.')) return { sheet: 'measurements', filter: '同名指标、同一学段的行' };
    if (key.startsWith('homework.')) return { sheet: 'homework', filter: '同一年级的行' };
    if (/^category\..*\.met_rate$/.test(key)) return { sheet: 'categories', filter: '同名类别的行' };
    if (/^category\..*\.issues$/.test(key)) return { sheet: 'issues', filter: '类别：同名类别' };
    return null;
  };
}
