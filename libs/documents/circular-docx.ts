/** The monthly circular as a file to go on editing in WPS or Word: the words and tables of the PDF, in the same format. */

import type { CircularImprint } from '#rules/circular.js';
import { type CircularSnapshot, circularTitle, groupedHash, shortHash } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { attachmentTitles, circularAttachments, sourceRemark } from './circular/attachments.js';
import { circularSections } from './circular/sections.js';
import { blocksXml } from './docx/blocks.js';
import { type ChartBlock, chartsIn } from './docx/chart.js';
import { docxBytes } from './docx/file.js';
import { attachmentHead, attachmentNote, imprint, redHead, signature, titleXml } from './docx/letter.js';
import { ems, HEIGHT, WIDTH } from './docx/measures.js';
import type { Sections } from './docx/sections.js';
import { paragraph, run } from './docx/xml.js';
import { DEMO_MARK, DRAFT_MARK, marksOf } from './marks.js';
import type { Block } from './page/blocks.js';
import { documentNumberText } from './page/header.js';

/** The same snapshot and meta give the same bytes. */
export function renderCircularDocx(snapshot: CircularSnapshot, meta: CircularImprint): Promise<Buffer> {
  const text = circularSections(snapshot, meta.narrative, meta.annexes);
  const annexes = circularAttachments(snapshot, meta.annexes);
  const charts = chartsIn([...text, ...annexes.flatMap(({ blocks }) => blocks)]);
  return docxBytes(
    {
      title: circularTitle(snapshot),
      author: snapshot.issuer,
      date: snapshot.cutoff,
      marks: marksOf([snapshot.demo, DEMO_MARK], [meta.draft, DRAFT_MARK]),
      charts,
    },
    (sections) => body({ snapshot, meta, text, annexes, charts }, sections),
  );
}

interface Content {
  snapshot: CircularSnapshot;
  meta: CircularImprint;
  text: Block[];
  annexes: ReturnType<typeof circularAttachments>;
  charts: ChartBlock[];
}

function* body({ snapshot, meta, text, annexes, charts }: Content, sections: Sections): Generator<string> {
  const { issuer } = snapshot;
  const number = meta.documentNumber ? documentNumberText(meta.documentNumber) : '（未编号）';
  yield redHead(snapshot.heading, number);
  yield titleXml(circularTitle(snapshot), issuer);
  const addressed = meta.recipients.length > 0 ? `${meta.recipients.join('、')}：` : '';
  const tooMany = ems(addressed) > MOST_ADDRESSED;
  if (addressed !== '' && !tooMany) yield paragraph('Recipient', run(addressed));
  yield* blocksXml(text, { closing: true, charts });
  yield attachmentNote(attachmentTitles(meta.annexes));
  const date = meta.issuedOn ? dayText(meta.issuedOn) : '';
  // A section ends where the paper is turned, and before the imprint.
  const sectionAfter = (index: number): string | undefined => {
    const turned = annexes[index]?.turned ?? false;
    const next = annexes[index + 1];
    if (next && next.turned === turned) return undefined;
    return turned ? sections.turned : sections.text;
  };
  yield signature(issuer, date === '' ? '　　　年　月　日' : date, sectionAfter(-1));
  const told = [sourceRemark(snapshot, meta.hash), purpose(meta)];
  const withFigures = meta.annexes.includes('figures');
  for (const [index, { label, title, turned, blocks }] of annexes.entries()) {
    const width = turned ? HEIGHT : WIDTH;
    yield attachmentHead(label, title, width);
    const under: Block[] = withFigures && index === annexes.length - 1 ? [{ kind: 'gap' }, ...told] : [];
    yield* blocksXml([...blocks, ...under], { width, charts });
    const section = sectionAfter(index);
    if (section) yield paragraph('Anchor', '', { section });
  }
  yield imprint({
    recipients: tooMany ? meta.recipients : [],
    copies: meta.copyRecipients,
    office: issuer,
    date,
    // It belongs to the figures; without their annex it stands over the imprint, never under the signature.
    over: withFigures ? '' : [...blocksXml(told)].join(''),
  });
  yield sections.imprint;
}

/** Characters of 主送机关 beyond which the first page would show no text: they go into the imprint (7.3.2). */
const MOST_ADDRESSED = 5 * 28;

const purpose = ({ hash }: CircularImprint): Block => ({
  kind: 'remark',
  text: `本文件供修改文字使用，图按数据快照绘制，不随修改变化；正式文本以系统生成的PDF文件为准（数据快照短码：${groupedHash(shortHash(hash))}）。`,
});
