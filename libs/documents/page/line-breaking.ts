/**
 * Chinese line breaking (禁则): no closing mark begins a line, no opening one ends it, figures stay whole and with
 * their unit. A line that would become loose takes one word more where its marks can give up their blank (标点挤压), so
 * that nothing hangs over the edge. Greedy, one pass: a 100 kB word costs no more than 100 kB of text.
 */
import type { Glyph } from './glyphs.js';

export const NO_START = 1;
export const NO_END = 2;
const WORD = 4;
const SPACE = 8;
const DIGIT = 16;
export const UNIT = 32;
const JOINED = 64;
/** A Chinese mark that fills half of its box. */
export const PAIRED = 128;
/** Stays with the figure after it: 第6条, 〔2026〕9号, 附件1, 图2. */
const BEFORE_DIGIT = 256;

const STARTS_NEVER = '，。、；：？！）》〉」』】〗〕｝］”’·％‰℃°～々ー,.;:?!)]}%';
const ENDS_NEVER = '（《〈「『【〖〔｛［“‘([{￥＄¥$≤≥＜＞';
const HALF_BLANK = '，。、；：？！）》〉」』】〗〕｝］”’（《〈「『【〖〔｛［“‘';
const UNITS =
  '年月日时分秒元人个次所家项份条款章节名班级页号米度％%‰℃亿万千百十岁周天届期点倍件套门类处层课校位户场小本';
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
mark(HALF_BLANK, PAIRED);
mark(UNITS, UNIT);
mark(KEPT_TOGETHER, JOINED);
mark('第〕表图件', BEFORE_DIGIT);
CLASSES.set(0x20, SPACE);

/** The breaking bits of a code point. */
export const breakClass = (code: number): number => CLASSES.get(code) ?? 0;

function mayBreak(before: number, after: number): boolean {
  if (after & SPACE) return false;
  if (before & SPACE) return true;
  if (before & NO_END || after & NO_START) return false;
  if (before & WORD && after & WORD) return false;
  if (before & DIGIT && after & UNIT) return false;
  if (before & BEFORE_DIGIT && after & DIGIT) return false;
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
  /** Whether its last mark is set narrow, and the share of the other marks' blank that is taken away, 0 to 1. */
  tightEnd: boolean;
  squeeze: number;
}

export interface Measure {
  size: number;
  tracking: number;
  /** Points available to the first line and to the others. */
  first: number;
  rest: number;
}

/** A place where the line might end: its width up to there and the blank that its marks could give, in points. */
interface Place {
  end: number;
  width: number;
  slack: number;
}

/** Points by which sums of widths may differ from the measure they fill. */
const ROUNDING = 0.01;
/** A point taken from marks is seen more than a point added between all characters. */
const SQUEEZED_WORSE = 1.2;
/**
 * In lines of text, and in the narrowest cells, a single character left over is a blemish; in the cells between, which
 * are not spread to their width, a hole at the end of a line is the greater one.
 */
const TEXT_LINE = 20;
const NARROWEST = 6;
/** How far, in ems, a line is loosened so that the last one does not hold a single character. */
const LOOSEST = 2.2;

/** Breaks glyphs into lines. An unbreakable run longer than a line is broken where it must be. */
export function breakLines(glyphs: Glyph[], measure: Measure): Line[] {
  const { size, tracking } = measure;
  const scale = size / 1000;
  const lines: Line[] = [];
  let start = 0;
  while (start < glyphs.length) {
    const room = (lines.length === 0 ? measure.first : measure.rest) + ROUNDING;
    let width = 0;
    let slack = 0;
    let end = start;
    /** The last two places within the measure, and the first one that needs squeezing. */
    let earlier: Place | undefined;
    let inside: Place | undefined;
    let squeezed: Place | undefined;
    const place = (): void => {
      const here = { end, width: widthBefore(glyphs, start, end, width, scale, tracking), slack };
      if (here.width <= room) {
        earlier = inside;
        inside = here;
      } else if (here.width - slack <= room) squeezed ??= here;
    };
    while (end < glyphs.length) {
      const glyph = glyphs[end] as Glyph;
      if (end > start && mayBreak((glyphs[end - 1] as Glyph).kind, glyph.kind)) {
        place();
        if (squeezed) break;
      }
      const advance = glyph.width * scale + tracking;
      // An opening mark at the start of a line keeps its blank: text begins where it always does.
      const blank = end === start && glyph.kind & NO_END ? 0 : glyph.slack * scale;
      if (width + advance - slack - blank > room && !(glyph.kind & SPACE)) break;
      width += advance;
      slack += blank;
      end++;
    }
    if (end === glyphs.length) place();
    const chosen =
      choose(inside, squeezed, room) ??
      // Nothing breaks: the line ends where it is full.
      hardBreak(glyphs, start, room, scale, tracking);
    const minded = room > TEXT_LINE * size || room < NARROWEST * size;
    const better =
      chosen === inside && earlier && minded && leavesOne(glyphs, chosen.end) ? earlier : undefined;
    const taken = better && room - better.width < LOOSEST * size ? better : chosen;
    lines.push(lineOf(glyphs, start, taken, room - ROUNDING, scale));
    start = taken.end;
    while (start < glyphs.length && (glyphs[start] as Glyph).kind & SPACE) start++;
    if (start >= glyphs.length) (lines.at(-1) as Line).last = true;
  }
  return lines;
}

/** The width up to `end` without the blanks that would trail there. */
function widthBefore(
  glyphs: Glyph[],
  start: number,
  end: number,
  width: number,
  scale: number,
  tracking: number,
): number {
  let trimmed = width;
  for (let i = end - 1; i > start && (glyphs[i] as Glyph).kind & SPACE; i--) {
    trimmed -= (glyphs[i] as Glyph).width * scale + tracking;
  }
  return trimmed;
}

function choose(inside: Place | undefined, squeezed: Place | undefined, room: number): Place | undefined {
  if (!inside || !squeezed) return inside ?? squeezed;
  const loose = room - inside.width;
  const tight = (squeezed.width - room) * SQUEEZED_WORSE;
  return tight < loose ? squeezed : inside;
}

function hardBreak(glyphs: Glyph[], start: number, room: number, scale: number, tracking: number): Place {
  let end = start;
  let width = 0;
  while (end < glyphs.length) {
    const advance = (glyphs[end] as Glyph).width * scale + tracking;
    if (width + advance > room && end > start) break;
    width += advance;
    end++;
  }
  return { end, width, slack: 0 };
}

/** Whether one character, with or without its mark, would be left for the last line. */
function leavesOne(glyphs: Glyph[], end: number): boolean {
  const left = glyphs.length - end;
  return left === 1 || (left === 2 && ((glyphs[end + 1] as Glyph).kind & NO_START) !== 0);
}

/** A line too wide first gives up the blank of its last mark, as printers do, and then of all others alike. */
function lineOf(
  glyphs: Glyph[],
  start: number,
  { end: to, width, slack }: Place,
  room: number,
  scale: number,
): Line {
  let end = to;
  while (end > start + 1 && (glyphs[end - 1] as Glyph).kind & SPACE) end--;
  const over = width - room;
  const line = { start, end, natural: width, last: to === glyphs.length, tightEnd: false, squeeze: 0 };
  if (over <= ROUNDING) return line;
  const final = glyphs[end - 1] as Glyph;
  const atEnd = final.kind & NO_START && final.narrow ? final.slack * scale : 0;
  const rest = over - atEnd;
  return {
    ...line,
    natural: Math.min(room, width - atEnd),
    tightEnd: atEnd > 0,
    squeeze: rest > 0 ? Math.min(1, rest / (slack - atEnd)) : 0,
  };
}

/** The width of glyphs in points. */
export function widthOf(glyphs: Glyph[], size: number, tracking = 0): number {
  let width = 0;
  for (const glyph of glyphs) width += glyph.width;
  return (width * size) / 1000 + tracking * glyphs.length;
}
