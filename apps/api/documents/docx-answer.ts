import { Answer } from '../http/reply.js';

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** An editable file, to be saved under its name. */
export function docxAnswer(docx: Buffer, name: string): Answer {
  return new Answer(docx, 200, {
    'content-type': DOCX,
    'content-disposition': `attachment; filename="document.docx"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'cache-control': 'private, no-cache',
  });
}
