/** The editable files as another program prints them: LibreOffice, with the project's fonts in place of the standard's. */
import { renderCircularDocx } from './circular-docx.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { printedByOffice } from './fixtures/office.js';
import { pdfLines, pdfPages, type Word } from './fixtures/read-back.js';
import { noticeFixture } from './fixtures/records.js';
import { renderNoticeDocx } from './notice-docx.js';

const mm = (points: number): number => (points * 25.4) / 72;
const NUMBER = /^—\d+—$/;
/** Paragraphs whose figures come, one after the other, to the end of the first line. */
const STRADDLING = Array.from({ length: 10 }, (_, i) => `${'查'.repeat(18 + i)}7389人18:47查完`);

describe('the editable circular in LibreOffice', () => {
  let pages: string[];
  let lines: Word[];
  beforeAll(async () => {
    const snapshot = circularSnapshot({ schools: 5, issues: 8, demo: false });
    const narrative = { ...snapshot.narrative, practice: ['督'.repeat(28 * 60), ...STRADDLING].join('\n') };
    const pdf = printedByOffice(await renderCircularDocx(snapshot, { ...issuedMeta(snapshot), narrative }));
    pages = pdfPages(pdf);
    lines = pdfLines(pdf);
  }, 120_000);

  it('fills 28 characters a line and 22 lines a page within the type area', () => {
    const full = lines.filter((line) => /^督{28}$/.test(line.text));
    expect(full.length).toBeGreaterThan(50);
    for (const line of full) {
      expect(Math.abs(mm(line.xMin) - 28)).toBeLessThan(0.5);
      expect(Math.abs(mm(line.xMax) - 184)).toBeLessThan(0.7);
    }
    const counts = new Map<number, Word[]>();
    for (const line of full) counts.set(line.page, [...(counts.get(line.page) ?? []), line]);
    const whole = [...counts.values()].find((list) => list.length === 22);
    expect(whole).toBeDefined();
    const [first, last] = [whole?.[0] as Word, whole?.[21] as Word];
    expect((mm(last.yMin) - mm(first.yMin)) / 21).toBeCloseTo(225 / 22, 1);
    expect(mm(first.yMin)).toBeGreaterThan(36.5);
    expect(mm(last.yMax)).toBeLessThan(262.5);
  });

  it('numbers the pages at their outer sides, sideways ones too, but not that of the imprint, which is even', () => {
    const last = pages.length;
    expect(last % 2).toBe(0);
    expect(pages[last - 1]).toContain('抄送：');
    // Outside the type area: under it, on a page set sideways at its left.
    const numbers = lines.filter(
      ({ text, yMin, xMax }) => NUMBER.test(text) && (mm(yMin) > 262 || mm(xMax) < 35),
    );
    expect(numbers.length).toBeGreaterThanOrEqual(last - 2);
    expect(numbers.map(({ text }) => text)).toEqual(numbers.map((_, i) => `—${i + 1}—`));
    expect(numbers.map(({ page }) => page)).toEqual(numbers.map((_, i) => i + 1));
    const sideways = numbers.filter(({ xMax }) => mm(xMax) < 35);
    expect(sideways.length).toBeGreaterThan(1);
    for (const { page, yMin, yMax } of sideways) {
      if (page % 2 === 1) expect(Math.abs(mm(yMax) - (184 - 4.94))).toBeLessThan(1);
      else expect(Math.abs(mm(yMin) - (28 + 4.94))).toBeLessThan(1);
    }
    const upright = numbers.filter(({ yMin }) => mm(yMin) > 262);
    expect(upright.length).toBeGreaterThan(4);
    for (const { page, xMin, xMax } of upright) {
      if (page % 2 === 1) expect(Math.abs(mm(xMax) - (184 - 4.94))).toBeLessThan(1);
      else expect(Math.abs(mm(xMin) - (28 + 4.94))).toBeLessThan(1);
    }
  });

  it('ends no line inside a figure or a time', () => {
    const own = lines.filter(({ text }) => text.includes('查'));
    expect(own.length).toBeGreaterThan(STRADDLING.length);
    for (const figure of ['7389', '18:47']) {
      expect(lines.filter(({ text }) => text.includes(figure))).toHaveLength(STRADDLING.length);
    }
  });

  it('puts heading and imprint where the standard has them', () => {
    const heading = lines.find(({ text }) => text === '云溪区人民政府教育督导室文件');
    // Boxes of type reach a little over its ink.
    expect(Math.abs(mm(heading?.yMin ?? 0) - (37 + 35))).toBeLessThan(4);
    const printed = lines.filter(({ page, text }) => page === pages.length && text.includes('印发')).at(-1);
    expect(mm(printed?.yMax ?? 0)).toBeGreaterThan(258);
    expect(mm(printed?.yMax ?? 0)).toBeLessThan(262.5);
  });

  it.each([
    ['图1各类问题数量与等级', '严重较重一般', '睡眠管理'],
    ['图2近六个月问题登记', '新登记销号其中逾期期末未销号', '2026年4月'],
    ['图3各年级书面作业', '最小至最大限值均值', '九年级'],
  ])('draws the key and the axis of a chart on the page of its caption: %s', (caption, key, category) => {
    const page = pages.map((text) => text.replace(/\s/g, '')).find((text) => text.includes(caption));
    expect(page).toContain(key);
    expect(page).toContain(category);
  });

  it('keeps the signature with the text above it', () => {
    const signed = pages.find((page) => page.replace(/\s/g, '').includes('2026年10月9日'));
    expect(signed?.replace(/\s/g, '')).toContain('附件：1.问题清单（按单位）');
  });
});

describe('the editable notice in LibreOffice', () => {
  it('is a letter of two pages and a sheet of slips, its number on the second page alone', async () => {
    const pages = pdfPages(printedByOffice(await renderNoticeDocx(noticeFixture()))).map((page) =>
      page.replace(/\s/g, ''),
    );
    expect(pages).toHaveLength(3);
    expect(pages[0]).toContain('云教督改〔2026〕12号');
    expect(pages.map((page) => page.match(/—\d+—/g))).toEqual([null, ['—2—'], null]);
    expect(pages[1]).toContain('2026年9月9日');
    expect(pages[2]).toContain('教育督导整改通知书（存根）');
    expect(pages[2]).toContain('教育督导整改通知书送达回证');
  }, 120_000);

  it('keeps a slip whole where a long name leaves no room for both', async () => {
    const notice = { ...noticeFixture(), unitName: '长'.repeat(100) };
    const pages = pdfPages(printedByOffice(await renderNoticeDocx(notice))).map((page) =>
      page.replace(/\s/g, ''),
    );
    expect(pages.at(-1)).toMatch(/送达回证.+签发人.+备注.*受送达单位签收后/);
  }, 120_000);
});
