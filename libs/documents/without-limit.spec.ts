/** A problem whose figure the district holds against no limit: no document of a circular calls that a standard. */
import { renderCircularDocx } from './circular-docx.js';
import { renderCircularPdf } from './circular-pdf.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { pdfText } from './fixtures/read-back.js';
import { readDocx } from './fixtures/read-docx.js';

const whole = circularSnapshot();
const listed = whole.issues.find(({ disputed }) => !disputed)!;

// As found today, and as issues are kept that were found before.
test.each(['小学本区未设定限值', '小学本区未设定限值，只作记录'])('%s', async (standardValue) => {
  const issue = { ...listed, finding: '多数学生带回家完成', standardValue, measuredValue: '小学10%' };
  const snapshot = { ...whole, issues: [{ ...issue, basis: '《意见》第7条' }] };
  const meta = issuedMeta(snapshot);
  const texts = [
    pdfText(await renderCircularPdf(snapshot, meta)),
    (await readDocx(await renderCircularDocx(snapshot, meta))).paragraphs.map(({ text }) => text).join(''),
  ].map((text) => text.replace(/\s/g, ''));
  for (const text of texts) {
    expect(text).toContain('多数学生带回家完成。本区未设定限值，实测小学10%。判定依据：《意见》第7条。');
    expect(text).toContain('本区未设定限值实测：小学10%依据：《意见》第7条');
    expect(text).not.toMatch(/标准[：为]?小学本区|只作记录|不符合《意见》/);
  }
});
