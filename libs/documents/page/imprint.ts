/** 版记: copies, printing office and date between rules, at the foot of the last, even page (7.4). */
import { drawLine, type Flow, fits } from './flow.js';
import { AREA, baseline, mm, SIZE } from './geometry.js';
import { breakLines } from './line-breaking.js';
import { addPage, drawRule, drawText, isTurned } from './sheet.js';

const PITCH = 22;
const THICK = mm(0.35);
const THIN = mm(0.25);
const INSET = SIZE.fourth;
const INDENT = INSET + 3 * SIZE.fourth;

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

/** Draws the imprint where this page is even and has room, otherwise on the next even page, which has no number. */
export function drawImprint(flow: Flow, imprint: Imprint): void {
  const { sheet } = flow;
  const size = SIZE.fourth;
  const width = AREA.width - INDENT - INSET;
  const lists = [
    { label: '主送：', names: imprint.recipients ?? [], between: '、' },
    { label: '抄送：', names: imprint.copies, between: '，' },
  ]
    .filter(({ names }) => names.length > 0)
    .map(({ label, names, between }) => {
      const glyphs = sheet.shape('fang', `${names.join(between)}。`);
      return { label, glyphs, lines: breakLines(glyphs, { size, tracking: 0, first: width, rest: width }) };
    });
  const height = (lists.reduce((sum, { lines }) => sum + lines.length, 0) + 1) * PITCH;
  const over = imprint.over?.height ?? 0;

  if (sheet.page % 2 === 1) addPage(sheet, { numbered: false });
  else if (isTurned(sheet) || !fits(flow, height + over + PITCH)) {
    addPage(sheet, { numbered: false });
    addPage(sheet, { numbered: false });
  }
  let y = AREA.bottom - height;
  imprint.over?.draw(y - over);
  drawRule(sheet, AREA.left, y, AREA.right, y, THICK);
  for (const { label, glyphs, lines } of lists) {
    drawText(sheet, label, AREA.left + INSET, baseline(y, size, PITCH), { face: 'fang', size });
    for (const line of lines) {
      const base = baseline(y, size, PITCH);
      drawLine(sheet, glyphs, line, AREA.left + INDENT, width, base, { size, tracking: 0 }, 'justify');
      y += PITCH;
    }
  }
  if (lists.length > 0) drawRule(sheet, AREA.left, y, AREA.right, y, THIN);
  const base = baseline(y, size, PITCH);
  drawText(sheet, imprint.office, AREA.left + INSET, base, { face: 'fang', size });
  const printed = imprint.date === '' ? '（未印发）' : `${imprint.date}印发`;
  drawText(sheet, printed, AREA.right - INSET, base, { face: 'fang', size, align: 'right' });
  drawRule(sheet, AREA.left, AREA.bottom, AREA.right, AREA.bottom, THICK);
}
