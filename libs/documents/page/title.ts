/** The title in 二号小标宋, centred, its lines broken between words into a trapezium or a rhombus (7.3.1). */
import { ensure, type Flow } from './flow.js';
import { baseline, LINE, SIZE } from './geometry.js';
import type { Shaper } from './glyphs.js';
import { mayBreakAt, widthOf } from './line-breaking.js';
import { drawGlyphs } from './sheet.js';

const words = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Draws the title on the lines of the page. `first` (the issuing office) keeps a line of its own, but where the title
 * goes on with 关于 that may stand in the same line, as offices write it.
 */
export function drawTitle(flow: Flow, title: string, first?: string, size = SIZE.second): void {
  const { sheet } = flow;
  const { area } = sheet;
  const lines = titleLines(sheet.shape, title, first, area.width / size);
  ensure(flow, lines.length * LINE);
  for (const line of lines) {
    const glyphs = sheet.shape('title', line);
    const x = area.left + (area.width - widthOf(glyphs, size)) / 2;
    drawGlyphs(sheet, glyphs, x, baseline(flow.y, size), { size });
    flow.y += LINE;
  }
}

/** Points that `drawTitle` takes. */
export const titleHeight = ({ sheet }: Flow, title: string, first?: string, size = SIZE.second): number =>
  titleLines(sheet.shape, title, first, sheet.area.width / size).length * LINE;

/** A title of more lines is no title; it is set as it comes. */
const MOST_LINES = 4;

/** The lines of a title at most `most` ems wide, the best of all ways to break it. */
export function titleLines(shape: Shaper, title: string, first: string | undefined, most: number): string[] {
  const ems = (text: string): number => widthOf(shape('title', text), 1);
  const joined = first !== undefined && title.startsWith('关于') && ems(first) <= most;
  const head = first === undefined || joined ? [] : titleLines(shape, first, undefined, most);
  const text = joined ? first + title : title;
  const least = Math.ceil(ems(text) / most - 1e-6);
  const own = joined ? first.length : 0;
  if (least > MOST_LINES) return [...head, ...greedy(shape, text, most)];
  const places = breakPlaces(shape, text).filter((place) => place >= own);
  const best = { lines: [] as string[], badness: Number.POSITIVE_INFINITY };
  const tryFrom = (from: number, left: number, taken: string[], torn: number): void => {
    if (left === 1) {
      const lines = [...taken, text.slice(from)];
      if (ems(lines.at(-1) as string) > most) return;
      const badness = torn + lines.length * A_LINE + shapeBadness([...head, ...lines].map(ems), most);
      if (badness < best.badness) Object.assign(best, { lines, badness });
      return;
    }
    for (const place of places) {
      if (place <= from) continue;
      const line = text.slice(from, place);
      if (ems(line) > most) break;
      tryFrom(place, left - 1, [...taken, line], torn + (place === own ? 0 : tearing(text, place)));
    }
  };
  for (let count = least; count <= Math.min(least + 1, MOST_LINES); count++) tryFrom(0, count, [], 0);
  return [...head, ...(best.lines.length > 0 ? best.lines : greedy(shape, text, most))];
}

const A_LINE = 3;

/** How bad a set of widths (in ems) looks: rectangles and hourglasses, stumps, lines from edge to edge. */
function shapeBadness(widths: number[], most: number): number {
  let bad = 0;
  widths.forEach((width, i) => {
    const before = widths[i - 1];
    const after = widths[i + 1];
    if (width < 5 && widths.length > 1) bad += 8;
    bad += Math.max(0, width - (most - 1.5)) * 2;
    if (before === undefined) return;
    const step = Math.abs(width - before);
    bad += step < 1 ? 4 : Math.max(0, step - 4) * 0.8;
    if (after !== undefined && width < before && width < after) bad += 20;
  });
  return bad;
}

/** Words of the trade that the segmenter takes for two. */
const COMPOUNDS =
  /教育督导|义务教育|中小学校|督导检查|专项督导|经常性督导|督学责任区|校外培训|等[一二三四五六七八九十\d]+[所家个]学校/g;

const YEAR_AND_NUMBER = /〔\d{4}〕\d+号/g;
/** The letters right before the year in 〔〕, from behind the word that leads to the number: 关于更正|云教督通〔2026〕17号. */
const SERIES =
  /^(?:.*(?:关于|更正|修改|废止|撤销|印发|转发|依据|根据|按照|贯彻|落实|[^\p{L}\p{N}·-]))?([\p{L}\p{N}·-]*)$/su;

/** Where document numbers stand in a text, from the first letter of the 机关代字 to 号. */
const documentNumbers = (text: string): { from: number; to: number }[] =>
  [...text.matchAll(YEAR_AND_NUMBER)].map(({ index, 0: { length } }) => ({
    from: index - (SERIES.exec(text.slice(0, index))?.[1] ?? '').length,
    to: index + length,
  }));

/** Nothing about the shape is worth a number torn apart (7.3.1: 回行时词意完整); only one longer than a line is. */
const A_NUMBER = 200;

/** How much a break at `place` tears apart: a number, brackets and quotations (longer than a line they must be), a date, 关于. */
function tearing(text: string, place: number): number {
  const before = text.slice(0, place);
  const date = /[年月]$/.test(before) && /^\d/.test(text.slice(place));
  const within = [...text.matchAll(COMPOUNDS)].some(
    ({ index, 0: { length } }) => place > index && place < index + length,
  );
  const number = documentNumbers(text).some(({ from, to }) => place > from && place < to);
  return (
    (number ? A_NUMBER : 0) +
    (within ? 6 : 1) +
    depth(before) * 12 +
    (date ? 8 : 0) +
    (before.endsWith('关于') ? 4 : 0)
  );
}

/** How many brackets and quotations are open at the end of a text. */
const depth = (text: string): number =>
  (text.match(/[（《“〔]/g)?.length ?? 0) - (text.match(/[）》”〕]/g)?.length ?? 0);

/** Between words; never before 的 and the like, nor after 的. */
function breakPlaces(shape: Shaper, title: string): number[] {
  const glyphs = shape('title', title);
  const allowed = new Set<number>();
  let offset = 0;
  [...title].forEach((char, i) => {
    if (i > 0 && mayBreakAt(glyphs, i)) allowed.add(offset);
    offset += char.length;
  });
  const ends = documentNumbers(title).flatMap(({ from, to }) => [from, to]);
  const starts = new Set([...words.segment(title)].map((word) => word.index).concat(ends));
  return [...starts]
    .sort((a, b) => a - b)
    .filter(
      (at) =>
        allowed.has(at) && !/^[的和及与、]/.test(title.slice(at)) && !/[的第]$/.test(title.slice(0, at)),
    );
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
