/** The monthly circular as an official document in the format of GB/T 9704—2012. */
import { type CircularImprint, type CircularSnapshot, circularTitle } from '#rules/circular.js';
import { dayText } from '#rules/local-date.js';
import { attachmentTitles, drawAttachments } from './circular/attachments.js';
import { provenanceOf } from './circular/provenance.js';
import { circularSections } from './circular/sections.js';
import { DEMO_MARK, DRAFT_MARK, marksOf } from './marks.js';
import { drawBlocks } from './page/blocks.js';
import { ensure, type Flow, fits, gap, newPage, paragraph, paragraphHeight } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { documentNumberText, drawHeader } from './page/header.js';
import { drawImprint } from './page/imprint.js';
import { closeSheet, openSheet } from './page/sheet.js';
import {
  closingHeight,
  drawAttachmentNote,
  drawSignature,
  noteLines,
  signatureLines,
} from './page/signature.js';
import { drawTitle } from './page/title.js';

/** The same snapshot and meta give the same bytes. */
export async function renderCircularPdf(snapshot: CircularSnapshot, meta: CircularImprint): Promise<Buffer> {
  const title = circularTitle(snapshot);
  const sheet = openSheet({
    title,
    author: snapshot.issuer,
    date: snapshot.cutoff,
    marks: marksOf([snapshot.demo, DEMO_MARK], [meta.draft, DRAFT_MARK]),
  });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  drawHeader(
    flow,
    snapshot.heading,
    meta.documentNumber ? documentNumberText(meta.documentNumber) : '（未编号）',
  );
  drawTitle(flow, title, snapshot.issuer);
  flow.y += LINE;
  const recipients = drawRecipients(flow, meta.recipients);
  const names = attachmentTitles(meta.annexes);
  drawBlocks(flow, circularSections(snapshot, meta.narrative, meta.annexes), {
    reserve: closingHeight(noteLines(sheet, names), signatureLines(sheet, snapshot.issuer)),
  });
  drawAttachmentNote(flow, names);
  const date = meta.issuedOn ? dayText(meta.issuedOn) : '';
  drawSignature(flow, snapshot.issuer, date === '' ? '　　　年　月　日' : date);
  drawAttachments(flow, snapshot, meta.annexes);
  const provenance = provenanceOf(sheet, snapshot, meta);
  // It belongs to the figures; without their annex it stands over the imprint, never under the signature.
  const over = meta.annexes.includes('figures')
    ? undefined
    : { height: provenance.height + LINE / 2, draw: provenance.draw };
  if (!over) {
    gap(flow);
    ensure(flow, provenance.height);
    provenance.draw(flow.y);
    flow.y += provenance.height;
  }
  drawImprint(flow, { recipients, copies: meta.copyRecipients, office: snapshot.issuer, date, over });
  return closeSheet(sheet);
}

/** Lines of the text that the first page must show under the recipients: a heading and two lines. */
const FIRST_LINES = 3;

/**
 * 主送机关 in a line of its own (7.3.2). Where they are so many that the first page would show no text they go into the
 * imprint: these are given back.
 */
function drawRecipients(flow: Flow, recipients: string[]): string[] {
  if (recipients.length === 0) return [];
  const text = `${recipients.join('、')}：`;
  if (!fits(flow, paragraphHeight(flow, text) + FIRST_LINES * LINE)) return recipients;
  paragraph(flow, [{ face: 'fang', text }], { indent: 0 });
  return [];
}
