/** The title in 二号小标宋, centred, its lines broken between words into a trapezium or a rhombus (7.3.1). */
import { ensure, type Flow } from './flow.js';
import { AREA, baseline, SIZE } from './geometry.js';
import { type Glyph, type Shaper } from './glyphs.js';
import { mayBreakAt, widthOf } from './line-breaking.js';
import { drawGlyphs } from './sheet.js';

/** 二号 needs a little more than a body line. */
const PITCH = 33;
const words = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Draws the title. `first` (the issuing office) keeps a line of its own.
 */
export function drawTitle(flow: Flow, title: string, first?: string, size = SIZE.second): void {
  const { sheet } = flow;
  const lines = titleLines(sheet.shape, title, first, AREA.width / size);
  ensure(flow, lines.length * PITCH);
  for (const line of lines) {
    const glyphs = sheet.shape('title', line);
    const x = AREA.left + (AREA.width - widthOf(glyphs, size)) / 2;
    drawGlyphs(sheet, glyphs, x, baseline(flow.y, size, PITCH), { size });
    flow.y += PITCH;
  }
}

/** The lines of a title at most `most` ems wide, the best of all ways to break it. */
export function titleLines(shape: Shaper, title: string, first: string | undefined, most: number): string[] {
  const ems = (text: string): number => widthOf(shape('title', text), 1);
  const head = first === undefined ? [] : greedy(shape, first, most);
  const least = Math.ceil(ems(title) / most);
  if (least === 1 && head.length <= 1) return [...head, title];
  const places = breakPlaces(title, shape('title', title));
  const best = { lines: [] as string[], badness: Number.POSITIVE_INFINITY };
  const tryFrom = (from: number, left: number, taken: string[]): void => {
    if (left === 1) {
      const lines = [...taken, title.slice(from)];
      if (ems(lines.at(-1) as string) > most) return;
      const badness = shapeBadness([...head, ...lines].map(ems));
      if (badness < best.badness) Object.assign(best, { lines, badness });
      return;
    }
    for (const place of places) {
      if (place <= from) continue;
      const line = title.slice(from, place);
      if (ems(line) > most) break;
      tryFrom(place, left - 1, [...taken, line]);
    }
  };
  // A title of more than four lines is no title; it is set as it comes.
  if (least <= 4) tryFrom(0, least, []);
  if (best.lines.length === 0 && least < 4) tryFrom(0, least + 1, []);
  return [...head, ...(best.lines.length > 0 ? best.lines : greedy(shape, title, most))];
}

function shapeBadness(widths: number[]): number {
  const mean = widths.reduce((sum, w) => sum + w, 0) / widths.length;
  let bad = 0;
  widths.forEach((width, i) => {
    const before = widths[i - 1];
    const after = widths[i + 1];
    bad += Math.abs(width - mean) / 2;
    if (width < 5) bad += 8;
    if (before !== undefined && Math.abs(width - before) < 1.5) bad += 5;
    if (before !== undefined && after !== undefined && width < before && width < after) bad += 20;
  });
  return bad;
}

function breakPlaces(title: string, glyphs: Glyph[]): number[] {
  const kinds = new Map<number, boolean>();
  let offset = 0;
  let open = 0;
  [...title].forEach((char, i) => {
    // Nothing in brackets or quotation marks is torn apart.
    kinds.set(offset, i > 0 && open === 0 && mayBreakAt(glyphs, i));
    if ('（《“〔'.includes(char)) open++;
    if ('）》”〕'.includes(char)) open--;
    offset += char.length;
  });
  return [...words.segment(title)]
    .map((word) => word.index)
    .filter((index) => index > 0 && kinds.get(index) && !/^[的和及与]/.test(title.slice(index)));
}

function greedy(shape: Shaper, text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const char of text) {
    const advance = widthOf(shape('title', char), 1);
    if (width + advance > most && line !== '') {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += char;
    width += advance;
  }
  return line === '' ? lines : [...lines, line];
}
