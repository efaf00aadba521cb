import { Answer } from '../http/reply.js';

/** A PDF to be shown in the browser, under the name it is saved by. */
export function pdfAnswer(pdf: Buffer, name: string): Answer {
  return new Answer(pdf, 200, {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'cache-control': 'private, no-cache',
  });
}
