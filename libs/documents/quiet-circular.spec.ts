/** A month in which nothing happened, and a correction: what stands in the three documents and what does not. */
import type { CircularSnapshot } from '#rules/circular.js';
import { freezeCircular } from '#rules/circular.js';
import { renderCircularDocx } from './circular-docx.js';
import { renderCircularPdf } from './circular-pdf.js';
import { renderCircularXlsx } from './circular-xlsx.js';
import { circularSnapshot, emptyMonth } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { cellsOf, pdfText, unzip } from './fixtures/read-back.js';
import { readDocx } from './fixtures/read-docx.js';

const solid = (text: string): string => text.replace(/\s/g, '');

async function texts(snapshot: CircularSnapshot): Promise<string[]> {
  const meta = issuedMeta(snapshot);
  const docx = await readDocx(await renderCircularDocx(snapshot, meta));
  return [
    pdfText(await renderCircularPdf(snapshot, meta)),
    docx.paragraphs.map(({ text }) => text).join(''),
  ].map(solid);
}

async function workbook(snapshot: CircularSnapshot): Promise<string> {
  const parts = await unzip(await renderCircularXlsx(snapshot, issuedMeta(snapshot)));
  const sheets = [...parts].filter(([name]) => name.startsWith('xl/worksheets/sheet'));
  return sheets.flatMap(([, xml]) => cellsOf(xml).map(({ text }) => text)).join('\n');
}

test('an empty month refers to no table, chart or problem that it does not have', async () => {
  for (const text of await texts(emptyMonth())) {
    expect(text).toContain('本期主要指标见表1；监测数值、全部指标及其口径见附件3。');
    expect(text).not.toMatch(/表2|图\d|本通报所列问题|逐条制定|不计入本表/);
    expect(text).toContain('（二）各类要点本期没有判定的要点和新登记的问题。（三）监测数值');
  }
  const sheets = await workbook(emptyMonth());
  for (const name of ['问题清单', '类别', '整改销号', '期末逾期'])
    expect(sheets).toContain(`${name}　本期无`);
  expect(sheets).not.toContain('0行');
});

test('a district without training institutions has no share of them among the main figures', async () => {
  const whole = circularSnapshot();
  const institutions = { numerator: 0, denominator: 0 };
  const without = freezeCircular({ ...whole, overview: { ...whole.overview, institutions } });
  for (const text of await texts(without)) {
    const main = text.slice(text.indexOf('表1主要指标'), text.indexOf('三、好的做法'));
    expect(main).toContain('学校覆盖率');
    expect(main).not.toContain('培训机构覆盖率');
  }
  expect((await workbook(without)).match(/^校外培训机构覆盖率$/gm)).toHaveLength(2);
  expect((await workbook(whole)).match(/^校外培训机构覆盖率$/gm)).toHaveLength(3);
});

test('a correction begins with what it corrects, before its first part', async () => {
  const corrects = { documentNumber: '云教督通〔2026〕9号', title: '关于…的通报', issuedOn: '2026-10-09' };
  const [pdf, docx] = await texts(
    freezeCircular({ ...circularSnapshot(), corrects: { ...corrects, changes: [] } }),
  );
  for (const text of [pdf!, docx!]) {
    const lead = text.indexOf('印发了《关于…的通报》（云教督通〔2026〕9号）。经核实');
    expect(lead).toBeGreaterThan(0);
    expect(text.indexOf('一、督查概况')).toBeGreaterThan(lead);
  }
});
