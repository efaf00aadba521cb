/** The notice, the inspection record and the close-out form, read back. */
import { renderClosurePdf } from './closure-pdf.js';
import { pdfPages, pdfText } from './fixtures/read-back.js';
import { readDocx } from './fixtures/read-docx.js';
import { closureFixture, noticeFixture, recordFixture } from './fixtures/records.js';
import { renderInspectionRecordPdf } from './inspection-record-pdf.js';
import { renderNoticeDocx } from './notice-docx.js';
import { renderNoticePdf } from './notice-pdf.js';

const solid = (text: string): string => text.replace(/\s/g, '');

describe('the rectification notice', () => {
  it('has a line for each problem, the right to object, and the receipt', async () => {
    const notice = noticeFixture();
    const text = pdfText(await renderNoticePdf(notice));
    for (const line of notice.lines) {
      for (const part of [
        line.issueNumber,
        line.finding,
        line.basis,
        line.standardValue,
        line.measuredValue,
      ]) {
        if (part !== null) expect(text).toContain(solid(part));
      }
    }
    expect(text).toContain('云教督改〔2026〕12号');
    expect(text).toContain('2026年9月29日前');
    expect(text).toContain('5个工作日内提出书面申辩');
    expect(text).toContain('送达回证');
    expect(text).toContain('签收人（签章）刘芳');
  });

  it('leaves the receipt open until it is given, and says so where it was refused', async () => {
    const open = pdfText(await renderNoticePdf({ ...noticeFixture(), receipt: null }));
    expect(open).not.toContain('刘芳');
    const refused = {
      receivedBy: '门卫',
      receivedOn: '2026-09-10',
      refused: true,
      note: '留置送达，见证人李某',
    };
    const text = pdfText(await renderNoticePdf({ ...noticeFixture(), receipt: refused }));
    expect(text).toContain('门卫（拒绝签收）');
    expect(text).toContain('留置送达，见证人李某');
  });

  it('tells of the refusal before the receipt in its remarks, to print and to edit', async () => {
    const notice = noticeFixture();
    const refusal = {
      receivedBy: '门卫',
      refusedOn: '2026-09-09',
      recordedBy: '钱进',
      note: '门卫拒收，留置送达',
    };
    const both = { ...notice, receipt: { ...notice.receipt!, note: '校长补签' }, refusal };
    for (const text of [
      pdfText(await renderNoticePdf(both)),
      (await readDocx(await renderNoticeDocx(both))).paragraphs.map((one) => one.text).join(''),
    ]) {
      expect(text.replace(/\s/g, '')).toMatch(
        /签收人（签章）刘芳.*备注2026年9月9日，门卫拒绝签收（钱进登记）：门卫拒收，留置送达校长补签受送达单位/,
      );
    }
  });

  it('flows a finding of 3,000 characters', async () => {
    const notice = noticeFixture();
    const long = { ...notice, lines: notice.lines.map((line) => ({ ...line, finding: '督'.repeat(3000) })) };
    const text = pdfText(await renderNoticePdf(long));
    expect(text.split('督').length - 1).toBeGreaterThanOrEqual(9000);
  });
});

describe('the inspection record', () => {
  it('shows answers, issues, reminders, amendments and signatures', async () => {
    const record = recordFixture();
    const text = pdfText(await renderInspectionRecordPdf(record));
    for (const answer of record.answers) expect(text).toContain(answer.itemCode);
    for (const part of [
      '督导要点（32项）',
      '云督问〔2026〕101号',
      '当场补批',
      '四年级作业时间录入有误',
      '督导组长（签名）',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('names the days of sessions, what a correction changed, and what became of an issue taken back', async () => {
    const record = recordFixture();
    const text = pdfText(
      await renderInspectionRecordPdf({
        ...record,
        inspectedDays: '2026年9月8日至9日',
        issues: record.issues.map((issue) => ({ ...issue, ended: '已撤销' })),
        amendments: record.amendments.map((one) => ({ ...one, changes: ['SJ-ZY-02 书面作业：不达标→达标'] })),
      }),
    );
    for (const part of ['2026年9月8日至9日', '已撤销', '不达标→达标']) expect(text).toContain(part);
  });

  it('says where a photo could not be read, and still comes out', async () => {
    const pdf = await renderInspectionRecordPdf(recordFixture());
    expect(pdfText(pdf)).toContain('（照片无法读取）');
    expect(pdf.toString('latin1').split('/Subtype /Image').length - 1).toBe(2);
  });

  it('is marked as long as it is not submitted', async () => {
    const pages = pdfPages(await renderInspectionRecordPdf({ ...recordFixture(), submittedAt: null }));
    expect(pages.every((page) => page.includes('尚未提交'))).toBe(true);
  });

  it('fails when a photo cannot be fetched: a record without its evidence is no record', async () => {
    const gone = { caption: '照片', load: () => Promise.reject(new Error('storage is down')) };
    await expect(renderInspectionRecordPdf({ ...recordFixture(), photos: [gone] })).rejects.toThrow(
      'storage is down',
    );
  });
});

describe('the close-out form', () => {
  it('shows measures, verification, opinions and the way there', async () => {
    const text = pdfText(await renderClosurePdf(closureFixture()));
    for (const part of [
      '云督问〔2026〕103号',
      '1次（复测0次）',
      '现场核验',
      '共同核验人：陈静',
      '督导室意见同意销号。负责人：赵明',
      '分管局领导意见同意。签批人：孙伟',
      '退回情况（1次）',
      '办理经过',
      '整改前后对比整改前整改后',
      '拍摄时间：2026-09-1415:02',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('asks the bureau’s leader for serious issues alone', async () => {
    const text = pdfText(await renderClosurePdf({ ...closureFixture(), severity: 'major', leader: null }));
    expect(text).not.toContain('分管局领导');
  });
});

it('the same document gives the same bytes', async () => {
  expect((await renderNoticePdf(noticeFixture())).equals(await renderNoticePdf(noticeFixture()))).toBe(true);
  expect((await renderClosurePdf(closureFixture())).equals(await renderClosurePdf(closureFixture()))).toBe(
    true,
  );
  const [a, b] = [
    await renderInspectionRecordPdf(recordFixture()),
    await renderInspectionRecordPdf(recordFixture()),
  ];
  expect(a.equals(b)).toBe(true);
});
