/** 附件说明, 署名 and 成文日期, with room for the seal; a seal is stamped by a person and never drawn (7.3.4, 7.3.5). */
import { type Flow, paragraph } from './flow.js';
import { AREA_RIGHT, BODY_TRACKING, baseline, CELL, LINE, SIZE } from './geometry.js';
import { widthOf } from './line-breaking.js';
import { drawText } from './sheet.js';

const INK = { face: 'fang', size: SIZE.third, tracking: BODY_TRACKING, align: 'center' } as const;

/** Lines above the signature: a seal of 42 mm over it then begins within one line of the text. */
const SEAL_LINES = 2;

/** Points that the attachment note and the signature need under the text. */
export const closingHeight = (attachments: number): number =>
  ((attachments > 0 ? 1 + attachments : 0) + SEAL_LINES + 2) * LINE;

/** One blank line, then `附件：1.××` with the names aligned and no mark after them. */
export function drawAttachmentNote(flow: Flow, names: string[]): void {
  if (names.length === 0) return;
  flow.y += LINE;
  names.forEach((name, index) => {
    const label = index === 0 ? '附件：' : '　　　';
    const text = names.length === 1 ? `${label}${name}` : `${label}${index + 1}.${name}`;
    paragraph(flow, [{ face: 'fang', text }], { indent: 2, hang: names.length === 1 ? 5 : 6, align: 'left' });
  });
}

/** The date four characters from the right, the office centred over it. */
export function drawSignature(flow: Flow, office: string, date: string): void {
  const { sheet } = flow;
  const width = (text: string): number => widthOf(sheet.shape('fang', text), INK.size, INK.tracking);
  const half = Math.max(width(office), width(date)) / 2;
  const centre = Math.min(AREA_RIGHT - 4 * CELL - width(date) / 2, AREA_RIGHT - half);
  flow.y += SEAL_LINES * LINE;
  drawText(sheet, office, centre, baseline(flow.y, INK.size), INK);
  flow.y += LINE;
  drawText(sheet, date, centre, baseline(flow.y, INK.size), INK);
  flow.y += LINE;
}
