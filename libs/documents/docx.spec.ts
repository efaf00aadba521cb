/** The editable circular and notice, read back by programs that did not write them. */

import type { CircularImprint } from '#rules/circular.js';
import { SEVERITY_TITLES } from '#rules/circular.js';
import { renderCircularDocx } from './circular-docx.js';
import { renderCircularPdf } from './circular-pdf.js';
import { blocksXml } from './docx/blocks.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { pdfPages, unzip } from './fixtures/read-back.js';
import { type Docx, type Element, every, parse, readDocx } from './fixtures/read-docx.js';
import { noticeFixture } from './fixtures/records.js';
import { expectSound } from './fixtures/sound-docx.js';
import { renderNoticeDocx } from './notice-docx.js';
import { renderNoticePdf } from './notice-pdf.js';
import type { Block } from './page/blocks.js';

const solid = (text: string): string => text.replace(/\s/g, '');
const snapshot = circularSnapshot();
const DRAFT = { documentNumber: null, issuedOn: null, draft: true, verify: null };

/** The PDF's text without what belongs to pages: their numbers and marks, and a table's head said again. */
function printed({ body }: Docx, pdf: Buffer): string {
  const heads = every(body, 'w:tr')
    .filter((row) => every(row, 'w:tblHeader').length > 0)
    .map((row) =>
      solid(
        every(row, 'w:t')
          .map(({ text }) => text)
          .join(''),
      ),
    );
  const again = new RegExp(`^(?:${[...new Set(heads)].join('|')})`);
  return pdfPages(pdf)
    .map((page) =>
      solid(page)
        .replace(/—\d+—/g, '')
        .replace(/【[^】]*】/g, ''),
    )
    .map((page) => page.replace(again, ''))
    .join('');
}

/** What the editable file alone says. */
const OWN = /^本文件供修改文字使用/;

/** Takes each paragraph of the editable file out of the PDF's text, once; gives what one has and the other lacks. */
function compared(docx: Docx, pdf: Buffer): { missing: string[]; left: string } {
  let left = printed(docx, pdf);
  const missing: string[] = [];
  // The longest first, so that a short one does not take its words out of the middle of a long one.
  const texts = docx.paragraphs
    .map(({ text }) => solid(text))
    .filter((text) => text !== '' && !OWN.test(text))
    .sort((a, b) => b.length - a.length);
  for (const text of texts) {
    const at = left.indexOf(text);
    if (at < 0) missing.push(text);
    else left = `${left.slice(0, at)}\n${left.slice(at + text.length)}`;
  }
  return { missing, left: left.replace(/\n+/g, '\n') };
}

describe('the editable circular', () => {
  const meta = issuedMeta(snapshot);
  let bytes: Buffer;
  let docx: Docx;
  beforeAll(async () => {
    bytes = await renderCircularDocx(snapshot, meta);
    docx = await readDocx(bytes);
  });

  it('is sound in all its parts, as a draft, without annexes and with nothing to tell too', async () => {
    expectSound(docx);
    const quiet = circularSnapshot({ schools: 1, issues: 0, demo: false });
    const more: Partial<CircularImprint>[] = [{}, DRAFT, { annexes: [] }, { annexes: ['figures'] }];
    for (const one of more) {
      expectSound(await readDocx(await renderCircularDocx(quiet, { ...issuedMeta(quiet), ...one })));
    }
  });

  it('says what the PDF says, and nothing else', async () => {
    const few = circularSnapshot({ schools: 5, issues: 10 });
    // The code to verify with is of the PDF.
    const own = { ...issuedMeta(few), verify: null };
    const file = await readDocx(await renderCircularDocx(few, own));
    const { missing, left } = compared(file, await renderCircularPdf(few, own));
    expect(missing).toEqual([]);
    // What is left are words and figures in the charts: no sentence.
    expect(left.split('\n').filter((piece) => /[。；]/.test(piece))).toEqual([]);
  });

  it('gives the same bytes for the same snapshot, with the cut-off for its date', async () => {
    expect((await renderCircularDocx(circularSnapshot(), issuedMeta())).equals(bytes)).toBe(true);
    const core = (await unzip(bytes)).get('docProps/core.xml');
    expect(core).toContain(new Date(snapshot.cutoff).toISOString().slice(0, 19));
  });

  it('names its levels for the navigation: sections, categories, titles of attachments', () => {
    const of = (style: string): string[] =>
      docx.paragraphs.filter((one) => one.style === style).map(({ text }) => text);
    expect(of('Heading1')).toEqual([
      '一、督查概况',
      '二、总体情况',
      '三、好的做法',
      '四、主要问题',
      '五、上期问题整改与销号',
      '六、下一步要求',
    ]);
    expect(of('Heading2')).toHaveLength(new Set(snapshot.issues.map((issue) => issue.categoryTitle)).size);
    expect(of('AnnexLabel')).toEqual(['附件1', '附件2', '附件3']);
    expect(of('Number')).toEqual(['云教督通〔2026〕9号']);
    expect(of('Annex')).toEqual(['附件：1.问题清单（按单位）', '2.整改与销号情况表', '3.指标表']);
    const styles = every(docx.parts.get('word/styles.xml') as Element, 'w:style');
    const level = (id: string): string | undefined => {
      const style = styles.find(({ attributes }) => attributes['w:styleId'] === id);
      return style && every(style, 'w:outlineLvl')[0]?.attributes['w:val'];
    };
    expect(['Heading1', 'Heading2', 'Heading3', 'Heading4', 'AnnexTitle', 'Body'].map(level)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '0',
      undefined,
    ]);
  });

  it('is set in the fonts and sizes of the standard, for Chinese and for figures alike', () => {
    const styles = every(docx.parts.get('word/styles.xml') as Element, 'w:style');
    const type = (id: string): [string | undefined, string | undefined] => {
      const style = styles.find(({ attributes }) => attributes['w:styleId'] === id) as Element;
      const fonts = every(style, 'w:rFonts')[0]?.attributes ?? {};
      expect(new Set(Object.values(fonts)).size).toBeLessThanOrEqual(1);
      return [fonts['w:eastAsia'], every(style, 'w:sz')[0]?.attributes['w:val']];
    };
    expect(type('Normal')).toEqual(['仿宋_GB2312', '32']);
    expect(type('Title')).toEqual(['方正小标宋简体', '44']);
    expect(type('Mark')[0]).toBe('方正小标宋简体');
    expect(type('Heading1')[0]).toBe('黑体');
    expect(type('Heading2')[0]).toBe('楷体_GB2312');
    expect(type('Imprint')[1]).toBe('28');
    expect(type('Footer')).toEqual(['宋体', '28']);
  });

  it('has the page of the standard: A4, its margins, 22 lines of 28 characters, wide tables sideways', () => {
    const sections = every(docx.body, 'w:sectPr');
    expect(sections.map((one) => every(one, 'w:pgSz')[0]?.attributes['w:orient'] ?? 'portrait')).toEqual([
      'portrait',
      'landscape',
      'portrait',
      'portrait',
    ]);
    const first = sections[0] as Element;
    const margins = every(first, 'w:pgMar')[0]?.attributes ?? {};
    const mm = (twips: string | undefined): number => Number(twips) / 56.6929;
    expect(mm(margins['w:top'])).toBeCloseTo(37, 1);
    expect(mm(margins['w:left'])).toBeCloseTo(28, 1);
    expect(mm(margins['w:right'])).toBeCloseTo(26, 1);
    expect(mm(margins['w:bottom'])).toBeCloseTo(35, 1);
    const grid = every(first, 'w:docGrid')[0]?.attributes ?? {};
    expect(grid['w:type']).toBe('linesAndChars');
    const height = 16_838 - Number(margins['w:top']) - Number(margins['w:bottom']);
    const width = 11_906 - Number(margins['w:left']) - Number(margins['w:right']);
    expect(Math.floor(height / Number(grid['w:linePitch']))).toBe(22);
    expect(Math.floor(width / 20 / (16 + Number(grid['w:charSpace']) / 4096))).toBe(28);
    // The imprint begins on an even page.
    expect(every(sections.at(-1) as Element, 'w:type')[0]?.attributes['w:val']).toBe('evenPage');
  });

  it('repeats the heads of tables and keeps rows whole, but for one taller than a third of the page', async () => {
    const finding = '督'.repeat(3000);
    const issues = snapshot.issues.map((issue, i) => (i === 0 ? { ...issue, finding } : issue));
    const long = await readDocx(await renderCircularDocx({ ...snapshot, issues }, meta));
    const ruled = every(long.body, 'w:tbl').filter((table) => every(table, 'w:tblStyle').length > 0);
    expect(ruled.length).toBeGreaterThan(6);
    for (const table of ruled) {
      const rows = table.children.filter(({ name }) => name === 'w:tr');
      expect(rows.map((row) => every(row, 'w:tblHeader').length)).toEqual([1, ...rows.slice(1).map(() => 0)]);
    }
    const split = ruled
      .flatMap((table) => table.children.filter(({ name }) => name === 'w:tr'))
      .filter((row) => every(row, 'w:cantSplit').length === 0);
    expect(split).toHaveLength(1);
  });

  it('keeps small print with the last row over it', () => {
    const held = (blocks: Block[]): string[] => {
      const xml = [...blocksXml([...blocks, { kind: 'gap' }, ...small, { kind: 'plain', text: '正文' }])];
      return every(parse(`<body xmlns:w="w">${xml.join('')}</body>`), 'w:p')
        .filter((one) => every(one, 'w:keepNext').length > 0)
        .map((one) =>
          every(one, 'w:t')
            .map(({ text }) => text)
            .join(''),
        );
    };
    const small: Block[] = [
      { kind: 'remark', text: '甲\n乙' },
      { kind: 'remark', text: '丙' },
    ];
    const rows = [['一'], ['二'], ['三']];
    expect(held([{ kind: 'table', columns: [{ title: '列', width: 1 }], rows }])).toEqual([
      '三',
      '',
      '甲',
      '乙',
    ]);
    expect(held([{ kind: 'plain', text: '前文' }])).toEqual(['', '甲', '乙']);
  });

  it('marks the pages of a demo and of a draft, and no other', async () => {
    const marks = async (given: Partial<CircularImprint>, demo: boolean): Promise<string | undefined> => {
      const shown = circularSnapshot({ demo, schools: 2, issues: 2 });
      const file = await readDocx(await renderCircularDocx(shown, { ...issuedMeta(shown), ...given }));
      const header = file.parts.get('word/header-head.xml');
      return header && every(header, 'w:t')[0]?.text;
    };
    expect(await marks({}, true)).toBe('【演示数据　不作为工作依据】');
    expect(await marks(DRAFT, false)).toBe('【草稿　未印发】');
    expect(await marks({}, false)).toBeUndefined();
  });

  it('sends recipients who would leave the first page without text to the imprint', async () => {
    const recipients = Array.from({ length: 60 }, (_, i) => `云溪区第${i + 1}初级中学`);
    const many = await readDocx(await renderCircularDocx(snapshot, { ...meta, recipients }));
    expect(many.paragraphs.some(({ style }) => style === 'Recipient')).toBe(false);
    const imprint = many.paragraphs.filter(({ style }) => style === 'Imprint').map(({ text }) => text);
    expect(imprint[0]).toBe(`主送：${recipients.join('、')}。`);
    expect(imprint[1]).toBe(`抄送：${meta.copyRecipients.join('，')}。`);
  });

  it('counts disputed issues and names none of them', async () => {
    const secret = '只在申辩问题里的事实';
    const issues = snapshot.issues.map((i) => (i.disputed ? { ...i, finding: secret } : i));
    const { paragraphs } = await readDocx(await renderCircularDocx({ ...snapshot, issues }, meta));
    expect(paragraphs.some(({ text }) => text.includes(secret))).toBe(false);
  });
});

describe('the editable notice', () => {
  const notice = noticeFixture();

  it('is a sound letter that says what the PDF says, the same bytes for the same notice', async () => {
    const bytes = await renderNoticeDocx(notice);
    expect((await renderNoticeDocx(noticeFixture())).equals(bytes)).toBe(true);
    const docx = await readDocx(bytes);
    expectSound(docx);
    const head = docx.parts.get('word/header-letterhead.xml') as Element;
    expect(every(head, 'w:t').map(({ text }) => text)).toEqual([
      '【演示数据　不作为工作依据】',
      notice.issuer,
    ]);
    const { missing, left } = compared(docx, await renderNoticePdf(notice));
    expect(missing).toEqual([]);
    // The office at the head of the letter; here it stands in a header.
    expect(solid(left)).toBe(notice.issuer);
    const text = docx.paragraphs.map((one) => one.text).join('\n');
    for (const line of notice.lines) {
      for (const said of [line.finding, line.issueNumber, SEVERITY_TITLES[line.severity]]) {
        expect(text).toContain(said);
      }
    }
  });

  it('has its rules and the office’s name on the first page alone, and no number there', async () => {
    const { body } = await readDocx(await renderNoticeDocx(notice));
    const [letter, slips] = every(body, 'w:sectPr') as [Element, Element];
    expect(every(letter, 'w:titlePg')).toHaveLength(1);
    const first = [...every(letter, 'w:headerReference'), ...every(letter, 'w:footerReference')]
      .filter(({ attributes }) => attributes['w:type'] === 'first')
      .map(({ attributes }) => attributes['r:id']);
    expect(first).toEqual(['letterhead', 'letterfoot']);
    // The slips are cut apart: never on the back of the letter.
    expect(every(slips, 'w:type')[0]?.attributes['w:val']).toBe('oddPage');
  });

  it('takes hostile text', async () => {
    const finding = '事实\u0000<b>&\ud800';
    const lines = notice.lines.map((line) => ({ ...line, finding }));
    const docx = await readDocx(await renderNoticeDocx({ ...notice, lines, unitName: '校'.repeat(300) }));
    expectSound(docx);
    expect(docx.paragraphs.some(({ text }) => text.startsWith('事实<b>&\ufffd\n'))).toBe(true);
  });
});
