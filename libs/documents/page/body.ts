/** Body text as typed, set by its levels: 一、黑体, （一）楷体, 1. and （1）仿宋 (GB/T 9704—2012, 7.3.3). */
import { ensure, type Flow, newPage, type ParagraphStyle, paragraph, type Run } from './flow.js';
import { baseline, LINE, SIZE } from './geometry.js';
import type { Type } from './grid.js';
import { breakLines } from './line-breaking.js';
import { drawText } from './sheet.js';
import { type Column, type TableRow, table } from './table.js';
import { drawTitle } from './title.js';

const FIRST = /^[一二三四五六七八九十]+、/;
const SECOND = /^（[一二三四五六七八九十]+）/;
/** The heading of a paragraph that goes on: up to its first full stop, where that comes soon. */
const HEADING = /^[^。；：]{1,40}。/;

/** The height of a caption's line, and the room over it and over a remark. */
const CAPTION = 22;
const OVER = 4;

/** Sets each line of `text` as a paragraph of the level it begins with; empty lines are passed over. */
export function body(flow: Flow, text: string, style: ParagraphStyle = {}): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  lines.forEach((line, index) => {
    const last = index === lines.length - 1;
    paragraph(flow, runsOf(line.trim()), last ? style : { ...style, reserve: undefined });
  });
}

/** 一、… on a line of its own, kept with what follows. */
export function heading(flow: Flow, text: string): void {
  paragraph(flow, [{ face: 'hei', text }], { keepWithNext: 2 });
}

/** （一）… on a line of its own. */
export function subheading(flow: Flow, text: string): void {
  paragraph(flow, [{ face: 'kai', text }], { keepWithNext: 2 });
}

/**
 * A new page with 附件n in the first line at the left and its title centred in the third (7.3.8); sideways for a table
 * of many columns.
 */
export function attachment(flow: Flow, label: string, title: string, { turned = false } = {}): void {
  newPage(flow, turned);
  const { area } = flow.sheet;
  drawText(flow.sheet, label, area.left, baseline(flow.y, SIZE.third), { face: 'hei', size: SIZE.third });
  flow.y += 2 * LINE;
  drawTitle(flow, title);
  flow.y += LINE / 2;
}

/** A caption over a table, kept with `following` points of it. */
export function caption(flow: Flow, text: string, following = 2 * CAPTION): void {
  ensure(flow, OVER + CAPTION + following);
  if (flow.y > flow.sheet.area.top) flow.y += OVER;
  paragraph(flow, [{ face: 'hei', text }], {
    indent: 0,
    align: 'center',
    size: SIZE.smallFourth,
    pitch: CAPTION,
  });
}

const REMARK = { indent: 0, size: SIZE.fifth, pitch: 16 };

/** A remark under or over a table, in smaller type. */
export function remark(flow: Flow, text: string): void {
  if (flow.y > flow.sheet.area.top) flow.y += OVER / 2;
  for (const line of text.split('\n')) paragraph(flow, [{ face: 'fang', text: line }], REMARK);
}

/** Points that a remark takes. */
export function remarkHeight({ sheet }: Flow, text: string): number {
  const { width } = sheet.area;
  const measure = { size: REMARK.size, tracking: 0, first: width, rest: width };
  return text
    .split('\n')
    .map((line) => breakLines(sheet.shape('fang', line), measure).length * REMARK.pitch)
    .reduce((sum, height) => sum + height, OVER / 2);
}

/**
 * A table, or one sentence where there is nothing to list: an empty grid leaves a reader guessing. `below` points stay
 * free under its last row.
 */
export function tableOrRemark(
  flow: Flow,
  columns: Column[],
  rows: TableRow[],
  none: string,
  type?: Type,
  below?: number,
): void {
  if (rows.length === 0) remark(flow, none);
  else table(flow, columns, rows, type, below);
}

/** A paragraph in the faces of the level it begins with. */
export function runsOf(line: string): Run[] {
  const level = FIRST.test(line) ? 'hei' : SECOND.test(line) ? 'kai' : null;
  if (level === null) return [{ face: 'fang', text: line }];
  const end = HEADING.exec(line)?.[0].length ?? (line.length <= 40 ? line.length : 0);
  return [
    { face: level, text: line.slice(0, end) },
    { face: 'fang', text: line.slice(end) },
  ];
}
