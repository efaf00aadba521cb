/** 附件3: every figure with its definition, categories, monitoring values and late visits. */
import { type CircularSnapshot, rate } from '#rules/circular.js';
import type { Block } from '../page/blocks.js';
import { chartBlock, circularCharts } from './charts.js';
import { SMALL, shortDate } from './named.js';
import { categoryTable, figureCells } from './sections.js';

export function figureTables(snapshot: CircularSnapshot): Block[] {
  return [
    { kind: 'caption', text: '（一）指标与口径' },
    {
      kind: 'table',
      columns: [
        { title: '指标', width: 92 },
        { title: '数值（分子/分母）', width: 94, align: 'center' },
        { title: '比率', width: 64, align: 'center' },
        { title: '口径', width: 192 },
      ],
      rows: snapshot.figures
        .filter(({ key }) => !key.startsWith('category.') && !key.startsWith('measurement.'))
        .map((figure) => [figure.title, ...figureCells(figure), figure.definition]),
      type: SMALL,
    },
    { kind: 'gap' },

    { kind: 'caption', text: '（二）各类要点' },
    categoryTable(snapshot),
    { kind: 'gap' },

    { kind: 'caption', text: '（三）监测数值' },
    {
      kind: 'table',
      columns: [
        { title: '指标', width: 88 },
        { title: '学段', width: 62, align: 'center' },
        { title: '样本', width: 32, align: 'center' },
        { title: '最小', width: 36, align: 'center' },
        { title: '均值', width: 40, align: 'center' },
        { title: '最大', width: 36, align: 'center' },
        { title: '单位', width: 48, align: 'center' },
        { title: '限值', width: 58, align: 'center' },
        { title: '合限率／占比', width: 92, align: 'center' },
      ],
      rows: snapshot.measurements.map((m) => [
        m.title,
        m.band ?? '—',
        String(m.n),
        value(m.min),
        value(m.mean),
        value(m.max),
        m.unit,
        m.limit ?? '监测',
        m.withinLimit ? rate(m.withinLimit) : m.ratio ? rate(m.ratio) : '—',
      ]),
      none: '本期检查没有记录监测数值。',
      type: SMALL,
    },
    ...(snapshot.measurements.length > 0
      ? [
          {
            kind: 'remark',
            text: '限值栏为“监测”的指标只通报，不判定，不作为考核达标线。样本不足10的，不列最小、均值、最大。',
          } satisfies Block,
        ]
      : []),
    ...chartBlock(circularCharts(snapshot).homework),
    ...(snapshot.lateVisits.length > 0
      ? [
          { kind: 'gap' } satisfies Block,
          { kind: 'caption', text: '（四）补录检查' } satisfies Block,
          {
            kind: 'table',
            columns: [
              { title: '单位', width: 160, repeat: true },
              { title: '检查日期', width: 70, align: 'center' },
              { title: '上传时间', width: 90, align: 'center' },
              { title: '类型', width: 60, align: 'center' },
              { title: '登记问题', width: 60, align: 'center' },
            ],
            rows: snapshot.lateVisits.map((v) => [
              v.unit.name,
              shortDate(v.inspectedOn, snapshot.period),
              `${shortDate(v.submittedAt.slice(0, 10), snapshot.period)} ${v.submittedAt.slice(11)}`,
              v.kindTitle,
              `${v.issues}个`,
            ]),
            type: SMALL,
          } satisfies Block,
        ]
      : []),
  ];
}

const value = (amount: number | null): string =>
  amount === null ? '—' : String(Math.round(amount * 100) / 100);
