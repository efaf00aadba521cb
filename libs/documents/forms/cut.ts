/** A line to cut along, with the document's number across it (骑缝): each part keeps one half of the characters. */
import { ensure, type Flow } from '../page/flow.js';
import { AREA, AREA_RIGHT, ASCENT, mm, SIZE } from '../page/geometry.js';
import { widthOf } from '../page/line-breaking.js';
import { drawRule, drawText } from '../page/sheet.js';

const INK = { face: 'fang', size: SIZE.third, tracking: 3, align: 'center' } as const;
const DASH = mm(2.4);
const STEP = mm(4);
/** Points from the flow to the line and from the line to what follows. */
const CUT = 34;
export const CUT_HEIGHT = 2 * CUT;

/** Draws the line at half of its band and leaves the flow under it. */
export function drawCut(flow: Flow, text: string): void {
  const { sheet } = flow;
  ensure(flow, CUT_HEIGHT);
  const y = flow.y + CUT;
  const centre = AREA.left + AREA.width / 2;
  const half = Math.min(AREA.width / 2, widthOf(sheet.shape(INK.face, text), INK.size, INK.tracking) / 2);
  // The ink of a Chinese character lies 0.38 em to either side of 0.38 em above its base line: the cut goes through it.
  drawText(sheet, text, centre, y + INK.size * (ASCENT - 0.5), INK);
  for (let x = AREA.left; x < AREA_RIGHT; x += STEP) {
    const to = Math.min(x + DASH, AREA_RIGHT);
    if (to < centre - half - 4 || x > centre + half + 4) drawRule(sheet, x, y, to, y, 0.5);
  }
  flow.y += CUT_HEIGHT;
}
