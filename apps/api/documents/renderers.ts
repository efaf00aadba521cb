import { renderClosurePdf } from '#documents/closure-pdf.js';
import { renderInspectionRecordPdf } from '#documents/inspection-record-pdf.js';
import { renderNoticeDocx } from '#documents/notice-docx.js';
import { renderNoticePdf } from '#documents/notice-pdf.js';
import { renderOrderPdf } from '#documents/order-pdf.js';
import { renderSummaryPdf } from '#documents/summary-pdf.js';

/** The single documents that are made on request. Runs in the render thread; the main thread takes its types alone. */
export const RENDERERS = {
  record: renderInspectionRecordPdf,
  notice: renderNoticePdf,
  noticeDocx: renderNoticeDocx,
  closure: renderClosurePdf,
  order: renderOrderPdf,
  summary: renderSummaryPdf,
};
export type Kind = keyof typeof RENDERERS;
export type Input<K extends Kind> = Parameters<(typeof RENDERERS)[K]>[0];
