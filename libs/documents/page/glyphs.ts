/**
 * One character of one document: which font draws it, with what code, how wide, and how it breaks.
 * Characters are looked up one by one and remembered: Chinese needs no shaping, and the same text then always
 * gives the same codes.
 */
import type PDFDocument from 'pdfkit';
import { officeFonts } from '../office-fonts.js';
import { cleanText } from './clean-text.js';
import { draws, FALLBACK, type Face, type Font, type FontId, openFont } from './fonts.js';
import { breakClass, NO_END, NO_START, PAIRED } from './line-breaking.js';

/** What this file uses of pdfkit's embedded font: the codes of its subset, their widths and the text they stand for. */
interface EmbeddedFont {
  id: string;
  font: Font;
  scale: number;
  subset: { includeGlyph(id: number): number; glyphs: number[] };
  widths: number[];
  unicode: number[][];
  ref(): unknown;
}

export interface Glyph {
  font: EmbeddedFont;
  hex: string;
  /** In thousandths of the type size, as all that follow: the width it takes in a line. */
  width: number;
  /** The width that the font gives it, and how far it is drawn to the left of its place (opening marks set narrow). */
  advance: number;
  before: number;
  /** Blank that may be taken from it where a line is tight: Chinese marks fill half of their box. */
  slack: number;
  /** Bits of `line-breaking.ts`. */
  kind: number;
  /** The same mark without its blank; null for what has none. */
  narrow: Glyph | null;
}

export type Shaper = (face: Face, text: string) => Glyph[];

/**
 * Whether 宋体 draws an ASCII character of this face better: the Latin letters of the stand-in for 仿宋 have no serifs,
 * those of 楷体 lean and are wider than half a character. An office's own font brings its own letters.
 */
const betterInSong = (face: Face, code: number): boolean =>
  code > 0x20 && code < 0x7f && (face === 'fang' || face === 'kai') && officeFonts()[face] === undefined;

/** Fandol draws U+FFE5 as a dollar sign. */
const WRONG_IN_FANDOL = 0xffe5;

const HALF = 500;
/** Blank that stays beside a mark set narrow. */
const BESIDE = 60;
const COMBINING = /\p{M}/u;

/**
 * A shaper for `document`; each font is embedded when it is first needed. A character that no font draws is set as its
 * code point in brackets, ［U+1F44D］, and added to `missing`.
 */
export function shaperOf(document: InstanceType<typeof PDFDocument>, missing: Set<string>): Shaper {
  const fonts = new Map<FontId, EmbeddedFont>();
  const found: Record<Face, Map<string, Glyph>> = {
    fang: new Map(),
    kai: new Map(),
    hei: new Map(),
    title: new Map(),
    song: new Map(),
  };
  const named: Record<string, Glyph[]> = {};

  const embedded = (id: FontId): EmbeddedFont => {
    let font = fonts.get(id);
    if (!font) {
      // pdfkit takes an opened font and keeps the embedded one in a member that its types do not show.
      document.font(openFont(id) as unknown as string, id);
      font = (document as unknown as { _font: EmbeddedFont })._font;
      fonts.set(id, font);
    }
    return font;
  };

  const find = (face: Face, char: string): Glyph | undefined => {
    const code = char.codePointAt(0) as number;
    const id = fontFor(face, code);
    if (id === undefined) return undefined;
    const font = embedded(id);
    const outline = font.font.glyphForCodePoint(code);
    const gid = font.subset.includeGlyph(outline.id);
    const advance = outline.advanceWidth * font.scale;
    font.widths[gid] = advance;
    font.unicode[gid] = [code];
    const kind = breakClass(code);
    const glyph: Glyph = {
      font,
      hex: hexOf(gid),
      width: advance,
      advance,
      before: 0,
      slack: kind & PAIRED ? blankOf(outline, font.scale, advance, kind) : 0,
      kind,
      narrow: null,
    };
    return glyph.slack > 0 ? { ...glyph, narrow: narrowed(glyph, outline.id) } : glyph;
  };

  const add = (shaped: Glyph[], face: Face, char: string): void => {
    const glyph = found[face].get(char) ?? find(face, char);
    if (glyph) {
      found[face].set(char, glyph);
      const last = shaped.at(-1);
      if (last && last.kind & PAIRED && glyph.kind & PAIRED) join(shaped, last, glyph);
      else shaped.push(glyph);
      return;
    }
    missing.add(char);
    const key = face + char;
    named[key] ??= shape(face, `［${codeOf(char)}］`);
    shaped.push(...named[key]);
  };

  /** Two marks that meet share one blank: ）。 and 》《 take a character and a half. */
  const join = (shaped: Glyph[], last: Glyph, glyph: Glyph): void => {
    if (last.kind & NO_START) shaped[shaped.length - 1] = last.narrow ?? last;
    shaped.push((last.kind & NO_END && glyph.kind & NO_END && glyph.narrow) || glyph);
  };

  const shape: Shaper = (face, text) => {
    const shaped: Glyph[] = [];
    const known = found[face];
    for (const char of cleanText(text)) {
      if (char === '\n') continue;
      const glyph = known.get(char);
      if (glyph && !(glyph.kind & PAIRED)) shaped.push(glyph);
      else add(shaped, face, char);
    }
    return shaped;
  };
  return shape;
}

/**
 * A mark without its blank. A closing one has a code of its own whose width is the narrow one, so that a reader of the
 * file measures what is printed; an opening one is drawn further to the left.
 */
function narrowed(glyph: Glyph, id: number): Glyph {
  const width = glyph.width - glyph.slack;
  if (glyph.kind & NO_END) return { ...glyph, width, before: glyph.slack, slack: 0 };
  const { subset, widths, unicode } = glyph.font;
  const gid = subset.glyphs.push(id) - 1;
  widths[gid] = width;
  unicode[gid] = unicode[Number.parseInt(glyph.hex, 16)] as number[];
  return { ...glyph, hex: hexOf(gid), width, advance: width, slack: 0 };
}

const hexOf = (gid: number): string => gid.toString(16).padStart(4, '0');

/** The font that draws a character of a face; undefined where none does. */
function fontFor(face: Face, code: number): FontId | undefined {
  // A mark meant to stand on the letter before would be printed over it: no font here places it.
  if (COMBINING.test(String.fromCodePoint(code))) return undefined;
  const order: FontId[] = betterInSong(face, code) ? FALLBACK : [face, ...FALLBACK];
  return order.find((id) => !(code === WRONG_IN_FANDOL && isFandol(id)) && draws(id, code));
}

const isFandol = (id: FontId): boolean => id !== 'wide' && id !== 'rare' && officeFonts()[id] === undefined;

/** The blank of a mark on the side where it may be set narrow. */
function blankOf(
  outline: ReturnType<Font['glyphForCodePoint']>,
  scale: number,
  advance: number,
  kind: number,
): number {
  const { minX, maxX } = outline.bbox;
  const blank = kind & NO_END ? minX * scale : advance - maxX * scale;
  return Math.max(0, Math.min(HALF, blank - BESIDE));
}

/** `U+2B4F1`. */
export const codeOf = (char: string): string =>
  `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
