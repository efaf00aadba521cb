/** What somebody pastes into a note must neither break a document nor vanish from it. */
import { renderCircularPdf } from './circular-pdf.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { pdfLines, pdfText } from './fixtures/read-back.js';

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

describe('hostile text in a circular', () => {
  it.each(Object.entries(HOSTILE))('%s: rendered, and inside the type area', async (_, finding) => {
    const pdf = await render({ finding });
    const body = pdfLines(pdf).filter((line) => !/^(—\d+—|—|\d+)$/.test(line.text));
    expect(body.length).toBeGreaterThan(50);
    for (const line of body) {
      const within = line.turned ? TURNED : UPRIGHT;
      // Opening marks one after the other share their blanks: the box of the first in a line begins before its ink.
      const blank = /^[（《“『【［]/.test(line.text) ? (line.yMax - line.yMin) / 2 : 0;
      expect(line.xMin).toBeGreaterThan(within.left - 2 - blank);
      expect(line.xMax).toBeLessThan(within.right + 2);
      expect(line.yMin).toBeGreaterThan(within.top - 6);
      expect(line.yMax).toBeLessThan(within.bottom + 6);
    }
  });

  it.each(Object.entries(HOSTILE))('%s: as the name of a school', async (_, unitName) => {
    expect((await render({ unitName })).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('prints rare characters, and a visible mark for what no font has', async () => {
    const text = pdfText(await render({ finding: HOSTILE['rare characters'] }));
    expect(text).toContain('李䶮、王㛃、张𬱖、陈𠮷');
    expect(pdfText(await render({ finding: '作业👍太多' }))).toContain('作业［U+1F44D］太多');
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
