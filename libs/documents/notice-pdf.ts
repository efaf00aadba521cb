/**
 * The rectification notice 整改通知书 of one visit: a letter with a line for each problem, the right to object and how to
 * ask for more time; then the stub 存根 and the receipt 送达回证 on a sheet of their own, to be cut apart.
 */
import { dayText } from '#rules/local-date.js';
import { openLetter } from './forms/letter.js';
import { drawStubAndReceipt } from './forms/notice-slips.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { noticeBlocks } from './notice-blocks.js';
import { NOTICE_TITLE, type NoticeDocument } from './notice-content.js';
import { drawBlocks } from './page/blocks.js';
import { type Flow, paragraph } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { documentNumberText } from './page/header.js';
import { closeSheet, openSheet } from './page/sheet.js';
import { closingHeight, drawSignature } from './page/signature.js';
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
  drawBlocks(flow, noticeBlocks(notice), { reserve: closingHeight(0) });
  drawSignature(flow, notice.issuer, dayText(notice.issuedOn));
  drawStubAndReceipt(flow, notice);
  return closeSheet(sheet);
}
