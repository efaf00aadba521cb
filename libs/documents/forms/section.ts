/** The heading of a part of a form, kept with what follows. */
import { type Flow, paragraph } from '../page/flow.js';
import { LINE, SIZE } from '../page/geometry.js';

export function section(flow: Flow, text: string): void {
  flow.y += LINE / 3;
  const style = { indent: 0, align: 'left', size: SIZE.smallFourth, pitch: 23, keepWithNext: 3 } as const;
  paragraph(flow, [{ face: 'hei', text }], style);
}
