/** What somebody pastes into a note must neither break a document nor vanish from it. */
import { renderCircularPdf } from './circular-pdf.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { overlaps, pdfInfo, pdfPages, pdfText, pdfWords } from './fixtures/read-back.js';

const area = (left: number, top: number, right: number, bottom: number) => ({
  left: (left * 72) / 25.4,
  top: (top * 72) / 25.4,
  right: (right * 72) / 25.4,
  bottom: (bottom * 72) / 25.4,
});
const UPRIGHT = area(28, 37, 184, 262);
const TURNED = area(35, 28, 260, 184);

const HOSTILE: Record<string, string> = {
  'a word of 100,000 letters': 'a'.repeat(100_000),
  '100,000 characters without a break': '督'.repeat(100_000),
  'right to left': 'مدرسة ابتدائية 12 בית ספר',
  'zero width and bidirectional marks': '作\u200b业\u200d公\u2060示\u202e栏\ufeff\u00ad',
  emoji: '作业👍🏽太多👨‍👩‍👧了🇨🇳',
  'control characters and NUL': '作业\u0000公\u0007示\u001b[31m栏\u007f',
  'rare characters': '校长李䶮、王㛃、张𬱖、陈𠮷',
  'lone surrogates': '作业\ud83d公示\udc4d',
  'nothing but marks': '，。、；：”』）】》'.repeat(200),
  'opening marks only': '（《“『【'.repeat(400),
  'line feeds': '一\n\n\n二\r\n三\r四\u2028五',
  blanks: ' \t\u3000'.repeat(500),
  combining: 'Z̸̢̛̖̬͈͕͙̩̈́͗͋a̶͎̓l̴̗̈g̵̳̈o',
  formula: '=HYPERLINK("http://x","y")',
};

async function render(fixture: { finding?: string; unitName?: string }): Promise<Buffer> {
  const snapshot = circularSnapshot({ ...fixture, schools: 2, issues: 2, demo: false });
  return renderCircularPdf(snapshot, issuedMeta(snapshot));
}

/** Nothing of a page lies outside 版心 but its number, and no word over another. */
function expectWellSet(pdf: Buffer): void {
  const words = pdfWords(pdf);
  expect(words.length).toBeGreaterThan(50);
  const strays = words.filter((word) => {
    const within = word.turned ? TURNED : UPRIGHT;
    // Opening marks one after the other share their blanks: the box of the first in a line begins before its ink.
    const blank = /^[（《“『【［]/.test(word.text) ? (word.yMax - word.yMin) / 2 : 0;
    return (
      !/^(—|\d+)$/.test(word.text) &&
      (word.xMin < within.left - 2 - blank ||
        word.xMax > within.right + 2 ||
        word.yMin < within.top - 6 ||
        word.yMax > within.bottom + 6)
    );
  });
  expect(strays).toEqual([]);
  expect(overlaps(words)).toEqual([]);
}

describe('hostile text in a circular', () => {
  it.each(Object.entries(HOSTILE))('%s: nothing clipped, nothing over anything', async (_, finding) => {
    expectWellSet(await render({ finding }));
  });

  it.each(Object.entries(HOSTILE))('%s: as the name of a school', async (_, unitName) => {
    expectWellSet(await render({ unitName }));
  });

  it('400 schools of long names, each with a long finding', async () => {
    const finding = '作业公示栏未更新，教师未批改书面作业（抽查10本）；'.repeat(20);
    const unitName = '云溪区白石镇杨柳村希望工程捐建九年一贯制寄宿学校（原白石镇第二中心小学）';
    const snapshot = circularSnapshot({ schools: 400, issues: 400, finding, unitName, demo: false });
    const pdf = await renderCircularPdf(snapshot, issuedMeta(snapshot));
    expectWellSet(pdf);
    const text = pdfText(pdf);
    for (const issue of snapshot.issues) expect(text).toContain(issue.number);
  });

  it('a heading, an issuer, recipients and annex names of any length', async () => {
    const snapshot = circularSnapshot({ schools: 2, issues: 2, demo: false });
    const long = '云溪区人民政府教育督导委员会办公室教育督导与“双减”工作专门协调机制领导小组';
    const recipients = Array.from({ length: 60 }, (_, i) => `云溪区第${i + 1}中心小学`);
    const pdf = await renderCircularPdf(
      { ...snapshot, issuer: long, heading: `${long}文件` },
      { ...issuedMeta(snapshot), recipients, copyRecipients: recipients },
    );
    expectWellSet(pdf);
    const pages = pdfPages(pdf).map((page) => page.replace(/\s/g, ''));
    // So many recipients would push the text off the first page: they stand in the imprint.
    expect(pages[0]).toContain('一、督查概况');
    expect(pages.at(-1)).toContain('主送：云溪区第1中心小学、');
    expect(pages.at(-1)).toContain('抄送：云溪区第1中心小学，');
  });

  it('prints rare characters, and a visible mark for what no font has', async () => {
    const text = pdfText(await render({ finding: HOSTILE['rare characters'] }));
    expect(text).toContain('李䶮、王㛃、张𬱖、陈𠮷');
    expect(pdfText(await render({ finding: '作业👍太多' }))).toContain('作业［U+1F44D］太多');
  });

  it('says in the properties of the file which characters it could not print', async () => {
    const pdf = await render({ finding: '作业👍太多，校长李䶮' });
    expect(pdfInfo(pdf)).toMatch(/^Keywords:\s+字库缺字 U\+1F44D$/m);
    expect(pdfInfo(await render({}))).not.toContain('Keywords');
  });

  it('composes accents typed one by one, and names marks that it cannot place', async () => {
    const text = pdfText(await render({ finding: 'e\u0301cole 作\u0304业' }));
    expect(text).toContain('école');
    expect(text).toContain('作［U+0304］业');
  });

  it('drops what cannot be seen and nothing else', async () => {
    const text = pdfText(await render({ finding: HOSTILE['zero width and bidirectional marks'] }));
    expect(text).toContain('作业公示栏');
    expect(pdfText(await render({ finding: HOSTILE['control characters and NUL'] }))).toContain(
      '作业公示[31m栏',
    );
  });

  it('takes the yen sign from a font that draws it', async () => {
    expect(pdfText(await render({ finding: '收费￥3600' }))).toContain('￥3600');
  });

  it('flows a finding of 3,000 characters over pages, every character once in its cell', async () => {
    const finding = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    const snapshot = circularSnapshot({ schools: 1, issues: 1 });
    const issues = snapshot.issues.map((issue) => ({ ...issue, finding }));
    const text = pdfText(await renderCircularPdf({ ...snapshot, issues }, issuedMeta(snapshot)));
    // Each of them in the body and in attachment 1; page heads stand between, so they are counted one by one.
    const counts = new Map<string, number>();
    for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
    expect([...finding].filter((char) => (counts.get(char) ?? 0) < 2)).toEqual([]);
    expect(text).toContain('（续）');
  });
});
