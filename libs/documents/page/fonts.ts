/**
 * The faces of an official document and the files that stand in for them (data/fonts/README.md).
 * Each file is opened once per process: pdfkit given a path or a buffer parses it again for every cell.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fontkit from 'fontkit';

/** 仿宋, 楷体, 黑体, 小标宋, 宋体. */
export type Face = 'fang' | 'kai' | 'hei' | 'title' | 'song';

export const FONT_FILES: Record<Face, string> = {
  fang: 'FandolFang-Regular.otf',
  kai: 'FandolKai-Regular.otf',
  hei: 'FandolHei-Regular.otf',
  title: 'FandolSong-Bold.otf',
  song: 'NotoSerifSC-Regular.ttf',
};

/** What is asked, in this order, for a character that a face lacks. */
export const FALLBACK: Face[] = ['song', 'hei', 'fang'];

const opened = new Map<Face, fontkit.Font>();

/** The font of a face. Throws where the file is missing: a document in the wrong face is no document. */
export function openFont(face: Face): fontkit.Font {
  let font = opened.get(face);
  if (!font) {
    const file = join(fontFolder(), FONT_FILES[face]);
    const read = fontkit.openSync(file);
    if (!('hasGlyphForCodePoint' in read)) throw new Error(`${file} is a collection, not a font`);
    font = read;
    opened.set(face, font);
  }
  return font;
}

const drawn = new Map<Face, Map<number, boolean>>();

/** Whether a face draws a character at all: some fonts list characters with an empty outline. */
export function draws(face: Face, code: number): boolean {
  const known = drawn.get(face) ?? new Map<number, boolean>();
  drawn.set(face, known);
  let answer = known.get(code);
  if (answer === undefined) {
    const font = openFont(face);
    answer =
      font.hasGlyphForCodePoint(code) &&
      (isSpace(code) || font.glyphForCodePoint(code).path.commands.length > 0);
    known.set(code, answer);
  }
  return answer;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x3000;

/** data/fonts beside the sources or beside dist/: the nearest one upwards from this file. */
function fontFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'data', 'fonts');
    if (existsSync(join(candidate, FONT_FILES.fang))) return candidate;
    if (folder === dirname(folder)) throw new Error('data/fonts is missing: run tools/fetch-fonts.sh');
  }
}
