/** What a document says, as data: the PDF and the editable file walk the same blocks, so that neither can say more. */
import type { Chart } from '../charts/chart.js';
import { chart } from '../charts/paint.js';
import { body, caption, heading, remark, remarkHeight, subheading, tableOrRemark } from './body.js';
import { ensure, type Flow, gap, type ParagraphStyle, paragraph, paragraphHeight, toGrid } from './flow.js';
import { LINE } from './geometry.js';
import type { Type } from './grid.js';
import { type Column, openingHeight, type TableRow } from './table.js';

export type Block =
  /** 一、… and （一）… on lines of their own; the caption of a table; small print under it. */
  | { kind: 'heading' | 'subheading' | 'caption' | 'remark'; text: string }
  /** Paragraphs divided by line feeds, each of the level it begins with. */
  | { kind: 'body'; text: string }
  /** One paragraph in 仿宋, whatever it begins with. */
  | { kind: 'plain'; text: string }
  /** `none` is the sentence where there is nothing to list. */
  | { kind: 'table'; columns: Column[]; rows: TableRow[]; none?: string; type?: Type }
  /** A chart with its caption under it, whole on one page. */
  | { kind: 'chart'; chart: Chart; caption: string }
  /** A little room; text after it goes on at the next line of the page. */
  | { kind: 'gap' };

/**
 * Draws blocks at the flow. A caption stays with the head and the first row of the table under it, a remark with the
 * last row of the table over it; `closing` is the style of a last body, which stays with what is set after
 * it.
 */
export function drawBlocks(flow: Flow, blocks: readonly Block[], closing: ParagraphStyle = {}): void {
  blocks.forEach((block, index) => {
    const next = blocks[index + 1];
    if (block.kind === 'gap') gap(flow);
    else if (block.kind === 'table') {
      const { columns, rows, none = '', type } = block;
      const below = next?.kind === 'remark' ? remarkHeight(flow, next.text) : 0;
      tableOrRemark(flow, columns, rows, none, type, below);
    } else if (block.kind === 'plain') paragraph(flow, [{ face: 'fang', text: block.text }]);
    else if (block.kind === 'body') body(flow, block.text, index === blocks.length - 1 ? closing : {});
    else if (block.kind === 'chart') chart(flow, block.chart, block.caption);
    else if (block.kind === 'caption' && next?.kind === 'table') {
      caption(flow, block.text, openingHeight(flow, next.columns, next.rows, next.type));
    } else {
      const last = index + 2 === blocks.length && next?.kind === 'body' ? next.text : '';
      if (block.kind === 'heading' || block.kind === 'subheading') {
        stayTogether(flow, last, closing.reserve);
        if (next?.kind === 'table') {
          toGrid(flow);
          ensure(flow, LINE + openingHeight(flow, next.columns, next.rows, next.type));
        }
      }
      ({ heading, subheading, caption, remark })[block.kind](flow, block.text);
    }
  });
}

/** Of a last body so short that it moves on whole with what follows it, the heading moves along. */
function stayTogether(flow: Flow, last: string, reserve = 0): void {
  const [only, ...more] = last.split('\n').filter((line) => line.trim() !== '');
  if (only === undefined || more.length > 0) return;
  const height = paragraphHeight(flow, only.trim(), 2);
  toGrid(flow);
  if (height <= 3 * LINE) ensure(flow, LINE + height + reserve);
}
