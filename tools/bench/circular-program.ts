/** The program that P9 starts: one of the two ways to make a circular, several times, ms of each on standard output. */
import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';
import { renderCircularPdf } from '#documents/circular-pdf.js';
import { circularSnapshot } from '#documents/fixtures/circular.js';
import { issuedMeta } from '#documents/fixtures/gallery.js';
import { packagePath } from '#platform/package-root.js';

const [way, times, pages] = process.argv.slice(2);
const snapshot = circularSnapshot({ schools: 120, issues: 240 });
const meta = issuedMeta(snapshot);
const text = JSON.stringify(snapshot).replace(/[^\p{Script=Han}0-9，。；：、]/gu, '');

/** Cached, as a careful program would: opened once for all documents of a process. */
let font: unknown;
let made: Buffer = Buffer.alloc(0);
const ms: number[] = [];
for (let i = 0; i < Number(times); i++) {
  const began = performance.now();
  made = way === 'ours' ? await renderCircularPdf(snapshot, meta) : await bare(Number(pages));
  ms.push(performance.now() - began);
}
const count = (made.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length;
process.stdout.write(JSON.stringify({ ms, pages: count }));

/** The least that fills as many pages: 22 lines of 28 characters a page, drawn line by line, and a rule under each as in a table. */
function bare(pages: number): Promise<Buffer> {
  font ??= fontkit.openSync(packagePath('data/fonts/FandolFang-Regular.otf'));
  const doc = new PDFDocument({ size: 'A4', margin: 0 });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  doc.registerFont('body', font as never);
  doc.font('body');
  let at = 0;
  const take = (n: number) => {
    if (at + n > text.length) at = 0;
    at += n;
    return text.slice(at - n, at);
  };
  for (let page = 0; page < pages; page++) {
    if (page > 0) doc.addPage();
    for (let line = 0; line < 22; line++) {
      const y = 105 + line * 28.99;
      doc.fontSize(15.79).text(take(28), 79, y, { lineBreak: false });
      doc
        .moveTo(79, y + 24)
        .lineTo(521, y + 24)
        .stroke();
    }
  }
  return new Promise((resolve) => {
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.end();
  });
}
