/**
 * Tables that run over pages: the head is repeated, text wraps inside its cell, and a row taller than what is left
 * flows on with its number repeated, so that no number ever stands apart from its text.
 */

import { drawLine, type Flow, fits, newPage } from './flow.js';
import type { Face } from './fonts.js';
import { AREA, AREA_BOTTOM, baseline, SIZE } from './geometry.js';
import type { Glyph } from './glyphs.js';
import { breakLines, type Line } from './line-breaking.js';
import { drawRule } from './sheet.js';

export interface Column {
  title: string;
  /** A share of the table's width. */
  width: number;
  align?: 'left' | 'center' | 'right';
  /** Printed again, with 续, where a row goes on over the page: the row's number. */
  repeat?: boolean;
}

/** A row of cells, or one cell across the whole table (a group's heading). */
export type TableRow = string[] | { span: string };

export interface TableStyle {
  size?: number;
  pitch?: number;
  width?: number;
  face?: Face;
}

interface Cell {
  glyphs: Glyph[];
  lines: Line[];
  x: number;
  width: number;
  align: 'left' | 'center' | 'right';
  repeat: boolean;
}

const PAD_X = 3;
const PAD_Y = 3;
const HAIR = 0.5;
/** A row this short is moved to the next page rather than divided. */
const UNDIVIDED = AREA.height / 3;

/** Sets a table at the flow. Rows are taken one by one; nothing is held but the row at hand. */
export function table(flow: Flow, columns: Column[], rows: Iterable<TableRow>, style: TableStyle = {}): void {
  const size = style.size ?? SIZE.fifth;
  const pitch = style.pitch ?? size * 1.4;
  const face = style.face ?? 'fang';
  const total = style.width ?? AREA.width;
  const left = AREA.left + (AREA.width - total) / 2;
  const shares = columns.reduce((sum, column) => sum + column.width, 0);
  const widths = columns.map((column) => (column.width / shares) * total);
  const edges = [left];
  for (const width of widths) edges.push((edges.at(-1) as number) + width);
  const { sheet } = flow;

  const cell = (
    text: string,
    at: number,
    span: number,
    face: Face,
    align: Cell['align'],
    repeat: boolean,
  ): Cell => {
    const x = (edges[at] as number) + PAD_X;
    const width = (edges[at + span] as number) - PAD_X - x;
    const parts = text.split('\n');
    const glyphs: Glyph[] = [];
    const lines: Line[] = [];
    for (const part of parts) {
      const shaped = sheet.shape(face, part);
      const from = glyphs.length;
      for (const glyph of shaped) glyphs.push(glyph);
      const broken = breakLines(shaped, { size, tracking: 0, first: width, rest: width });
      for (const line of broken) lines.push({ ...line, start: line.start + from, end: line.end + from });
    }
    return { glyphs, lines, x, width, align, repeat };
  };
  const rowOf = (row: TableRow): Cell[] =>
    Array.isArray(row)
      ? columns.map((c, i) => cell(row[i] ?? '', i, 1, face, c.align ?? 'left', c.repeat ?? false))
      : [cell(row.span, 0, columns.length, 'hei', 'left', false)];
  const head = columns.map((column, i) => cell(column.title, i, 1, 'hei', 'center', false));

  const rule = (): void => drawRule(sheet, left, flow.y, left + total, flow.y, HAIR);
  /** Draws lines `from` to `to` of each cell as one box; repeated cells show all of theirs. A whole row is centred. */
  const box = (cells: Cell[], from: number, to: number, whole: boolean): void => {
    const held = Math.max(to - from, ...cells.map((c) => (c.repeat ? c.lines.length : 0)));
    for (const c of cells) {
      const shown = c.repeat ? c.lines : c.lines.slice(from, to);
      const drop = whole ? Math.max(0, ((held - shown.length) * pitch) / 2) : 0;
      shown.forEach((line, i) => {
        const y = baseline(flow.y + PAD_Y + drop + i * pitch, size, pitch);
        drawLine(sheet, c.glyphs, line, c.x, c.width, y, { size, tracking: 0 }, c.align);
      });
    }
    const bottom = flow.y + rowHeight(held);
    const bounds = cells.length === 1 ? [left, left + total] : edges;
    for (const x of bounds) drawRule(sheet, x, flow.y, x, bottom, HAIR);
    flow.y = bottom;
    rule();
  };
  const rowHeight = (lines: number): number => lines * pitch + 2 * PAD_Y;
  const tallest = (cells: Cell[]): number => Math.max(1, ...cells.map((c) => c.lines.length));
  const drawHead = (): void => {
    rule();
    box(head, 0, tallest(head), true);
  };
  const turn = (): void => {
    newPage(flow);
    drawHead();
  };
  /** Draws a row, over as many pages as it takes. */
  const drawRow = (cells: Cell[], count: number): void => {
    for (let done = 0; done < count; ) {
      if (done > 0) turn();
      const room = Math.max(1, Math.floor((AREA_BOTTOM - flow.y - 2 * PAD_Y) / pitch));
      const to = Math.min(count, done + room);
      box(
        done === 0 ? cells : cells.map((c) => (c.repeat ? continued(c) : c)),
        done,
        to,
        to - done === count,
      );
      done = to;
    }
  };
  const continued = (c: Cell): Cell => {
    const glyphs = [...c.glyphs, ...sheet.shape(face, '（续）')];
    return { ...c, glyphs, lines: breakLines(glyphs, { size, tracking: 0, first: c.width, rest: c.width }) };
  };

  if (!fits(flow, rowHeight(tallest(head)) + rowHeight(2))) newPage(flow);
  drawHead();
  let group: Cell[] | null = null;
  for (const row of rows) {
    const cells = rowOf(row);
    const count = tallest(cells);
    // A group's heading waits for its first row, so that it is never left alone at the foot of a page.
    if (!Array.isArray(row) && rowHeight(count) <= UNDIVIDED) {
      if (group) drawRow(group, tallest(group));
      group = cells;
      continue;
    }
    const above = group ? rowHeight(tallest(group)) : 0;
    const whole = above + rowHeight(count);
    if (!fits(flow, whole) && (whole <= UNDIVIDED || !fits(flow, above + rowHeight(4)))) turn();
    if (group) drawRow(group, tallest(group));
    group = null;
    drawRow(cells, count);
  }
  if (group) drawRow(group, tallest(group));
}
