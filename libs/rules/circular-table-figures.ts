/**
 * The figures of a circular's text and tables that are no rows of CIRCULAR_FIGURES: parts of a sum, extremes, steps of the
 * ladder, the account of each unit. They have keys too, so that their rows can be asked for.
 */
import type { BySeverity, CircularFacts, TrendMonth } from './circular.js';
import { type Figure, measurementKey, measurementTitle } from './circular-figures.js';
import { SEVERITY_TITLES, type Severity } from './circular-labels.js';
import { monthText } from './local-date.js';
import type { Rate } from './rate.js';

type Head = Omit<Figure, 'value' | 'numerator' | 'denominator'>;

const figure = (key: string, title: string, unit: string, definition: string, of: number | Rate): Figure => {
  const head: Head = { key, title, unit, definition };
  return typeof of === 'number' ? { ...head, value: of } : { ...head, ...of };
};
const bySeverity = (key: string, title: string, definition: string, counts: BySeverity): Figure[] =>
  (Object.keys(SEVERITY_TITLES) as Severity[]).map((severity) =>
    figure(
      `${key}_${severity}`,
      `${title}（${SEVERITY_TITLES[severity]}）`,
      '个',
      definition,
      counts[severity],
    ),
  );

/** Parts and extremes: what text and tables say beside the main figures, the units' accounts left out. */
export function textFigures(facts: CircularFacts): Figure[] {
  const steps = new Map<string, number>();
  for (const { stepTitle } of facts.escalations) steps.set(stepTitle, (steps.get(stepTitle) ?? 0) + 1);
  return [
    ...facts.overview.visitsByKind.map(({ kind, title, visits }) =>
      figure(`overview.visits.${kind}`, title, '次', '本期督导检查中这一类的次数。', visits),
    ),
    ...facts.categories.flatMap(({ category, title, issues }) =>
      bySeverity(
        `category.${category}.issues`,
        `${title}：新登记问题`,
        '本期登记进入台账的该类问题中这一等级的。',
        issues,
      ),
    ),
    ...facts.measurements.flatMap((m) =>
      (['min', 'max'] as const).flatMap((end) => {
        const value = m[end];
        if (value === null) return [];
        const [word, definition] =
          end === 'min' ? ['最小', '本期检查记录的最小数值。'] : ['最大', '本期检查记录的最大数值。'];
        return [
          figure(`${measurementKey(m)}.${end}`, `${measurementTitle(m)}：${word}`, m.unit, definition, value),
        ];
      }),
    ),
    ...(facts.homework ?? []).flatMap(({ grade, title, n, min, mean, max }) => {
      const name = `${title}书面作业平均完成时间`;
      const ends = { min: ['最小', min], mean: ['均值', mean], max: ['最大', max] } as const;
      return [
        figure(`homework.${grade}.n`, `${name}：样本`, '个', '本期检查记录中写明该年级的数值个数。', n),
        ...Object.entries(ends).flatMap(([end, [word, value]]) =>
          value === null
            ? []
            : [figure(`homework.${grade}.${end}`, `${name}：${word}`, '分钟', '写明该年级的数值。', value)],
        ),
      ];
    }),
    ...facts.ledger.byStatus.flatMap(({ status, title, ...counts }) =>
      bySeverity(
        `ledger.status.${status}`,
        `期末${title}`,
        '截止时刻台账未销号问题中处于这一环节、这一等级的。',
        counts,
      ),
    ),
    ...[...steps].map(([title, n]) =>
      figure(`escalations.${title}`, title, '次', '本期内采取这一升级措施的次数。', n),
    ),
    ...(facts.trend ?? []).flatMap(trendFigures),
    figure(
      'late.issues',
      '补录检查登记的问题',
      '个',
      '补录检查登记、计入本期的问题。',
      facts.lateVisits.reduce((sum, { issues }) => sum + issues, 0),
    ),
    ...(facts.previous
      ? [
          figure(
            'previous.receipts',
            '上期通报签收率',
            '家',
            '分子为截止时刻已签收上期通报的单位，分母为该通报印发时在册的单位。',
            facts.previous.receipts,
          ),
        ]
      : []),
  ];
}

/** `trend.2026-02.closed_in_time` of the count `closedInTime`. */
export const trendKey = (month: string, count: string): string =>
  `trend.${month}.${count.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/** One month of the ledger's course, counted at that month's end; the period's own month at the cut-off. */
function trendFigures({ month, ...counts }: TrendMonth): Figure[] {
  const told: Record<keyof typeof counts, [title: string, definition: string]> = {
    registered: ['新登记问题', '当月登记进入台账的问题，不含自查问题和已归并、已撤销的问题。'],
    closed: ['销号', '当月销号的问题，不论何时到期。'],
    due: ['应销号问题', '原定整改期限落在当月的问题。'],
    closedInTime: ['按期销号', '应销号问题中，在原定或延长的期限内申请并于月末前销号的。'],
    closedLate: ['逾期后销号', '应销号问题中，过了期限才申请、月末前已销号的。'],
    open: ['月末未销号问题', '月末台账中尚未销号的全部问题。'],
    overdue: ['月末逾期问题', '月末未销号问题中，责任在被督导单位且已过期限的。'],
  };
  return Object.entries(told).map(([name, [title, definition]]) =>
    figure(
      trendKey(month, name),
      `${monthText(month)}：${title}`,
      '个',
      definition,
      counts[name as keyof typeof counts],
    ),
  );
}

/** The account of each unit visited or with issues; issues disputed at the cut-off are in none of it. */
function unitFigures(facts: Pick<CircularFacts, 'units'>): Figure[] {
  return facts.units.flatMap(({ unit, visits, judged, met, registered, closed, open, overdue }) => {
    const one = (key: string, title: string, of: string, definition: string, value: number | Rate) =>
      figure(`unit.${unit.id}.${key}`, `${unit.name}：${title}`, of, definition, value);
    return [
      one('visits', '督导检查', '次', '本期对该单位的督导检查。', visits),
      one('met_rate', '要点达标率', '项', '分子为判为达标的答案，分母为判为达标或不达标的答案。', {
        numerator: met,
        denominator: judged,
      }),
      one('registered', '新登记问题', '个', '本期登记的该单位问题，申辩中的不计。', registered),
      one('closed', '本期销号', '个', '本期内销号的该单位问题，申辩中的不计。', closed),
      one('open', '期末未销号', '个', '截止时刻未销号的该单位问题，申辩中的不计。', open),
      one('overdue', '期末逾期', '个', '截止时刻已逾期的该单位问题，申辩中的不计。', overdue),
    ];
  });
}

/** Every figure beside those of CIRCULAR_FIGURES. */
export const tableFigures = (facts: CircularFacts): Figure[] => [
  ...textFigures(facts),
  ...unitFigures(facts),
];
