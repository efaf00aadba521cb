/**
 * Chinese line breaking (禁则): no closing mark begins a line, no opening one ends it, figures stay whole and with
 * their unit. Greedy, one pass: a 100 kB word costs no more than 100 kB of text.
 */
import type { Glyph } from './glyphs.js';

export const NO_START = 1;
export const NO_END = 2;
export const WORD = 4;
export const SPACE = 8;
export const DIGIT = 16;
export const UNIT = 32;
export const JOINED = 64;

const STARTS_NEVER = '，。、；：？！）》〉」』】〗〕｝”’·％‰℃°～々ー,.;:?!)]}%';
const ENDS_NEVER = '（《〈「『【〖〔｛“‘([{￥＄¥$≤≥＜＞';
const UNITS = '年月日时分秒元人个次所家项份条名班节级页号米度％%‰℃亿万千百';
const KEPT_TOGETHER = '—…';

const CLASSES = new Map<number, number>();
const mark = (characters: string, bit: number): void => {
  for (const char of characters) {
    const code = char.codePointAt(0) as number;
    CLASSES.set(code, (CLASSES.get(code) ?? 0) | bit);
  }
};
for (let code = 0x21; code < 0x7f; code++) CLASSES.set(code, WORD);
for (let code = 0xc0; code < 0x250; code++) CLASSES.set(code, WORD);
for (let code = 0x30; code < 0x3a; code++) CLASSES.set(code, WORD | DIGIT);
mark(STARTS_NEVER, NO_START);
mark(ENDS_NEVER, NO_END);
mark(UNITS, UNIT);
mark(KEPT_TOGETHER, JOINED);
CLASSES.set(0x20, SPACE);

/** The breaking bits of a code point. */
export const breakClass = (code: number): number => CLASSES.get(code) ?? 0;

function mayBreak(before: number, after: number): boolean {
  if (after & SPACE) return false;
  if (before & SPACE) return true;
  if (before & NO_END || after & NO_START) return false;
  if (before & WORD && after & WORD) return false;
  if (before & DIGIT && after & UNIT) return false;
  return !(before & JOINED && after & JOINED);
}

/** Whether a line may end before `glyphs[index]`. */
export const mayBreakAt = (glyphs: Glyph[], index: number): boolean =>
  mayBreak(glyphs[index - 1]?.kind ?? 0, glyphs[index]?.kind ?? 0);

/** A line of `glyphs[start, end)`; `natural` is its width in points before it is spread to the measure. */
export interface Line {
  start: number;
  end: number;
  natural: number;
  last: boolean;
}

export interface Measure {
  size: number;
  tracking: number;
  /** Points available to the first line and to the others. */
  first: number;
  rest: number;
}

/** Breaks glyphs into lines. An unbreakable run longer than a line is broken where it must be. */
export function breakLines(glyphs: Glyph[], measure: Measure): Line[] {
  const scale = measure.size / 1000;
  const lines: Line[] = [];
  let start = 0;
  while (start < glyphs.length) {
    const room = (lines.length === 0 ? measure.first : measure.rest) + 0.01;
    let width = 0;
    let end = start;
    let candidate = start;
    let widthAtCandidate = 0;
    while (end < glyphs.length) {
      const glyph = glyphs[end] as Glyph;
      const before = end > start ? (glyphs[end - 1] as Glyph).kind : SPACE;
      if (end > start && mayBreak(before, glyph.kind)) {
        candidate = end;
        widthAtCandidate = width;
      }
      const advance = glyph.width * scale + measure.tracking;
      if (width + advance > room && !(glyph.kind & SPACE)) break;
      width += advance;
      end++;
    }
    const last = end === glyphs.length;
    if (!last) {
      if (candidate > start) {
        end = candidate;
        width = widthAtCandidate;
      } else if (end === start) {
        end = start + 1;
        width = (glyphs[start] as Glyph).width * scale + measure.tracking;
      }
    }
    const line = { start, end, natural: width, last };
    start = end;
    while (!last && start < glyphs.length && (glyphs[start] as Glyph).kind & SPACE) start++;
    while (line.end > line.start + 1 && (glyphs[line.end - 1] as Glyph).kind & SPACE) {
      line.end--;
      line.natural -= (glyphs[line.end] as Glyph).width * scale + measure.tracking;
    }
    if (start >= glyphs.length) line.last = true;
    lines.push(line);
  }
  return lines;
}

/** The width of glyphs in points. */
export function widthOf(glyphs: Glyph[], size: number, tracking = 0): number {
  let width = 0;
  for (const glyph of glyphs) width += glyph.width;
  return (width * size) / 1000 + tracking * glyphs.length;
}
