/** Text that runs down the pages on the 22-line grid: paragraphs in their faces, blank lines, keeping together. */
import type { Face } from './fonts.js';
import { BODY_TRACKING, baseline, LINE, SIZE } from './geometry.js';
import type { Glyph } from './glyphs.js';
import { breakLines, type Line } from './line-breaking.js';
import { addPage, drawGlyphs, isTurned, type Sheet } from './sheet.js';

/** Where the next line goes: `y` is its top. */
export interface Flow {
  sheet: Sheet;
  y: number;
}

const CLOSE_ENOUGH = 0.5;
const GAP = 0.4;

/** A new page with the flow at its top, sideways as the one before unless told. */
export function newPage(flow: Flow, turned = isTurned(flow.sheet)): void {
  addPage(flow.sheet, { turned });
  flow.y = flow.sheet.area.top;
}

/** Whether `height` points are left on this page. */
export const fits = (flow: Flow, height: number): boolean =>
  flow.y + height <= flow.sheet.area.bottom + CLOSE_ENOUGH;

/** Moves down to the next of the page's 22 lines, unless the flow stands on one. */
export function toGrid(flow: Flow): void {
  const { top } = flow.sheet.area;
  flow.y = top + Math.ceil((flow.y - top - CLOSE_ENOUGH) / LINE) * LINE;
}

/** Room under a table or picture before the text goes on. */
export function gap(flow: Flow): void {
  flow.y += LINE * GAP;
}

/** Starts a page unless `height` points are left on this one. */
export function ensure(flow: Flow, height: number): void {
  if (!fits(flow, height)) newPage(flow);
}

/** Leaves `count` lines blank; at the foot of a page what does not fit is not carried over. */
export function blank(flow: Flow, count = 1): void {
  flow.y += count * LINE;
}

export interface Run {
  face: Face;
  text: string;
}

export interface ParagraphStyle {
  /** Characters the first line and the others are indented by. */
  indent?: number;
  hang?: number;
  align?: 'justify' | 'center' | 'left';
  size?: number;
  tracking?: number;
  pitch?: number;
  /** Lines that must follow on the same page: 1 for a heading. */
  keepWithNext?: number;
  /** Points that must still fit under the last two lines (of three: under all), or these move on with what follows. */
  reserve?: number;
}

/**
 * Sets one paragraph, on the page's lines where it is as high as they are. Its lines break over pages; never its first
 * line alone at the foot of a page.
 */
export function paragraph(flow: Flow, runs: Run[], style: ParagraphStyle = {}): void {
  const { sheet } = flow;
  const { area } = sheet;
  const size = style.size ?? SIZE.third;
  const tracking = style.tracking ?? (size === SIZE.third ? BODY_TRACKING : 0);
  const pitch = style.pitch ?? LINE;
  const cell = size + tracking;
  const first = (style.indent ?? 2) * cell;
  const hang = (style.hang ?? 0) * cell;
  const glyphs = runs.flatMap(({ face, text }) => sheet.shape(face, text));
  // The last character's tracking lies outside the measure.
  const room = area.width + Math.abs(tracking);
  const lines = breakLines(glyphs, { size, tracking, first: room - first, rest: room - hang });
  if (pitch === LINE) toGrid(flow);
  const together = pitch * (Math.min(lines.length, 2) + (style.keepWithNext ?? 0));
  if (lines.length > 0) ensure(flow, together);
  lines.forEach((line, index) => {
    const remaining = lines.length - index;
    // Of three lines the first would be left alone.
    const mustMove = style.reserve !== undefined && remaining === (lines.length <= 3 ? lines.length : 2);
    if (mustMove && !fits(flow, remaining * pitch + style.reserve!) && flow.y > area.top) newPage(flow);
    else ensure(flow, pitch);
    const indent = index === 0 ? first : hang;
    const y = baseline(flow.y, size, pitch);
    drawLine(
      sheet,
      glyphs,
      line,
      area.left + indent,
      area.width - indent,
      y,
      { size, tracking },
      style.align ?? 'justify',
    );
    flow.y += pitch;
  });
}

/** Points that a paragraph of body text takes, its first line indented by `indent` characters. */
export function paragraphHeight({ sheet }: Flow, text: string, indent = 0): number {
  const width = sheet.area.width + Math.abs(BODY_TRACKING);
  const first = width - indent * (SIZE.third + BODY_TRACKING);
  const measure = { size: SIZE.third, tracking: BODY_TRACKING, first, rest: width };
  return breakLines(sheet.shape('fang', text), measure).length * LINE;
}

/** Draws one broken line in a measure, spread to its full width unless it is the last. */
export function drawLine(
  sheet: Sheet,
  glyphs: Glyph[],
  line: Line,
  x: number,
  width: number,
  y: number,
  ink: { size: number; tracking: number; color?: string },
  align: 'justify' | 'center' | 'left' | 'right',
): void {
  const count = line.end - line.start;
  let { tracking } = ink;
  const used = line.natural - tracking;
  let left = x;
  if (align === 'center') left += (width - used) / 2;
  else if (align === 'right') left += width - used;
  else if (align === 'justify' && !line.last && count > 1) {
    const spread = (width - used) / (count - 1);
    // A line cut short by one long word would be torn apart: it stays ragged.
    if (spread <= ink.size * 0.2) tracking += spread;
  }
  drawGlyphs(sheet, glyphs, left, y, { ...ink, tracking }, line);
}
