/**
 * The supervision order 督办单 of one matter, in its colour: blue, orange or red. The colour is also said in words and by
 * filled squares, so that a black-and-white copy tells the same.
 */
import { SEVERITY_TITLES } from '#rules/circular.js';
import type { Opinion } from '#rules/closure.js';
import { dayText } from '#rules/local-date.js';
import {
  ORDER_COLOURS,
  type OrderColour,
  type OrderContent,
  type OrderStep,
  stepsAbove,
} from '#rules/orders.js';
import { type Field, rows, signedField, toSign } from './forms/rows.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { type Flow, newPage } from './page/flow.js';
import { AREA, AREA_RIGHT, baseline, LINE, SIZE } from './page/geometry.js';
import { documentNumberText } from './page/header.js';
import { widthOf } from './page/line-breaking.js';
import { closeSheet, drawGlyphs, drawRule, drawText, openSheet, type Sheet } from './page/sheet.js';
import { drawTitle } from './page/title.js';

export interface OrderDocument extends OrderContent {
  demo: boolean;
  issuer: string;
  number: string;
  step: OrderStep;
  colour: OrderColour;
  issuedOn: string;
  /** Local date by which the matter must be settled; null where nobody named one. */
  completeBy: string | null;
  /** What the unit reported after the order, and how the matter ended; null as long as it is not known. */
  feedback: Opinion | null;
  settled: Opinion | null;
}

/** Dark enough to be read on white, and to stay apart from the text on a copy. */
const INK: Record<OrderColour, string> = {
  blue: '0.05 0.28 0.63',
  orange: '0.85 0.4 0',
  red: '0.8 0.06 0.06',
};

/** The same order gives the same bytes. */
export async function renderOrderPdf(order: OrderDocument): Promise<Buffer> {
  const sheet = openSheet({
    title: `督办单 ${order.number}`,
    author: order.issuer,
    date: `${order.issuedOn}T00:00:00Z`,
    marks: marksOf([order.demo, DEMO_MARK]),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawHead(flow, order);
  rows(flow, [...matter(order), ...demands(sheet, order)], TYPE);
  newPage(flow);
  drawReply(flow, order);
  return closeSheet(sheet);
}

/** A little smaller than other forms: the order with its seal stays on one page. */
const TYPE = { size: 11.5, pitch: 17.5 };
const BAR = 7;

/** Office and title in the colour between two bars, the grade in words at the left and the number at the right. */
function drawHead(flow: Flow, { colour, issuer, number }: OrderDocument): void {
  const { sheet } = flow;
  const color = INK[colour];
  const { title, meaning, mark } = ORDER_COLOURS[colour];
  drawRule(sheet, AREA.left, flow.y + BAR / 2, AREA_RIGHT, flow.y + BAR / 2, BAR, color);
  flow.y += BAR + 12;
  for (const [text, largest] of [
    [issuer, SIZE.third],
    [`教育督导${title}督办单`, 28],
  ] as const) {
    const glyphs = sheet.shape('title', text);
    const size = Math.min(largest, AREA.width / Math.max(1, widthOf(glyphs, 1)));
    const pitch = largest * 1.5;
    const x = AREA.left + (AREA.width - widthOf(glyphs, size)) / 2;
    drawGlyphs(sheet, glyphs, x, baseline(flow.y, size, pitch), { size, color });
    flow.y += pitch;
  }
  flow.y += 4;
  const base = baseline(flow.y, SIZE.smallFourth, 22);
  const ink = { face: 'hei', size: SIZE.smallFourth } as const;
  const used = drawText(sheet, `督办等级：${title}（${meaning}）`, AREA.left, base, ink);
  drawText(sheet, mark, AREA.left + used + 6, base, { ...ink, face: 'song', color });
  drawText(sheet, documentNumberText(number), AREA_RIGHT, base, { ...ink, face: 'fang', align: 'right' });
  flow.y += 24;
  drawRule(sheet, AREA.left, flow.y - 1, AREA_RIGHT, flow.y - 1, 1.5, color);
  flow.y += LINE / 4;
}

const date = (on: string | null): string => (on === null ? '—' : dayText(on));

function matter(order: OrderDocument): Field[][] {
  const pair = (...fields: [string, string][]): Field[] => fields.map(([label, value]) => ({ label, value }));
  const facts = [
    order.finding,
    order.standardValue && `标准值：${order.standardValue}`,
    order.measuredValue && `实测值：${order.measuredValue}`,
    order.basis && `依据：${order.basis}`,
  ];
  const overdue = order.daysOverdue > 0 ? `，已逾期${order.daysOverdue}天` : '';
  return [
    pair(['督办对象', order.unitName], ['督学责任区', order.zone ?? '—']),
    pair(['问题编号', order.issueNumber], ['整改通知书', order.noticeNumber ?? '—']),
    pair(['问题类别', order.category], ['问题等级', `${SEVERITY_TITLES[order.severity]}${overdue}`]),
    [{ label: '督办事项', value: facts.filter(Boolean).join('\n'), atLeast: 2 }],
    [{ label: '整改要求', value: order.requirements ?? '—' }],
    pair(['原定期限', date(order.originalDueOn)], ['现期限', date(order.dueOn)]),
    ...(order.earlier.length > 0
      ? [
          [
            {
              label: '前期督促',
              value: order.earlier
                .map((one) => `${dayText(one.on)}${one.title}（${one.by}）：${one.note}`)
                .join('\n'),
            },
          ],
        ]
      : []),
  ];
}

/** What the office says, what is asked by when and what follows if not, with room for the seal over office and date. */
function demands(sheet: Sheet, order: OrderDocument): Field[][] {
  const signed = `签发人：${order.signedBy}　${dayText(order.issuedOn)}`;
  const talk = '约谈时间：　　　　年　　月　　日　　时　　约谈地点：\n约谈对象：单位主要负责人';
  const seal = ['　', '　', `${order.issuer}（盖章）`, dayText(order.issuedOn)];
  return [
    [signedField(sheet, '督办意见', order.note, [signed], 2, TYPE)],
    ...(order.step === 'interview' ? [[{ label: '约谈安排', value: talk }]] : []),
    [signedField(sheet, '办结要求', demandText(order), seal, 2, TYPE)],
  ];
}

function demandText(order: OrderDocument): string {
  const until = order.completeBy ? `请于${dayText(order.completeBy)}前办结` : '请立即办结';
  const above = stepsAbove(order.step);
  return (
    `${until}，并向${order.issuer}报告办理结果。确实难以如期办结的，应当在上述期限内书面报告进展和原因。` +
    `逾期仍未办结的，将按照督办程序采取进一步措施${above ? `（${above}）` : ''}。`
  );
}

/** The sheet that comes back: who took the order, what was done, how the matter ended. It can be read without the order. */
function drawReply(flow: Flow, order: OrderDocument): void {
  const { sheet } = flow;
  const { feedback, settled } = order;
  drawTitle(flow, `督办事项办理反馈单（${ORDER_COLOURS[order.colour].title}）`, order.issuer, 18);
  flow.y += LINE / 4;
  const completeBy = order.completeBy ? `${dayText(order.completeBy)}前` : '立即办结';
  rows(flow, [
    [
      { label: '督办单编号', value: documentNumberText(order.number) },
      { label: '签发日期', value: dayText(order.issuedOn) },
    ],
    [
      { label: '督办对象', value: order.unitName },
      { label: '办结期限', value: completeBy },
    ],
    [
      { label: '问题编号', value: order.issueNumber },
      { label: '问题类别', value: order.category },
    ],
    [
      { label: '签收人', value: '' },
      { label: '签收日期', value: '　　　　年　　月　　日' },
    ],
    [signedField(sheet, '办理情况', feedback?.text ?? '', [signature('单位负责人', feedback)], 8)],
    [signedField(sheet, '审结意见', settled?.text ?? '', [signature('审结人', settled)], 5)],
  ]);
}

const signature = (role: string, by: Opinion | null): string =>
  by ? `${by.role ?? role}：${by.by}　${dayText(by.on)}` : toSign(role);
