import type { Glyph } from './glyphs.js';
import { breakClass } from './line-breaking.js';
import { titleLines } from './title.js';

const shape = (_: string, text: string): Glyph[] =>
  [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    return { font: null as never, hex: '', width: code < 0x80 ? 500 : 1000, kind: breakClass(code) };
  });
const lines = (title: string, first?: string): string[] => titleLines(shape, title, first, 20.1);

describe('the lines of a title', () => {
  it('are a trapezium or a rhombus, broken between words', () => {
    expect(lines('关于2026年9月教育督导（“双减”）情况的通报', '云溪区人民政府教育督导室')).toEqual([
      '云溪区人民政府教育督导室',
      '关于2026年9月教育督导（“双减”）',
      '情况的通报',
    ]);
    expect(lines('问题清单（按单位）')).toEqual(['问题清单（按单位）']);
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
