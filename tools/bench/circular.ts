import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';
import { renderCircularPdf } from '#documents/circular-pdf.js';
import { circularSnapshot } from '#documents/fixtures/circular.js';
import { issuedMeta } from '#documents/fixtures/gallery.js';
import { packagePath } from '#platform/package-root.js';
import { median, type Row } from './harness.js';

/** P9: a circular of some 50 pages, against bare pdfkit laying out the same amount of text in one cached font. */
export async function run(): Promise<Row[]> {
  const snapshot = circularSnapshot({ schools: 120, issues: 240 });
  const meta = issuedMeta(snapshot);
  const first = await timed(() => renderCircularPdf(snapshot, meta));
  const pages = (first.value.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length;
  const text = JSON.stringify(snapshot).replace(/[^\p{Script=Han}0-9，。；：、]/gu, '');
  const bareFirst = await timed(() => bare(text, pages));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < 5; i++) {
    ours.push((await timed(() => renderCircularPdf(snapshot, meta))).ms);
    theirs.push((await timed(() => bare(text, pages))).ms);
  }
  const row = (what: string, a: number, b: number): Row => ({
    id: 'P9',
    what: `circular PDF, ${pages} pages, ${what}`,
    ours: `${(a / 1000).toFixed(2)} s`,
    baseline: `bare pdfkit ${(b / 1000).toFixed(2)} s`,
    ratio: a / b,
    goal: '≤ 1.25',
    met: a / b <= 1.25,
  });
  return [row('first', first.ms, bareFirst.ms), row('warm', median(ours), median(theirs))];
}

let font: unknown;
/** The least that fills as many pages: 22 lines of 28 characters a page, drawn line by line, and a rule under each as in a table. */
function bare(text: string, pages: number): Promise<Buffer> {
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

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}
