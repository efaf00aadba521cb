/** 版记: copies, printing office and date between rules, at the foot of the last, even page (7.4). */
import { drawLine, type Flow, fits } from './flow.js';
import { AREA, baseline, mm, SIZE } from './geometry.js';
import type { Glyph } from './glyphs.js';
import { breakLines, type Line, widthOf } from './line-breaking.js';
import { addPage, drawRule, drawText, isTurned, type Sheet } from './sheet.js';

const THICK = mm(0.35);
const THIN = mm(0.25);
/** The height of a line for its type, and the type where the lists would fill more than a page at the usual one. */
const PITCH = 22 / SIZE.fourth;
const SMALLER = 0.9;

export interface Imprint {
  /** 主送机关 where they are too many for the first page; usually none. */
  recipients?: string[];
  copies: string[];
  office: string;
  /** `2026年10月9日` without 印发, or empty while the document is a draft. */
  date: string;
  /** Set right over the imprint, where it is not told elsewhere: its height, and how to draw it with its top at `y`. */
  over?: { height: number; draw: (y: number) => void };
}

/** A part of the imprint between two rules: its words in front, its lines, and what stands at the right end. */
interface Part {
  label: string;
  glyphs: Glyph[];
  lines: Line[];
  left: number;
  width: number;
}

/** Draws the imprint where this page is even and has room, otherwise on the next even page, which has no number. */
export function drawImprint(flow: Flow, imprint: Imprint): void {
  const { sheet } = flow;
  const over = imprint.over?.height ?? 0;
  let size = SIZE.fourth;
  let parts = partsOf(sheet, imprint, size);
  const height = (): number =>
    parts.lists.concat(parts.office).reduce((sum, { lines }) => sum + lines.length, 0) * size * PITCH;
  while (height() + over > AREA.height) {
    size *= SMALLER;
    parts = partsOf(sheet, imprint, size);
  }
  const pitch = size * PITCH;

  if (sheet.page % 2 === 1) addPage(sheet, { numbered: false });
  else if (isTurned(sheet) || !fits(flow, height() + over + pitch)) {
    addPage(sheet, { numbered: false });
    addPage(sheet, { numbered: false });
  }
  let y = AREA.bottom - height();
  imprint.over?.draw(y - over);
  drawRule(sheet, AREA.left, y, AREA.right, y, THICK);
  const draw = ({ label, glyphs, lines, left, width }: Part, align: 'justify' | 'left'): void => {
    const face = { face: 'fang', size } as const;
    if (label !== '') drawText(sheet, label, AREA.left + size, baseline(y, size, pitch), face);
    for (const line of lines) {
      const base = baseline(y, size, pitch);
      drawLine(sheet, glyphs, line, AREA.left + left, width, base, { size, tracking: 0 }, align);
      y += pitch;
    }
  };
  for (const list of parts.lists) draw(list, 'justify');
  if (parts.lists.length > 0) drawRule(sheet, AREA.left, y, AREA.right, y, THIN);
  draw(parts.office, 'left');
  const base = baseline(y - pitch, size, pitch);
  drawText(sheet, printed(imprint), AREA.right - size, base, { face: 'fang', size, align: 'right' });
  drawRule(sheet, AREA.left, AREA.bottom, AREA.right, AREA.bottom, THICK);
}

const printed = ({ date }: Imprint): string => (date === '' ? '（未印发）' : `${date}印发`);

/** One character in from both ends; names go on under the first one, the office keeps clear of the date. */
function partsOf(sheet: Sheet, imprint: Imprint, size: number): { lists: Part[]; office: Part } {
  const part = (label: string, text: string, taken: number): Part => {
    const left = size + label.length * size;
    const width = AREA.width - left - size - taken;
    const glyphs = sheet.shape('fang', text);
    const lines = breakLines(glyphs, { size, tracking: 0, first: width, rest: width });
    return { label, glyphs, lines, left, width };
  };
  const { recipients = [], copies, office } = imprint;
  const lists = [
    { label: '主送：', names: recipients, between: '、' },
    { label: '抄送：', names: copies, between: '，' },
  ].filter(({ names }) => names.length > 0);
  return {
    lists: lists.map(({ label, names, between }) => part(label, `${names.join(between)}。`, 0)),
    office: part('', office, widthOf(sheet.shape('fang', printed(imprint)), size) + size),
  };
}
