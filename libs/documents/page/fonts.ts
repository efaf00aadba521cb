/**
 * The faces of an official document and the files that stand in for them (data/fonts/README.md), or the office's own
 * (office-fonts.ts). Each file is opened once per process and only when a character of it is first needed: pdfkit given
 * a path or a buffer parses it again for every cell.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import * as fontkit from 'fontkit';
import { type Face, officeFonts, officeFontsVersion } from '../office-fonts.js';
import { type CidFont, type CidGlyph, openCidFont } from './cid-font.js';

export type { Face } from '../office-fonts.js';

/** A face, or one of the fonts asked for characters that the faces lack: all of Extension A, then B to F. */
export type FontId = Face | 'wide' | 'rare';

const FONT_FILES: Record<FontId, string> = {
  fang: 'FandolFang-Regular.otf',
  kai: 'FandolKai-Regular.otf',
  hei: 'FandolHei-Regular.otf',
  title: 'FandolSong-Bold.otf',
  song: 'FandolSong-Regular.otf',
  wide: 'NotoSerifSC-Regular.ttf',
  rare: 'HanaMinB.ttf.br',
};

/** What is asked, in this order, for a character that a face lacks. */
export const FALLBACK: FontId[] = ['song', 'wide', 'rare'];

export type Font = fontkit.Font | CidFont;

const opened = new Map<FontId, Font>();
const drawn = new Map<FontId, Map<number, boolean>>();
let version = officeFontsVersion();

/** Forgets what was opened before the office's fonts were set. */
function keepUp(): void {
  if (version === officeFontsVersion()) return;
  version = officeFontsVersion();
  opened.clear();
  drawn.clear();
}

/** The font of a face. Throws where the file is missing: a document in the wrong face is no document. */
export function openFont(id: FontId): Font {
  keepUp();
  let font = opened.get(id);
  if (!font) {
    const own = id === 'wide' || id === 'rare' ? undefined : officeFonts()[id];
    font = own ? openFile(own.file, own.postscriptName) : openFile(join(fontFolder(), FONT_FILES[id]), null);
    opened.set(id, font);
  }
  return font;
}

function openFile(file: string, postscriptName: string | null): Font {
  const simple = file.endsWith('.otf') ? openCidFont(file) : null;
  if (simple) return simple;
  const bytes = readFileSync(file);
  const font = fontkit.create(file.endsWith('.br') ? brotliDecompressSync(bytes) : bytes, postscriptName);
  if (font === null || !('hasGlyphForCodePoint' in font))
    throw new Error(`${file} is a collection, not a font`);
  return font;
}

/** Whether a font draws a character at all: some fonts list characters with an empty outline. */
export function draws(id: FontId, code: number): boolean {
  keepUp();
  const known = drawn.get(id) ?? new Map<number, boolean>();
  drawn.set(id, known);
  let answer = known.get(code);
  if (answer === undefined) {
    const font = openFont(id);
    answer = font.hasGlyphForCodePoint(code) && (isSpace(code) || inked(font.glyphForCodePoint(code)));
    known.set(code, answer);
  }
  return answer;
}

const inked = (glyph: CidGlyph | fontkit.OutlineGlyph): boolean =>
  'inked' in glyph ? glyph.inked : glyph.path.commands.length > 0;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x3000;

/** data/fonts beside the sources or beside dist/: the nearest one upwards from this file. */
export function fontFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'data', 'fonts');
    if (existsSync(join(candidate, FONT_FILES.fang))) return candidate;
    if (folder === dirname(folder)) throw new Error('data/fonts is missing: run tools/fetch-fonts.sh');
  }
}
