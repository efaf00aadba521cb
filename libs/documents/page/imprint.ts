/** 版记: copies, printing office and date between rules, at the foot of the last, even page (7.4). */
import { drawLine, type Flow, fits } from './flow.js';
import { AREA, AREA_BOTTOM, AREA_RIGHT, baseline, mm, SIZE } from './geometry.js';
import { breakLines } from './line-breaking.js';
import { addPage, drawRule, drawText } from './sheet.js';

const PITCH = 22;
const THICK = mm(0.35);
const THIN = mm(0.25);

export interface Imprint {
  copies: string[];
  office: string;
  /** `2026年10月9日` without 印发, or empty while the document is a draft. */
  date: string;
}

/** Draws the imprint where this page is even and has room, otherwise on the next even page, which has no number. */
export function drawImprint(flow: Flow, imprint: Imprint): void {
  const { sheet } = flow;
  const size = SIZE.fourth;
  const inset = size;
  const indent = inset + 3 * size;
  const copies = sheet.shape('fang', imprint.copies.length > 0 ? `${imprint.copies.join('，')}。` : '');
  const width = AREA.width - indent - inset;
  const lines = breakLines(copies, { size, tracking: 0, first: width, rest: width });
  const height = (lines.length + 1) * PITCH;

  if (sheet.page % 2 === 1) addPage(sheet, { numbered: false });
  else if (!fits(flow, height + PITCH)) {
    addPage(sheet, { numbered: false });
    addPage(sheet, { numbered: false });
  }
  let y = AREA_BOTTOM - height;
  drawRule(sheet, AREA.left, y, AREA_RIGHT, y, THICK);
  if (lines.length > 0) {
    drawText(sheet, '抄送：', AREA.left + inset, baseline(y, size, PITCH), { face: 'fang', size });
    for (const line of lines) {
      const left = AREA.left + indent;
      drawLine(sheet, copies, line, left, width, baseline(y, size, PITCH), { size, tracking: 0 }, 'justify');
      y += PITCH;
    }
    drawRule(sheet, AREA.left, y, AREA_RIGHT, y, THIN);
  }
  drawText(sheet, imprint.office, AREA.left + inset, baseline(y, size, PITCH), { face: 'fang', size });
  drawText(
    sheet,
    imprint.date === '' ? '（未印发）' : `${imprint.date}印发`,
    AREA_RIGHT - inset,
    baseline(y, size, PITCH),
    {
      face: 'fang',
      size,
      align: 'right',
    },
  );
  drawRule(sheet, AREA.left, AREA_BOTTOM, AREA_RIGHT, AREA_BOTTOM, THICK);
}
