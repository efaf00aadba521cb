/** The rectification notice 整改通知书 of one visit: problems, deadlines, the right to object, and the receipt. */
import { chineseDate, SEVERITY_TITLES, type Severity } from '#rules/circular.js';
import { body, heading } from './page/body.js';
import { ensure, type Flow, newPage, paragraph } from './page/flow.js';
import { form } from './page/form.js';
import { AREA, BODY_TRACKING, baseline, LINE, mm, SIZE } from './page/geometry.js';
import { documentNumberText } from './page/header.js';
import { closeSheet, DEMO_MARK, drawRule, drawText, marksOf, openSheet } from './page/sheet.js';
import { closingHeight, drawSignature } from './page/signature.js';
import { table } from './page/table.js';
import { drawTitle } from './page/title.js';

export interface NoticeLine {
  issueNumber: string;
  category: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  severity: Severity;
  /** What this problem asks for; null where the notice's own requirements say it all. */
  requirement: string | null;
  /** Local date. */
  dueOn: string;
  /** `立行立改`, `限期整改`, `长期坚持`. */
  modeTitle: string;
}

export interface NoticeDocument {
  demo: boolean;
  /** The office that issues, e.g. `云溪区人民政府教育督导室`. */
  issuer: string;
  number: string;
  unitName: string;
  /** Local date and kind of the visit; null for issues that no visit found. */
  inspectedOn: string | null;
  inspectionKind: string | null;
  inspectors: string[];
  lines: NoticeLine[];
  /** Requirements to the unit as a whole. */
  requirements: string;
  signedBy: string;
  issuedOn: string;
  /** Working days within which the unit may object, counted from service. */
  objectionDays: number;
  servedOn: string | null;
  receipt: { receivedBy: string; receivedOn: string; refused: boolean; note: string | null } | null;
}

/** The same notice gives the same bytes. */
export async function renderNoticePdf(notice: NoticeDocument): Promise<Buffer> {
  const title = '教育督导整改通知书';
  const sheet = openSheet({
    title: `${title} ${notice.number}`,
    author: notice.issuer,
    date: `${notice.issuedOn}T00:00:00Z`,
    marks: marksOf([notice.demo, DEMO_MARK]),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawTitle(flow, title, notice.issuer);
  flow.y += LINE / 2;
  drawText(
    sheet,
    documentNumberText(notice.number),
    AREA.left + AREA.width / 2,
    baseline(flow.y, SIZE.third),
    {
      face: 'fang',
      size: SIZE.third,
      tracking: BODY_TRACKING,
      align: 'center',
    },
  );
  flow.y += 2 * LINE;
  paragraph(flow, [{ face: 'fang', text: `${notice.unitName}：` }], { indent: 0 });
  body(flow, opening(notice));
  heading(flow, '一、存在问题和整改期限');
  table(
    flow,
    [
      { title: '序号', width: 30, align: 'center', repeat: true },
      { title: '问题', width: 118 },
      { title: '标准、实测与依据', width: 96 },
      { title: '等级', width: 30, align: 'center' },
      { title: '整改要求', width: 80 },
      { title: '期限', width: 102, align: 'center' },
    ],
    notice.lines.map((line, index) => [
      String(index + 1),
      `${line.finding}\n（${line.category}，${line.issueNumber}）`,
      [
        line.standardValue && `标准：${line.standardValue}`,
        line.measuredValue && `实测：${line.measuredValue}`,
        line.basis && `依据：${line.basis}`,
      ]
        .filter(Boolean)
        .join('\n') || '—',
      SEVERITY_TITLES[line.severity],
      line.requirement ?? '见“二、整改要求”',
      `${line.modeTitle}\n${chineseDate(line.dueOn)}前`,
    ]),
  );
  flow.y += LINE / 2;
  heading(flow, '二、整改要求');
  body(flow, notice.requirements);
  body(
    flow,
    '整改完成后，请在期限内通过督导平台申请销号，并按要求提供佐证材料。确需延期的，应在期限届满前书面申请。',
  );
  heading(flow, '三、申辩权利');
  body(
    flow,
    `对本通知书所列问题有异议的，可在收到本通知书之日起${notice.objectionDays}个工作日内提出书面申辩，每个问题可申辩一次。申辩处理期间，整改期限相应顺延。`,
    { reserve: closingHeight(0) + LINE },
  );
  paragraph(flow, [{ face: 'fang', text: `签发人：${notice.signedBy}` }]);
  drawSignature(flow, notice.issuer, chineseDate(notice.issuedOn));
  drawReceipt(flow, notice);
  return closeSheet(sheet);
}

function opening(notice: NoticeDocument): string {
  const visit =
    notice.inspectedOn === null
      ? '经督导核查'
      : `${chineseDate(notice.inspectedOn)}，${notice.issuer}对你单位开展${notice.inspectionKind ?? '督导检查'}` +
        `${notice.inspectors.length > 0 ? `（检查人员：${notice.inspectors.join('、')}）` : ''}。经查`;
  return `${visit}，你单位存在${notice.lines.length}个问题。依据《教育督导条例》，现责令你单位按期整改。`;
}

/** 送达回执, kept on one page and divided from the notice by a line to cut along. */
function drawReceipt(flow: Flow, notice: NoticeDocument): void {
  ensure(flow, 230);
  flow.y += LINE;
  for (let x = AREA.left; x < AREA.left + AREA.width; x += mm(4)) {
    drawRule(flow.sheet, x, flow.y, Math.min(x + mm(2.4), AREA.left + AREA.width), flow.y, 0.5);
  }
  flow.y += LINE / 2;
  drawTitle(flow, '送达回执', undefined, SIZE.third + 2);
  const { receipt } = notice;
  form(flow, [
    {
      pairs: [
        ['文书名称', '教育督导整改通知书'],
        ['文书编号', documentNumberText(notice.number)],
      ],
    },
    { pairs: [['受送达单位', notice.unitName]] },
    {
      pairs: [
        ['送达日期', notice.servedOn ? chineseDate(notice.servedOn) : ''],
        ['签发人', notice.signedBy],
      ],
    },
    {
      pairs: [
        ['签收人', receipt ? `${receipt.receivedBy}${receipt.refused ? '（拒绝签收）' : ''}` : ''],
        ['签收日期', receipt ? chineseDate(receipt.receivedOn) : ''],
      ],
    },
    { pairs: [['备注', receipt?.note ?? '']], atLeast: 2 },
  ]);
}
