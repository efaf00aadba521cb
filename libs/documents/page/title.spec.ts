import type { Glyph } from './glyphs.js';
import { breakClass } from './line-breaking.js';
import { titleLines } from './title.js';

const shape = (_: string, text: string): Glyph[] =>
  [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    const width = code < 0x80 ? 500 : 1000;
    const kind = breakClass(code);
    return { font: null as never, hex: '', width, advance: width, before: 0, slack: 0, kind, narrow: null };
  });
const lines = (title: string, first?: string): string[] => titleLines(shape, title, first, 20.1);

describe('the lines of a title', () => {
  it('are a trapezium or a rhombus, broken between words', () => {
    expect(lines('关于2026年9月教育督导（“双减”）情况的通报', '云溪区人民政府教育督导室')).toEqual([
      '云溪区人民政府教育督导室关于2026年9月',
      '教育督导（“双减”）情况的通报',
    ]);
    expect(lines('教育督导整改通知书', '云溪区人民政府教育督导室')).toEqual([
      '云溪区人民政府教育督导室',
      '教育督导整改通知书',
    ]);
    expect(lines('问题清单（按单位）')).toEqual(['问题清单（按单位）']);
  });

  it('tear no word, no brackets and no quotation, and leave 的 neither at the start nor at the end', () => {
    const offices = ['云溪区教育局', '白云鄂博矿区人民政府教育督导委员会办公室', '云溪区人民政府教育督导室'];
    const matters = [
      '关于2026年9月教育督导（“双减”）情况的通报',
      '关于更正《关于2026年8月教育督导（“双减”）情况的通报》的通报',
      '关于开展2026年秋季学期义务教育学校作业管理专项督导检查的通知',
      '关于对白石镇中心小学等三所学校限期整改的通知',
    ];
    for (const office of offices) {
      for (const matter of matters) {
        const broken = lines(matter, office);
        expect(broken.join('')).toBe(office + matter);
        for (const line of broken) {
          expect(line).not.toMatch(/^[的和、）》”]|[的（《“第]$/);
          // A name of a document longer than a line is divided, what stands in it is not.
          for (const [open, close] of matter.includes('《') ? ['（）', '“”'] : ['（）', '《》', '“”']) {
            expect(line.split(open as string)).toHaveLength(line.split(close as string).length);
          }
        }
        const widths = broken.map((line) => line.length);
        const hollow = widths.some((w, i) => w < (widths[i - 1] ?? 0) && w < (widths[i + 1] ?? 0));
        expect({ broken, hollow }).toEqual({ broken, hollow: false });
      }
    }
  });

  it('never break within a document number, whatever its length', () => {
    for (const office of [
      '云溪区教育局',
      '云溪区人民政府教育督导室',
      '白云鄂博矿区人民政府教育督导委员会办公室',
      undefined,
    ]) {
      for (const series of ['云教督', '云教督通', '白矿教督委办', '云政教督委办通报']) {
        for (const n of [9, 17, 128]) {
          const number = `${series}〔2026〕${n}号`;
          for (const matter of [
            `关于更正${number}文件有关内容的通报`,
            `关于贯彻落实${number}文件精神的通知`,
          ]) {
            const broken = lines(matter, office);
            expect(broken.join('')).toBe((office ?? '') + matter);
            expect([broken, broken.filter((line) => line.includes(number)).length]).toEqual([broken, 1]);
          }
        }
      }
    }
  });

  it('hold every character of a title of any length', () => {
    for (const length of [1, 19, 20, 21, 45, 90, 500]) {
      const title = '督导'.repeat(length).slice(0, length);
      const broken = lines(title);
      expect(broken.join('')).toBe(title);
      for (const line of broken) expect(line.length).toBeLessThanOrEqual(20);
    }
  });
});
