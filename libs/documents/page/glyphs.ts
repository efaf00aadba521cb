/**
 * One character of one document: which font draws it, with what code, how wide, and how it breaks.
 * Characters are looked up one by one and remembered: Chinese needs no shaping, and the same text then always
 * gives the same codes.
 */
import type PDFDocument from 'pdfkit';
import { cleanText } from './clean-text.js';
import { draws, FALLBACK, type Face, openFont } from './fonts.js';
import { breakClass } from './line-breaking.js';

/** What this file uses of pdfkit's embedded font; `encode` gives hexadecimal glyph codes of the subset. */
interface EmbeddedFont {
  id: string;
  encode(text: string): [string[], { advanceWidth: number }[]];
  ref(): unknown;
}

export interface Glyph {
  font: EmbeddedFont;
  hex: string;
  /** In thousandths of the type size. */
  width: number;
  /** Bits of `line-breaking.ts`. */
  kind: number;
}

export type Shaper = (face: Face, text: string) => Glyph[];

/** Fandol draws U+FFE5 as a dollar sign, and the Latin letters and figures of its 仿宋 have no serifs. */
const BETTER_IN_SONG = (face: Face, code: number): boolean =>
  code === 0xffe5 || (face === 'fang' && code > 0x20 && code < 0x7f);
const MISSING = '〓';

/** A shaper for `document`; each face is embedded when it is first needed. */
export function shaperOf(document: InstanceType<typeof PDFDocument>): Shaper {
  const fonts = new Map<Face, EmbeddedFont>();
  const glyphs: Record<Face, Map<string, Glyph>> = {
    fang: new Map(),
    kai: new Map(),
    hei: new Map(),
    title: new Map(),
    song: new Map(),
  };

  const embedded = (face: Face): EmbeddedFont => {
    let font = fonts.get(face);
    if (!font) {
      // pdfkit takes an opened font and keeps the embedded one in a member that its types do not show.
      document.font(openFont(face) as unknown as string, face);
      font = (document as unknown as { _font: EmbeddedFont })._font;
      fonts.set(face, font);
    }
    return font;
  };

  const find = (face: Face, char: string): Glyph => {
    const code = char.codePointAt(0) as number;
    const order = BETTER_IN_SONG(face, code) ? FALLBACK : [face, ...FALLBACK];
    const drawn = order.find((candidate) => draws(candidate, code));
    if (drawn === undefined) return { ...look(face, MISSING), kind: breakClass(code) };
    const font = embedded(drawn);
    const [[hex = ''], [position]] = font.encode(char);
    return { font, hex, width: position?.advanceWidth ?? 0, kind: breakClass(code) };
  };

  const look = (face: Face, char: string): Glyph => {
    let glyph = glyphs[face].get(char);
    if (!glyph) {
      glyph = find(face, char);
      glyphs[face].set(char, glyph);
    }
    return glyph;
  };

  return (face, text) => {
    const shaped: Glyph[] = [];
    const known = glyphs[face];
    for (const char of cleanText(text)) {
      if (char !== '\n') shaped.push(known.get(char) ?? look(face, char));
    }
    return shaped;
  };
}
