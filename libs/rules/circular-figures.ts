/**
 * Every figure of a circular by a stable key, with the definition that an officer can quote. A key is never reused
 * for another meaning: the rows behind a figure are asked for by it.
 */
import type { CircularFacts } from './circular.js';
import { sumBySeverity } from './circular-labels.js';
import type { Rate } from './rate.js';

export type Figure = { key: string; title: string; unit: string; definition: string } & (
  | { value: number }
  | Rate
);

interface FigureRow {
  key: string;
  title: string;
  unit: string;
  definition: string;
  of: (facts: CircularFacts) => number | Rate;
}

export const CIRCULAR_FIGURES: FigureRow[] = [
  {
    key: 'overview.visits',
    title: '督导检查次数',
    unit: '次',
    definition: '本期内到访并在截止时刻前提交的督导检查，不含学校自查、已取消的检查。',
    of: (f) => f.overview.visits,
  },
  {
    key: 'overview.schools',
    title: '学校覆盖率',
    unit: '所',
    definition: '分子为本期内至少接受一次督导检查的学校，分母为期末在册学校。',
    of: (f) => f.overview.schools,
  },
  {
    key: 'overview.institutions',
    title: '校外培训机构覆盖率',
    unit: '家',
    definition: '分子为本期内至少接受一次督导检查的校外培训机构，分母为期末在册机构。',
    of: (f) => f.overview.institutions,
  },
  {
    key: 'overview.inspectors',
    title: '参加督学',
    unit: '人',
    definition: '本期督导检查的成员去重后的人数。',
    of: (f) => f.overview.inspectors,
  },
  {
    key: 'overview.sessions',
    title: '到校场次',
    unit: '场',
    definition: '一次检查分几个时段到校的，每个时段计一场。',
    of: (f) => f.overview.sessions,
  },
  {
    key: 'overview.met_rate',
    title: '要点达标率',
    unit: '项',
    definition: '分子为判为达标的答案，分母为判为达标或不达标的答案；不适用、未查和只作监测的要点不计。',
    of: (f) => ({ numerator: f.overview.answersMet, denominator: f.overview.answersJudged }),
  },
  {
    key: 'overview.issues',
    title: '新登记问题',
    unit: '个',
    definition: '本期登记进入问题台账的问题，不含自查问题和已归并、已撤销的问题。',
    of: (f) => sumBySeverity(f.overview.issuesRegistered),
  },
  {
    key: 'overview.issues_serious',
    title: '其中严重问题',
    unit: '个',
    definition: '新登记问题中，截止时刻等级为严重的。',
    of: (f) => f.overview.issuesRegistered.serious,
  },
  {
    key: 'overview.issues_major',
    title: '其中较重问题',
    unit: '个',
    definition: '新登记问题中，截止时刻等级为较重的。',
    of: (f) => f.overview.issuesRegistered.major,
  },
  {
    key: 'overview.issues_minor',
    title: '其中一般问题',
    unit: '个',
    definition: '新登记问题中，截止时刻等级为一般的。',
    of: (f) => f.overview.issuesRegistered.minor,
  },
  {
    key: 'overview.disputed',
    title: '申辩中或已撤销、不点名的问题',
    unit: '个',
    definition:
      '新登记问题中，截止时刻或锁定数据时申辩尚未办结，或截止时刻以后、锁定数据以前已撤销的；计入总数，不点名。',
    of: (f) => f.overview.disputed,
  },
  {
    key: 'overview.reminders',
    title: '现场提醒',
    unit: '项',
    definition: '检查不达标、经组长说明理由作现场提醒而未列入台账的要点。',
    of: (f) => f.overview.reminders,
  },
  {
    key: 'overview.resolved_on_site',
    title: '立行立改',
    unit: '个',
    definition: '本期登记并在现场改正、留有前后照片的问题。',
    of: (f) => f.overview.resolvedOnSite,
  },
  {
    key: 'overview.notices',
    title: '下发整改通知书',
    unit: '份',
    definition: '本期签发的整改通知书。',
    of: (f) => f.overview.notices,
  },
  {
    key: 'overview.notices_received',
    title: '整改通知书签收率',
    unit: '份',
    definition: '分子为截止时刻已签收的，分母为本期签发的整改通知书。',
    of: (f) => ({ numerator: f.overview.noticesReceived, denominator: f.overview.notices }),
  },
  {
    key: 'closeout.due',
    title: '本期应销号问题',
    unit: '个',
    definition: '原定整改期限落在本期内的问题，不含自查问题和已归并、已撤销的问题。',
    of: (f) => f.closeout.due,
  },
  {
    key: 'closeout.rate_original',
    title: '按原期限销号率',
    unit: '个',
    definition:
      '分子为在原定期限内申请并于截止时刻前销号的，分母为本期应销号问题；督导机构核验、审批所用时间不计入逾期。',
    of: (f) => ({ numerator: f.closeout.closedByOriginal, denominator: f.closeout.due }),
  },
  {
    key: 'closeout.rate_extended',
    title: '含延期的按期销号率',
    unit: '个',
    definition: '分子为在原定期限或批准延长的期限内申请并于截止时刻前销号的，分母为本期应销号问题。',
    of: (f) => ({
      numerator: f.closeout.closedByOriginal + f.closeout.closedByExtended,
      denominator: f.closeout.due,
    }),
  },
  {
    key: 'closeout.rate_closed',
    title: '销号率',
    unit: '个',
    definition: '分子为截止时刻前已销号的（含逾期后销号），分母为本期应销号问题。',
    of: (f) => ({
      numerator: f.closeout.closedByOriginal + f.closeout.closedByExtended + f.closeout.closedLate,
      denominator: f.closeout.due,
    }),
  },
  {
    key: 'closeout.closed_late',
    title: '逾期后销号',
    unit: '个',
    definition: '本期应销号问题中，过了期限才申请、截止时刻前已销号的。',
    of: (f) => f.closeout.closedLate,
  },
  {
    key: 'closeout.open',
    title: '未逾期未销号',
    unit: '个',
    definition:
      '本期应销号问题中，截止时刻未销号而单位未逾期的，即期限未到或已延长，或已按期申请、等待核验和审批，或申辩、移交正在办理。',
    of: (f) => f.closeout.open,
  },
  {
    key: 'closeout.open_overdue',
    title: '逾期未销号',
    unit: '个',
    definition: '本期应销号问题中，截止时刻已过期限而未销号的。',
    of: (f) => f.closeout.openOverdue,
  },
  {
    key: 'closeout.closed_in_period',
    title: '本期销号',
    unit: '个',
    definition: '本期内销号的全部问题，不论何时到期。',
    of: (f) => f.closeout.closedInPeriod,
  },
  {
    key: 'closeout.returned',
    title: '退回重改',
    unit: '次',
    definition: '本期内核验或审批时退回的次数。',
    of: (f) => f.closeout.returned,
  },
  {
    key: 'closeout.extensions',
    title: '批准延期',
    unit: '次',
    definition: '本期内批准延长整改期限的次数。',
    of: (f) => f.closeout.extensionsGranted,
  },
  {
    key: 'closeout.recurrences',
    title: '认定反弹',
    unit: '个',
    definition: '本期内经人工认定为销号后十二个月内同因再现的问题。',
    of: (f) => f.closeout.recurrencesConfirmed,
  },
  {
    key: 'closeout.found_again',
    title: '再次查见',
    unit: '次',
    definition: '本期检查中再次查见、并入原有未销号问题的次数，不另行登记。',
    of: (f) => f.closeout.foundAgain,
  },
  {
    key: 'closeout.withdrawn',
    title: '撤销',
    unit: '个',
    definition: '本期内经申辩采纳或复核撤销的问题。',
    of: (f) => f.closeout.withdrawn,
  },
  {
    key: 'ledger.open',
    title: '期末未销号问题',
    unit: '个',
    definition: '截止时刻台账中尚未销号的全部问题，不含自查问题。',
    of: (f) => f.ledger.open,
  },
  {
    key: 'ledger.overdue',
    title: '期末逾期问题',
    unit: '个',
    definition: '期末未销号问题中，责任在被督导单位且已过期限的。',
    of: (f) => f.ledger.overdue,
  },
  {
    key: 'ledger.office_overdue',
    title: '督导机构超时事项',
    unit: '个',
    definition: '期末未销号问题中，等待核验、审批或申辩处理并已超过督导机构办理时限的。',
    of: (f) => f.ledger.officeOverdue,
  },
  {
    key: 'escalations.taken',
    title: '升级处理',
    unit: '次',
    definition: '本期内提醒、催办、督办、约谈、通报、问责的次数。',
    of: (f) => f.escalations.length,
  },
  {
    key: 'late.visits',
    title: '补录检查',
    unit: '次',
    definition: '在上一截止时刻前到访、其后才上传的检查；计入本期，不改动已印发的通报。',
    of: (f) => f.lateVisits.length,
  },
];

type Measurement = Pick<CircularFacts['measurements'][number], 'metric' | 'title' | 'band'>;
/** `measurement.sleep_hours_avg`, with its band `measurement.sleep_hours_avg.小学`: what the keys of its figures begin with. */
export const measurementKey = ({ metric, band }: Omit<Measurement, 'title'>): string =>
  `measurement.${metric}${band === null ? '' : `.${band}`}`;
/** `平均睡眠时长（小学）`. */
export const measurementTitle = ({ title, band }: Omit<Measurement, 'metric'>): string =>
  band === null ? title : `${title}（${band}）`;

/** The figures of the circular in the table's order, followed by those of each category and indicator. */
export function figuresOf(facts: CircularFacts): Figure[] {
  const fixed = CIRCULAR_FIGURES.map(({ of, ...row }) => figure(row, of(facts)));
  const categories = facts.categories.flatMap((c) => [
    figure(
      {
        key: `category.${c.category}.met_rate`,
        title: `${c.title}：要点达标率`,
        unit: '项',
        definition: '该类要点中，分子为判为达标的答案，分母为判为达标或不达标的答案。',
      },
      { numerator: c.met, denominator: c.judged },
    ),
    figure(
      {
        key: `category.${c.category}.issues`,
        title: `${c.title}：新登记问题`,
        unit: '个',
        definition: '本期登记进入台账的该类问题。',
      },
      sumBySeverity(c.issues),
    ),
  ]);
  const measurements = facts.measurements.flatMap((m) => {
    const [key, title] = [measurementKey(m), measurementTitle(m)];
    const definition = '本期检查记录的数值；监测指标只通报，不作为考核达标线。';
    const rows: Figure[] = [
      figure({ key: `${key}.n`, title: `${title}：样本`, unit: '个', definition }, m.n),
    ];
    if (m.ratio) rows.push(figure({ key: `${key}.ratio`, title, unit: m.unit, definition }, m.ratio));
    if (m.mean !== null) {
      rows.push(figure({ key: `${key}.mean`, title: `${title}：均值`, unit: m.unit, definition }, m.mean));
    }
    if (m.withinLimit) {
      const within = '分子为在限值以内的数值个数，分母为参加判定的数值个数。';
      rows.push(
        figure(
          { key: `${key}.within_limit`, title: `${title}：合限率`, unit: '个', definition: within },
          m.withinLimit,
        ),
      );
    }
    return rows;
  });
  return [...fixed, ...categories, ...measurements];
}

function figure(row: Omit<FigureRow, 'of'>, result: number | Rate): Figure {
  return typeof result === 'number' ? { ...row, value: result } : { ...row, ...result };
}
