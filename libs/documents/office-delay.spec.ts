/** Whose delay it is: said alike in all three documents of a circular. */
import { renderCircularDocx } from './circular-docx.js';
import { renderCircularPdf } from './circular-pdf.js';
import { renderCircularXlsx } from './circular-xlsx.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { cellsOf, pdfText, unzip } from './fixtures/read-back.js';
import { readDocx } from './fixtures/read-docx.js';

const whole = circularSnapshot();
const known = whole.closeout.rows.find(({ outcome, disputed }) => outcome === 'open' && !disputed)!;
const listed = whole.issues.find(({ disputed }) => !disputed)!;

/** A circular of one problem that waits for the office, in the list of problems and among those due. */
function waiting(told: { status?: string; officeOverdue?: boolean }) {
  const issue = { ...listed, overdue: false, status: 'verified', statusTitle: '已核验' };
  const row = { ...known, statusTitle: '申请销号', returnCount: 0 };
  return {
    ...whole,
    issues: [told.officeOverdue === undefined ? issue : { ...issue, officeOverdue: told.officeOverdue }],
    closeout: { ...whole.closeout, rows: [{ ...row, ...told }], overdue: [] },
  };
}

const printed = (told: { status?: string; officeOverdue?: boolean }): Promise<string[]> =>
  textsOf(waiting(told));

async function textsOf(snapshot: typeof whole): Promise<string[]> {
  const meta = issuedMeta(snapshot);
  const parts = await unzip(await renderCircularXlsx(snapshot, meta));
  const sheets = [...parts].filter(([name]) => name.startsWith('xl/worksheets/sheet'));
  const texts = [
    pdfText(await renderCircularPdf(snapshot, meta)),
    (await readDocx(await renderCircularDocx(snapshot, meta))).paragraphs.map(({ text }) => text).join(''),
    sheets.flatMap(([, xml]) => cellsOf(xml).map(({ text }) => text)).join('\n'),
  ];
  return texts.map((text) => text.replace(/\s/g, ''));
}

test('where the office is late with its step the list says so beside the status', async () => {
  for (const text of await printed({ status: 'close_requested', officeOverdue: true })) {
    expect(text).toContain('申请销号（督导机构逾期未核验）');
    expect(text).toContain('已核验（督导机构逾期未审批）');
  }
});

test('so does the list of what is overdue, where a unit asked for close-out after its deadline', async () => {
  const { statusTitle: _, ...frozenBefore } = whole.closeout.overdue[0]!;
  const told = { statusTitle: '申请销号', status: 'close_requested', officeOverdue: true };
  const row = { ...frozenBefore, escalationTitle: '督办', ...told };
  const late = { ...whole, issues: [], closeout: { ...whole.closeout, rows: [], overdue: [row] } };
  const [pdf, docx, xlsx] = await textsOf(late);
  for (const text of [pdf!, docx!]) {
    expect(text).toContain('逾期天数状态升级处理');
    expect(text).toContain(`${row.daysOverdue}申请销号（督导机构逾期未核验）督办`);
  }
  expect(xlsx).toContain('申请销号（督导机构逾期未核验）');
  const old = await textsOf({ ...late, closeout: { ...late.closeout, overdue: [frozenBefore] } });
  for (const text of old.slice(0, 2)) expect(text).toContain('逾期天数升级处理');
});

test('it says nothing of it where the office is in time, nor in a circular frozen before it was told', async () => {
  for (const told of [{ status: 'close_requested', officeOverdue: false }, {}]) {
    for (const text of await printed(told)) {
      expect(text).toContain('申请销号');
      expect(text).not.toContain('督导机构逾期');
    }
  }
});
