/** The cover: what the workbook is, of whom, as of when, how to prove it, where to look, what each figure means. */

import type { CircularImprint } from '#rules/circular.js';
import { type CircularSnapshot, circularTitle } from '#rules/circular.js';
import { dayText, minuteText } from '#rules/local-date.js';
import { documentNumberText } from '../../page/header.js';
import type { ListSheet } from '../../workbook/list.js';
import type { PageCell, PageSheet } from '../../workbook/sheets.js';
import { COVER, extent } from './lists.js';

export function coverPage(
  snapshot: CircularSnapshot,
  meta: CircularImprint,
  marks: string[],
  overview: string,
  lists: readonly ListSheet[],
): PageSheet {
  return {
    name: COVER,
    widths: [26, 92],
    rows: [
      [{ text: circularTitle(snapshot), look: 'title' }],
      [{ text: marks.join('　·　'), look: 'mark' }],
      ...facts(snapshot, meta),
      [],
      head('工作表', '内容'),
      [
        { text: overview, look: 'link', to: overview },
        { text: '主要指标，以及由各表数据绘制的图', look: 'wrapped' },
      ],
      ...lists.map((list): PageCell[] => [
        { text: list.name, look: 'link', to: list.name },
        { text: `${extent(list)}：${list.columns.map((c) => c.title).join('、')}`, look: 'wrapped' },
      ]),
      [],
      head('指标', '口径'),
      ...snapshot.figures
        .filter(({ key }) => !/^(category|measurement|homework)\./.test(key))
        .map((figure) => pair(figure.title, figure.definition)),
    ],
  };
}

function facts(snapshot: CircularSnapshot, meta: CircularImprint): PageCell[][] {
  const { generatedFrom, corrects } = snapshot;
  const { verify } = meta;
  return [
    pair('区县', `${snapshot.district.name}（${snapshot.district.code}）`),
    pair('发文机关', snapshot.issuer),
    pair('发文字号', meta.documentNumber ? documentNumberText(meta.documentNumber) : '（未编号）'),
    pair('成文日期', meta.issuedOn ? dayText(meta.issuedOn) : '（未印发）'),
    pair('主送', meta.recipients.join('、') || '—'),
    ...(corrects
      ? [pair('更正', `${documentNumberText(corrects.documentNumber)}《${corrects.title}》`)]
      : []),
    pair('统计期', `${dayText(snapshot.periodStart)}至${dayText(snapshot.periodEnd)}`),
    pair('数据截止', `${minuteText(snapshot.cutoffLocal)}（${snapshot.cutoff}）`),
    pair(
      '数据来源',
      `督导检查${generatedFrom.inspections}次，答案${generatedFrom.answers}项，台账问题${generatedFrom.issues}个，记录${generatedFrom.events}条`,
    ),
    pair('快照摘要（SHA-256）', meta.hash),
    ...(verify
      ? [
          pair('短摘要', verify.shortHash),
          [
            { text: '核验网址', look: 'head' } as PageCell,
            /^https?:\/\//.test(verify.url)
              ? ({ text: verify.url, look: 'link', url: verify.url } as PageCell)
              : ({ text: verify.url, look: 'wrapped' } as PageCell),
          ],
        ]
      : []),
    pair(
      '比率',
      '比率由分子、分母算出；分母不足10的不列比率，样本不足10的不列最小、均值、最大。申辩中或锁定数据前已撤销的问题计入总数，不点名；自查问题不计入。',
    ),
    pair('合计', '各表末行为筛选后所见各行的合计，随筛选变化；“指标”表的“复核”由公式重数明细得出。'),
  ];
}

const head = (...texts: string[]): PageCell[] => texts.map((text) => ({ text, look: 'head' }));
const pair = (name: string, text: string): PageCell[] => [
  { text: name, look: 'head' },
  { text, look: 'wrapped' },
];
