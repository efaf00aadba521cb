/** Draws a chart into a PDF as vectors, whole on one page, with its caption under it. */
import { ensure, type Flow, toGrid } from '../page/flow.js';
import { baseline, SIZE } from '../page/geometry.js';
import { widthOf } from '../page/line-breaking.js';
import { addContent, drawText, type Sheet } from '../page/sheet.js';
import { type Chart, layChart } from './chart.js';
import { HATCH, hatchLines, INKS } from './inks.js';
import { LABEL_SIZE, type Mark } from './marks.js';

const FACE = 'song';
const CAPTION_PITCH = 22;
/** Between the text above and the chart. */
const ABOVE = 8;

/** Sets a chart and its caption at the flow, on a new page where this one has not room for both. */
export function chart(flow: Flow, spec: Chart, caption: string): void {
  const { sheet } = flow;
  const { left, width } = sheet.area;
  const measure = (text: string) => widthOf(sheet.shape(FACE, text), LABEL_SIZE);
  const drawing = layChart(spec, width, measure);
  ensure(flow, ABOVE + drawing.height + CAPTION_PITCH);
  flow.y += ABOVE;
  for (const mark of drawing.marks) paint(sheet, mark, left, flow.y);
  flow.y += drawing.height;
  const line = baseline(flow.y, SIZE.smallFourth, CAPTION_PITCH);
  drawText(sheet, caption, left + width / 2, line, { face: 'hei', size: SIZE.smallFourth, align: 'center' });
  flow.y += CAPTION_PITCH;
  toGrid(flow);
}

function paint(sheet: Sheet, mark: Mark, left: number, top: number): void {
  const at = (x: number, y: number) => `${n(left + x)} ${n(top + y)}`;
  if (mark.kind === 'text') {
    const [x, y] = [left + mark.x, top + mark.y];
    if (mark.ground) {
      const wide = widthOf(sheet.shape(FACE, mark.text), LABEL_SIZE) + 3;
      const from = mark.align === 'center' ? wide / 2 : mark.align === 'right' ? wide : 0;
      addContent(
        sheet,
        `1 1 1 rg ${n(x - from)} ${n(y - LABEL_SIZE * 0.82)} ${n(wide)} ${n(LABEL_SIZE)} re f`,
      );
    }
    drawText(sheet, mark.text, x, y, {
      face: FACE,
      size: LABEL_SIZE,
      align: mark.align,
      color: INKS[mark.tone],
    });
  } else if (mark.kind === 'path') {
    const [first, ...rest] = mark.points.map(([x, y]) => at(x, y));
    const dash = mark.dash ? `[${mark.dash}] 0 d` : '[] 0 d';
    const color = mark.tone === 'faint' ? INKS.scale : INKS[mark.tone];
    addContent(
      sheet,
      `${color} RG ${n(mark.weight)} w ${dash} ${first} m ${rest.map((point) => `${point} l`).join(' ')} S [] 0 d`,
    );
  } else if (mark.kind === 'dot') {
    // A stroke of no length with round ends is a disc.
    const disc = (radius: number, color: string) =>
      `${color} RG 1 J ${n(radius * 2)} w ${at(mark.x, mark.y)} m ${at(mark.x, mark.y)} l S 0 J`;
    addContent(sheet, disc(mark.radius, INKS.ink));
    if (mark.fill === 'paper') addContent(sheet, disc(mark.radius - 0.9, INKS.paper));
  } else {
    const { x, y, width, height, fill } = mark;
    const area = `${at(x, y)} ${n(width)} ${n(height)} re`;
    const ground = fill === 'solid' ? INKS.bar : fill === 'light' ? INKS.light : INKS.paper;
    addContent(sheet, `${ground} rg ${area} f`);
    if (fill === 'hatched') {
      const lines = hatchLines(mark).map(([x1, y1, x2, y2]) => `${at(x1, y1)} m ${at(x2, y2)} l`);
      if (lines.length > 0) addContent(sheet, `${INKS.bar} RG ${HATCH.weight} w ${lines.join(' ')} S`);
    }
    if (mark.outlined) addContent(sheet, `${INKS.bar} RG 0.6 w ${area} S`);
  }
}

const n = (value: number): string => String(Math.round(value * 1000) / 1000);
