/** The monthly circular as an official document in the format of GB/T 9704—2012. */
import {
  type CircularAnnex,
  type CircularNarrative,
  type CircularSnapshot,
  chineseDate,
  circularTitle,
} from '#rules/circular.js';
import { ATTACHMENTS, drawAttachments } from './circular/attachments.js';
import { circularSections } from './circular/sections.js';
import { drawBlocks } from './page/blocks.js';
import { type Flow, newPage, paragraph } from './page/flow.js';
import { LINE } from './page/geometry.js';
import { documentNumberText, drawHeader } from './page/header.js';
import { drawImprint } from './page/imprint.js';
import { closeSheet, DEMO_MARK, DRAFT_MARK, marksOf, openSheet } from './page/sheet.js';
import { closingHeight, drawAttachmentNote, drawSignature } from './page/signature.js';
import { drawTitle } from './page/title.js';

export interface CircularMeta {
  /** As registered; null while a draft. */
  documentNumber: string | null;
  /** Local date `YYYY-MM-DD`; null while a draft. */
  issuedOn: string | null;
  draft: boolean;
  /** SHA-256 of the snapshot's canonical JSON, hexadecimal. */
  hash: string;
  /** The text as edited, in plain words; the figures stay those of the snapshot. */
  narrative: CircularNarrative;
  /** The annexes it carries, in order. */
  annexes: CircularAnnex[];
  /** 主送、抄送机关 as the desk chose them, without colon or full stop. */
  recipients: string[];
  copyRecipients: string[];
  /** The public page that says whether this circular is genuine (to be printed as a QR code) and its short hash; null while a draft. */
  verify: { url: string; shortHash: string } | null;
}

/** The same snapshot and meta give the same bytes. */
export async function renderCircularPdf(snapshot: CircularSnapshot, meta: CircularMeta): Promise<Buffer> {
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
  if (snapshot.recipients.length > 0) {
    paragraph(flow, [{ face: 'fang', text: `${snapshot.recipients.join('、')}：` }], { indent: 0 });
  }
  drawBlocks(flow, circularSections(snapshot, meta.narrative), {
    reserve: closingHeight(ATTACHMENTS.length),
  });
  drawAttachmentNote(flow, ATTACHMENTS);
  const date = meta.issuedOn ? chineseDate(meta.issuedOn) : '';
  drawSignature(flow, snapshot.issuer, date === '' ? '　　　年　月　日' : date);
  drawAttachments(flow, snapshot, meta.hash);
  drawImprint(flow, { copies: snapshot.copyRecipients, office: snapshot.issuer, date });
  return closeSheet(sheet);
}
