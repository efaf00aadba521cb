import fc from 'fast-check';
import type { Glyph } from './glyphs.js';
import { breakClass, breakLines, PAIRED } from './line-breaking.js';

/** Square glyphs: widths and breaking classes are all that breaking looks at. */
const glyphs = (text: string): Glyph[] =>
  [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    const width = code < 0x80 ? 500 : 1000;
    const kind = breakClass(code);
    return { font: null as never, hex: '', width, advance: width, before: 0, slack: 0, kind, narrow: null };
  });

function lines(text: string, cells: number): string[] {
  const shaped = glyphs(text);
  const chars = [...text];
  const measure = { size: 10, tracking: 0, first: cells * 10, rest: cells * 10 };
  return breakLines(shaped, measure).map((line) => chars.slice(line.start, line.end).join(''));
}

describe('Chinese line breaking', () => {
  it('draws the rules as pictures', () => {
    expect(lines('作业管理公示，课后服务', 6)).toEqual(['作业管理公', '示，课后服务']);
    expect(lines('按照规定（一）执行', 5)).toEqual(['按照规定', '（一）执行']);
    expect(lines('共检查学校34所', 6)).toEqual(['共检查学校', '34所']);
    expect(lines('覆盖率为34/40以上', 5)).toEqual(['覆盖率为', '34/40以上']);
    expect(lines('作业不超过60分钟', 6)).toEqual(['作业不超过', '60分钟']);
    expect(lines('超过了——三倍', 4)).toEqual(['超过了', '——三倍']);
    expect(lines('Dudao is here', 4)).toEqual(['Dudao is', 'here']);
    expect(lines('abcdefghijklmnop', 4)).toEqual(['abcdefgh', 'ijklmnop']);
  });

  it('takes one word more where the marks of the line can give up their blank, the last mark first', () => {
    const squeezable = (typed: string): Glyph[] =>
      glyphs(typed).map((glyph) =>
        glyph.kind & PAIRED ? { ...glyph, slack: 500, narrow: { ...glyph, width: 500 } } : glyph,
      );
    const broken = (typed: string, cells: number) =>
      breakLines(squeezable(typed), { size: 10, tracking: 0, first: cells * 10, rest: cells * 10 }).map(
        ({ start, end, natural, tightEnd, squeeze }) => ({
          text: [...typed].slice(start, end).join(''),
          natural,
          tightEnd,
          squeeze,
        }),
      );
    // Half a character too wide: the last mark alone gives way.
    expect(broken('作业管理46次和6所，查', 9)[0]).toEqual({
      text: '作业管理46次和6所，',
      natural: 90,
      tightEnd: true,
      squeeze: 0,
    });
    // A whole character too wide, with three marks: the last and a half of the blank of the two others.
    expect(broken('作业，管理，公示栏2026年，其他', 12)[0]).toMatchObject({
      text: '作业，管理，公示栏2026年，',
      natural: 120,
      tightEnd: true,
      squeeze: 0.5,
    });
    // Where little is missing the line is loosened instead.
    expect(broken('作业管理，公示栏，查，其他', 9)[0]).toMatchObject({ tightEnd: false, squeeze: 0 });
  });

  it('leaves no single character for the last line of a paragraph', () => {
    const last = (typed: string): string => lines(typed, 28).at(-1) ?? '';
    expect(last(`${'督'.repeat(28)}导。`)).toBe('督导。');
    expect(last(`${'督'.repeat(28)}导`)).toBe('督导');
    expect(last(`${'督'.repeat(28)}导检`)).toBe('导检');
  });

  const alphabet = fc.constantFrom(...'督导检查，。、（）《》“”—…0123456789ab %≤¥');
  const text = fc.array(alphabet, { maxLength: 200 }).map((chars) => chars.join(''));

  it('loses nothing but blanks, and is never wider than the measure', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 28 }), (typed, cells) => {
        const broken = lines(typed, cells);
        expect(broken.join('').replace(/ /g, '')).toBe(typed.replace(/ /g, ''));
        for (const line of broken) {
          const width = [...line.trimEnd()].reduce(
            (sum, c) => sum + ((c.codePointAt(0) as number) < 0x80 ? 0.5 : 1),
            0,
          );
          expect(width).toBeLessThanOrEqual(cells);
        }
      }),
    );
  });

  it('begins no line with a closing mark and ends none with an opening one, wherever another break exists', () => {
    const sentence = fc.array(
      fc.constantFrom('督导', '检查', '（一）', '《意见》', '，', '。', '34所', '“双减”'),
      {
        minLength: 10,
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(sentence, (parts) => {
        // No two marks in a row: a line of marks alone has no good break.
        const typed = parts
          .filter(
            (part, i) =>
              !(i === 0 && /[，。]/.test(part)) &&
              !(/[，。]/.test(part) && /[，。]/.test(parts[i - 1] ?? '')),
          )
          .join('');
        for (const line of lines(typed, 12)) {
          expect(line).not.toMatch(/^[，。、）》”]/);
          expect(line).not.toMatch(/[（《“]$/);
          expect(line).not.toMatch(/\d$/);
        }
      }),
    );
  });
});
