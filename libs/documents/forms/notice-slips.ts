/** The stub 存根 that the office keeps and the receipt 送达回证 that comes back: each can be read without the other. */
import { dayText } from '#rules/local-date.js';
import { NOTICE_TITLE, type NoticeDocument, severityCounts } from '../notice-content.js';
import { remark, remarkHeight } from '../page/body.js';
import type { Flow } from '../page/flow.js';
import { AREA, LINE, SIZE } from '../page/geometry.js';
import type { Type } from '../page/grid.js';
import { documentNumberText } from '../page/header.js';
import { addPage } from '../page/sheet.js';
import { drawTitle, titleHeight } from '../page/title.js';
import { CUT_HEIGHT, drawCut } from './cut.js';
import { type Field, FORM, rows, rowsHeight } from './rows.js';

const BLANK_DATE = '　　　　年　　月　　日';

/** The type of the form, and smaller ones for names so long that the two would not share the sheet. */
const TYPES: Type[] = [FORM, { size: SIZE.fifth, pitch: 15 }, { size: SIZE.smallFifth, pitch: 13 }];

/**
 * Both on a sheet of their own, which is cut apart: never on the back of the letter. The number stands across the cut. What
 * fits on one sheet in no type goes on two, each slip whole.
 */
export function drawStubAndReceipt(flow: Flow, notice: NoticeDocument): void {
  const number = documentNumberText(notice.number);
  const slips = noticeSlips(notice);
  if (flow.sheet.page % 2 === 1) addPage(flow.sheet, { numbered: false });
  addPage(flow.sheet, { numbered: false });
  flow.y = AREA.top;
  const heightIn = (type: Type, of: Slip[]): number =>
    of.reduce((sum, slip) => sum + slipHeight(flow, notice.issuer, slip, type), 0);
  const shared = TYPES.find((type) => heightIn(type, slips) + CUT_HEIGHT <= AREA.height);
  slips.forEach((slip, index) => {
    const own = TYPES.find((type) => heightIn(type, [slip]) <= AREA.height);
    if (index > 0 && shared) drawCut(flow, `${number}（骑缝）`);
    if (index > 0 && !shared) {
      addPage(flow.sheet, { numbered: false });
      flow.y = AREA.top;
    }
    drawTitle(flow, slip.title, notice.issuer, SIZE.third);
    flow.y += UNDER_TITLE;
    rows(flow, slip.fields, shared ?? own);
    remark(flow, slip.remark);
  });
}

const UNDER_TITLE = LINE / 4;

const slipHeight = (flow: Flow, issuer: string, { title, fields, remark: text }: Slip, type: Type): number =>
  titleHeight(flow, title, issuer, SIZE.third) +
  UNDER_TITLE +
  rowsHeight(flow, fields, type) +
  remarkHeight(flow, text);

interface Slip {
  title: string;
  fields: Field[][];
  remark: string;
}

/** What the two say, the stub first. */
export function noticeSlips(notice: NoticeDocument): Slip[] {
  const number = documentNumberText(notice.number);
  return [
    {
      title: `${NOTICE_TITLE}（存根）`,
      fields: stub(notice, number),
      remark: '本联由制发机关留存归档。',
    },
    {
      title: `${NOTICE_TITLE}送达回证`,
      fields: receipt(notice, number),
      remark: '受送达单位签收后，本联退回制发机关归档。拒绝签收的，由送达人在备注栏写明情况。',
    },
  ];
}

function stub(notice: NoticeDocument, number: string): Field[][] {
  const days = notice.lines.map(({ dueOn }) => dueOn).sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return [
    [
      { label: '文书编号', value: number },
      { label: '制发日期', value: dayText(notice.issuedOn) },
    ],
    [{ label: '受送达单位', value: notice.unitName }],
    [
      { label: '督导日期', value: notice.inspectedOn ? dayText(notice.inspectedOn) : '—' },
      { label: '督导类型', value: notice.inspectionKind ?? '—' },
    ],
    [{ label: '检查人员', value: notice.inspectors.join('、') || '—' }],
    [{ label: '问题数量', value: `${notice.lines.length}个（${severityCounts(notice.lines)}）` }],
    [
      {
        label: '整改期限',
        value: first === last ? `${dayText(first)}前` : `最早${dayText(first)}前，最晚${dayText(last)}前`,
      },
    ],
    [
      { label: '签发人', value: notice.signedBy },
      { label: '经办人', value: '' },
    ],
  ];
}

function receipt({ receipt: given, refusal, ...notice }: NoticeDocument, number: string): Field[][] {
  const signed = given === null ? '' : given.refused ? `${given.receivedBy}（拒绝签收）` : given.receivedBy;
  return [
    [
      { label: '文书名称', value: NOTICE_TITLE },
      { label: '文书编号', value: number },
    ],
    [{ label: '受送达单位', value: notice.unitName }],
    [
      { label: '送达方式', value: notice.servedOn ? '督导平台送达' : '' },
      { label: '送达日期', value: notice.servedOn ? dayText(notice.servedOn) : BLANK_DATE },
    ],
    [
      { label: '签收人\n（签章）', value: signed, atLeast: 2 },
      { label: '签收日期', value: given ? dayText(given.receivedOn) : BLANK_DATE, atLeast: 2 },
    ],
    [
      { label: '签发人', value: notice.signedBy },
      { label: '送达人', value: '' },
    ],
    [{ label: '备注', value: remarks(given, refusal), atLeast: 2 }],
  ];
}

/** What the refusal was, where there was one before the receipt, and then what was noted at the receipt. */
function remarks(given: NoticeDocument['receipt'], refusal: NoticeDocument['refusal']): string {
  const refused = refusal
    ? `${dayText(refusal.refusedOn)}，${refusal.receivedBy}拒绝签收（${refusal.recordedBy}登记）${refusal.note ? `：${refusal.note}` : ''}`
    : '';
  return [refused, given?.note ?? ''].filter(Boolean).join('\n');
}
