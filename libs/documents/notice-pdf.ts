/**
 * The rectification notice 整改通知书 of one visit: a letter with a line for each problem, the right to object and how to
 * ask for more time; then the stub 存根 and the receipt 送达回证 on a sheet of their own, to be cut apart.
 */
import { chineseDate, SEVERITY_TITLES } from '#rules/circular.js';
import { openLetter } from './forms/letter.js';
import { drawStubAndReceipt } from './forms/notice-slips.js';
import { NOTICE_TITLE, type NoticeDocument, noticeOpening, noticeSections } from './notice-content.js';
import { body, heading } from './page/body.js';
import { type Flow, paragraph } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { documentNumberText } from './page/header.js';
import { closeSheet, DEMO_MARK, marksOf, openSheet } from './page/sheet.js';
import { closingHeight, drawSignature } from './page/signature.js';
import { type Column, table } from './page/table.js';
import { drawTitle } from './page/title.js';

export type { NoticeDocument, NoticeLine } from './notice-content.js';

/** The same notice gives the same bytes. */
export async function renderNoticePdf(notice: NoticeDocument): Promise<Buffer> {
  const sheet = openSheet({
    title: `${NOTICE_TITLE} ${notice.number}`,
    author: notice.issuer,
    date: `${notice.issuedOn}T00:00:00Z`,
    marks: marksOf([notice.demo, DEMO_MARK]),
  });
  const flow: Flow = { sheet, y: 0 };
  openLetter(flow, notice.issuer, documentNumberText(notice.number));
  drawTitle(flow, NOTICE_TITLE);
  flow.y += LINE / 2;
  paragraph(flow, [{ face: 'fang', text: `${notice.unitName}：` }], { indent: 0 });
  body(flow, noticeOpening(notice));
  heading(flow, '一、存在的问题和整改期限');
  table(flow, columnsOf(notice), rowsOf(notice));
  flow.y += LINE / 2;
  for (const [i, section] of noticeSections(notice).entries()) {
    heading(flow, `${'二三四'[i]}、${section.title}`);
    const last = i === 2;
    body(flow, section.text, last ? { reserve: closingHeight(0) } : {});
  }
  drawSignature(flow, notice.issuer, chineseDate(notice.issuedOn));
  drawStubAndReceipt(flow, notice);
  return closeSheet(sheet);
}

/** A column of requirements only where the problems have their own. */
function columnsOf({ lines }: NoticeDocument): Column[] {
  const own = lines.some((line) => line.requirement !== null);
  return [
    { title: '序号', width: 28, align: 'center', repeat: true },
    { title: '问题事实和依据', width: own ? 158 : 206 },
    { title: '标准值', width: own ? 62 : 74 },
    { title: '实测值', width: own ? 56 : 66 },
    ...(own ? [{ title: '整改要求', width: 72 }] : []),
    { title: '整改期限', width: own ? 66 : 68, align: 'center' },
  ];
}

function rowsOf({ lines }: NoticeDocument): string[][] {
  const own = lines.some((line) => line.requirement !== null);
  return lines.map((line, index) => [
    String(index + 1),
    [
      line.finding,
      ...(line.basis ? [`依据：${line.basis}`] : []),
      `（${line.category}，${SEVERITY_TITLES[line.severity]}，${line.issueNumber}）`,
    ].join('\n'),
    line.standardValue ?? '—',
    line.measuredValue ?? '—',
    ...(own ? [line.requirement ?? '见第二部分'] : []),
    [
      line.modeTitle,
      `${chineseDate(line.dueOn)}前`,
      ...(line.milestones ?? []).map(({ on, text }) => `${chineseDate(on)}前：${text}`),
    ].join('\n'),
  ]);
}
