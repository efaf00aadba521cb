/** What a document says, as data: the PDF and the editable file walk the same blocks, so that neither can say more. */
import type { Chart } from '../charts/chart.js';
import { chart } from '../charts/paint.js';
import { body, caption, heading, remark, subheading, tableOrRemark } from './body.js';
import { type Flow, type ParagraphStyle, paragraph } from './flow.js';
import { LINE } from './geometry.js';
import type { Type } from './grid.js';
import type { Column, TableRow } from './table.js';

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
  /** Half a line left blank. */
  | { kind: 'gap' };

/** Draws blocks at the flow; `closing` is the style of a last body, which stays with what is set after it. */
export function drawBlocks(flow: Flow, blocks: readonly Block[], closing: ParagraphStyle = {}): void {
  blocks.forEach((block, index) => {
    if (block.kind === 'gap') flow.y += LINE / 2;
    else if (block.kind === 'table') {
      const { columns, rows, none = '', type } = block;
      tableOrRemark(flow, columns, rows, none, type);
    } else if (block.kind === 'plain') paragraph(flow, [{ face: 'fang', text: block.text }]);
    else if (block.kind === 'body') body(flow, block.text, index === blocks.length - 1 ? closing : {});
    else if (block.kind === 'chart') chart(flow, block.chart, block.caption);
    else ({ heading, subheading, caption, remark })[block.kind](flow, block.text);
  });
}
