/** The blocks of a document as paragraphs and tables of an editable file; `page/blocks.ts` draws the same on PDF. */
import type { Block } from '../page/blocks.js';
import { runsOf } from '../page/body.js';
import { SIZE } from '../page/geometry.js';
import { type ChartBlock, chartXmlInText } from './chart.js';
import { WIDTH } from './measures.js';
import { tableXml } from './table.js';
import { paragraph, run } from './xml.js';

const STYLE = { heading: 'Heading1', subheading: 'Heading2', caption: 'Caption' } as const;

export interface BlockOptions {
  /** Of tables, in twips. */
  width?: number;
  /** The last body stays with what is set after it: a signature never stands alone on its page. */
  closing?: boolean;
  /** Those of the whole file, among them those of the blocks. */
  charts?: readonly ChartBlock[];
}

/** Pieces of XML, in order. */
export function* blocksXml(
  blocks: readonly Block[],
  { width = WIDTH, closing = false, charts = [] }: BlockOptions = {},
): Generator<string> {
  for (const [index, block] of blocks.entries()) {
    const keepNext = remarked(blocks, index);
    switch (block.kind) {
      case 'table':
        if (block.rows.length === 0) yield remarkXml(block.none ?? '');
        else yield* tableXml({ ...block, width, keepNext, size: block.type?.size ?? SIZE.fifth });
        break;
      case 'body':
        yield* bodyXml(block.text, closing && block === blocks.at(-1));
        break;
      case 'plain':
        yield paragraph('Body', run(block.text));
        break;
      case 'remark':
        yield remarkXml(block.text, keepNext);
        break;
      case 'chart':
        yield chartXmlInText(block, charts.indexOf(block), keepNext);
        break;
      case 'gap':
        yield paragraph('Gap', '', { keepNext });
        break;
      default:
        yield paragraph(STYLE[block.kind], run(block.text));
    }
  }
}

/** Whether small print follows, perhaps after a little room: it is never alone on the next page. */
function remarked(blocks: readonly Block[], index: number): boolean {
  const next = blocks[index + 1];
  return next?.kind === 'remark' || (next?.kind === 'gap' && blocks[index + 2]?.kind === 'remark');
}

const remarkXml = (text: string, keepNext = false): string =>
  text
    .split('\n')
    .map((line, i, { length }) => paragraph('Remark', run(line), { keepNext: keepNext || i < length - 1 }))
    .join('');

/** Each line is a paragraph of the level it begins with; a heading on a line of its own is one for the navigation too. */
function* bodyXml(text: string, closing = false): Generator<string> {
  const lines = text
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const [index, line] of lines.entries()) {
    const keepNext = closing && index === lines.length - 1;
    const [first, rest] = runsOf(line);
    if (first === undefined || rest === undefined) yield paragraph(plainStyle(line), run(line), { keepNext });
    else if (rest.text === '') yield paragraph(first.face === 'hei' ? 'Heading1' : 'Heading2', run(line));
    else
      yield paragraph(
        'Body',
        run(first.text, `<w:rStyle w:val="${first.face === 'hei' ? 'Hei' : 'Kai'}"/>`) + run(rest.text),
        { keepNext },
      );
  }
}

const HEADING_LENGTH = 40;

function plainStyle(line: string): string {
  if (line.length > HEADING_LENGTH || /[。！？；：]/.test(line)) return 'Body';
  if (/^\d{1,2}[.．]\D/.test(line)) return 'Heading3';
  return /^（\d{1,2}）./.test(line) ? 'Heading4' : 'Body';
}
