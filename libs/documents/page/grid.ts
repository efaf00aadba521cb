/**
 * Ruled rows of cells: text wraps inside its cell, and a row taller than what is left of the page flows on over the
 * next ones, with its number or label repeated, so that no text stands apart from its number and none is clipped.
 */
import { drawLine, type Flow, fits, newPage } from './flow.js';
import type { Face } from './fonts.js';
import { baseline } from './geometry.js';
import type { Glyph } from './glyphs.js';
import { breakLines, type Line, widthOf } from './line-breaking.js';
import { drawRule } from './sheet.js';

export interface CellText {
  text: string;
  /** Points from the left edge of the type area, and how wide. */
  x: number;
  width: number;
  face: Face;
  align?: 'left' | 'center' | 'right';
  /** Printed again, with 续, where the row goes on over the page. */
  repeat?: boolean;
  /** Lines the cell is tall at least. */
  atLeast?: number;
}

export interface Type {
  size: number;
  pitch: number;
}

interface Cell extends Required<CellText> {
  glyphs: Glyph[];
  lines: Line[];
}

/** A row laid out, to be drawn by the grid that made it. */
export interface GridRow {
  cells: Cell[];
  lines: number;
  height: number;
}

export interface Grid {
  row(cells: CellText[]): GridRow;
  /**
   * Moves to a new page where the row (with `above` points over it and `below` under it) would be divided and need not
   * be.
   */
  settle(row: GridRow, above: number, turn: () => void, below?: number): void;
  /** Points of a row that stand together on one page: all of it, or the least that is left behind of a longer one. */
  together(row: GridRow): number;
  /** Draws a row at the flow, turning the page with `turn` as often as it takes. */
  draw(row: GridRow, turn: () => void): void;
  /** The rule over the first row of a page. */
  top(): void;
}

const PAD_X = 3;
const PAD_Y = 3;
const HAIR = 0.5;
/** A row of no more than this share of a page is moved on rather than divided; a longer one leaves so many lines behind. */
const UNDIVIDED = 0.4;
const LEAST = 3;
/** A label longer than this is no label: it is printed once and flows like any text. */
const LONGEST_LABEL = 6;

export function gridOn(flow: Flow, { size, pitch }: Type): Grid {
  const { sheet } = flow;
  const height = (lines: number): number => lines * pitch + 2 * PAD_Y;
  const rule = (): void => drawRule(sheet, sheet.area.left, flow.y, sheet.area.right, flow.y, HAIR);

  const layOut = (cell: CellText): Cell => {
    const width = cell.width - 2 * PAD_X;
    const glyphs: Glyph[] = [];
    const lines: Line[] = [];
    for (const part of cell.text.split('\n')) {
      const from = glyphs.length;
      const shaped = sheet.shape(cell.face, part);
      for (const glyph of shaped) glyphs.push(glyph);
      for (const line of breakLines(shaped, { size, tracking: 0, first: width, rest: width })) {
        lines.push({ ...line, start: line.start + from, end: line.end + from });
      }
    }
    const repeat = cell.repeat === true && lines.length <= LONGEST_LABEL;
    return { align: 'left', atLeast: 1, ...cell, repeat, glyphs, lines };
  };

  /** The label with 续 beside it where that fits, else under it: never broken, in a narrow column without its brackets. */
  const continued = (cell: Cell): Cell => {
    if (!cell.repeat) return cell;
    const fits = (text: string): boolean =>
      widthOf(sheet.shape(cell.face, text), size) <= cell.width - 2 * PAD_X;
    const [mark] = ['（续）', '续'].filter(fits);
    const last = cell.text.split('\n').at(-1) ?? '';
    const text = fits(`${last}（续）`) ? `${cell.text}（续）` : `${cell.text}\n${mark ?? '续'}`;
    return layOut({ ...cell, text });
  };

  /** Draws lines `from` to `to` of each cell as one box; a row in one piece is centred. */
  const box = (cells: Cell[], from: number, to: number, whole: boolean): void => {
    const held = Math.max(to - from, ...cells.map((cell) => (cell.repeat ? cell.lines.length : 0)));
    const bottom = flow.y + height(held);
    for (const cell of cells) {
      const shown = cell.repeat ? cell.lines : cell.lines.slice(from, to);
      const drop = whole && cell.atLeast === 1 ? Math.max(0, ((held - shown.length) * pitch) / 2) : 0;
      const left = sheet.area.left + cell.x;
      shown.forEach((line, i) => {
        const y = baseline(flow.y + PAD_Y + drop + i * pitch, size, pitch);
        drawLine(
          sheet,
          cell.glyphs,
          line,
          left + PAD_X,
          cell.width - 2 * PAD_X,
          y,
          { size, tracking: 0 },
          cell.align,
        );
      });
      drawRule(sheet, left, flow.y, left, bottom, HAIR);
    }
    drawRule(sheet, sheet.area.right, flow.y, sheet.area.right, bottom, HAIR);
    flow.y = bottom;
    rule();
  };

  const together = (row: GridRow): number =>
    row.height <= UNDIVIDED * (sheet.area.bottom - sheet.area.top) ? row.height : height(LEAST);

  return {
    top: rule,
    row(texts) {
      const cells = texts.map(layOut);
      const lines = Math.max(1, ...cells.map((cell) => Math.max(cell.atLeast, cell.lines.length)));
      return { cells, lines, height: height(lines) };
    },
    together,
    settle(row, above, turn, below = 0) {
      if (fits(flow, above + row.height + below)) return;
      if (together(row) === row.height || !fits(flow, above + together(row))) turn();
    },
    draw(row, turn) {
      for (let done = 0; done < row.lines; ) {
        if (done > 0) turn();
        const room = Math.max(1, Math.floor((sheet.area.bottom - flow.y - 2 * PAD_Y) / pitch));
        const to = Math.min(row.lines, done + room);
        box(done === 0 ? row.cells : row.cells.map(continued), done, to, to - done === row.lines);
        done = to;
      }
    },
  };
}

/** A page turned inside a ruled list that has no head to repeat. */
export function turnPage(flow: Flow, grid: Grid): void {
  newPage(flow);
  grid.top();
}
