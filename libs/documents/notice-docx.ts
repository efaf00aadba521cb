/** The rectification notice as a file to go on editing in WPS or Word: the words of the PDF, as the same kind of letter. */
import { dayText } from '#rules/local-date.js';
import { blocksXml } from './docx/blocks.js';
import { docxBytes } from './docx/file.js';
import { formXml } from './docx/form.js';
import { signature, titleXml } from './docx/letter.js';
import { WIDTH } from './docx/measures.js';
import type { Sections } from './docx/sections.js';
import { paragraph, run } from './docx/xml.js';
import { noticeSlips } from './forms/notice-slips.js';
import { DEMO_MARK, marksOf } from './marks.js';
import { noticeBlocks } from './notice-blocks.js';
import { NOTICE_TITLE, type NoticeDocument } from './notice-content.js';
import { documentNumberText } from './page/header.js';

/** The same notice gives the same bytes. */
export function renderNoticeDocx(notice: NoticeDocument): Promise<Buffer> {
  return docxBytes(
    {
      title: `${NOTICE_TITLE} ${notice.number}`,
      author: notice.issuer,
      date: `${notice.issuedOn}T00:00:00Z`,
      marks: marksOf([notice.demo, DEMO_MARK]),
      letterhead: notice.issuer,
    },
    (sections) => body(notice, sections),
  );
}

function* body(notice: NoticeDocument, sections: Sections): Generator<string> {
  const number = documentNumberText(notice.number);
  yield paragraph('LetterNumber', run(number));
  yield titleXml(NOTICE_TITLE);
  yield paragraph('Recipient', run(`${notice.unitName}：`));
  yield* blocksXml(noticeBlocks(notice), { closing: true });
  yield signature(notice.issuer, dayText(notice.issuedOn), sections.letter);
  for (const [index, { title, fields, remark }] of noticeSlips(notice).entries()) {
    if (index > 0) yield cut(`${number}（骑缝）`);
    yield titleXml(title, notice.issuer, 'SlipTitle');
    yield formXml(fields);
    yield paragraph('Remark', run(remark));
  }
  yield paragraph('Remark', run('本文件供修改文字使用，正式文本以系统生成的PDF文件为准。'));
  yield sections.slips;
}

/** A line to cut along, the number across it. */
function cut(text: string): string {
  const tab = (kind: string, at: number): string =>
    `<w:tab w:val="${kind}" w:leader="hyphen" w:pos="${at}"/>`;
  return paragraph('Cut', `<w:r><w:tab/></w:r>${run(` ${text} `)}<w:r><w:tab/></w:r>`, {
    tabs: `<w:tabs>${tab('center', Math.round(WIDTH / 2))}${tab('right', WIDTH)}</w:tabs>`,
  });
}
