import { DOCX, PDF } from '../http/media-types.js';
import { Answer } from '../http/reply.js';

/** A PDF to be shown in the browser, under the name it is saved by. */
export const pdfAnswer = (pdf: Buffer, name: string): Answer =>
  new Answer(pdf, 200, headers(PDF, `inline; filename="document.pdf"`, name));

/** An editable file, to be saved under its name. */
export const docxAnswer = (docx: Buffer, name: string): Answer =>
  new Answer(docx, 200, headers(DOCX, `attachment; filename="document.docx"`, name));

const headers = (type: string, disposition: string, name: string): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `${disposition}; filename*=UTF-8''${encodeURIComponent(name)}`,
  'cache-control': 'private, no-cache',
});
