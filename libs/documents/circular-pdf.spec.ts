import { closeoutText, rate } from '#rules/circular.js';
import { renderCircularPdf } from './circular-pdf.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { pdfPages, pdfText } from './fixtures/read-back.js';

const snapshot = circularSnapshot();
const solid = (text: string): string => text.replace(/\s/g, '');

describe('the circular in PDF', () => {
  let pdf: Buffer;
  let pages: string[];
  beforeAll(async () => {
    pdf = await renderCircularPdf(snapshot, issuedMeta(snapshot));
    pages = pdfPages(pdf);
  });

  it('says heading, number, title, recipients, six sections, attachments and imprint in their order', () => {
    const text = solid(pages.join(''));
    const order = [
      '云溪区人民政府教育督导室文件',
      '云教督通〔2026〕9号',
      '关于2026年9月教育督导（“双减”）情况的通报',
      '各督学责任区、各中小学校、各校外培训机构：',
      '一、督查概况',
      '二、总体情况',
      '三、好的做法',
      '四、主要问题',
      '五、上期问题整改与销号',
      '六、下一步要求',
      '附件：1.问题清单（按单位）',
      '2026年10月9日',
      '附件1问题清单（按单位）',
      '附件2整改与销号情况表',
      '附件3指标表',
      '抄送：区人民政府办公室',
      '2026年10月9日印发',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    // The date stands in the signature and in the imprint; the others once, in this order.
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  it('prints every figure of the snapshot as it stands there', () => {
    const text = solid(pages.join(''));
    for (const figure of snapshot.figures.filter((f) => !/^(category|measurement)/.test(f.key))) {
      expect(text).toContain(solid(figure.title));
      const said =
        'value' in figure ? `${figure.value}${figure.unit}` : `${figure.numerator}/${figure.denominator}`;
      expect(text).toContain(said);
    }
    for (const c of snapshot.categories)
      expect(text).toContain(rate({ numerator: c.met, denominator: c.judged }));
    for (const paragraph of closeoutText(snapshot)) expect(text).toContain(solid(paragraph));
  });

  it('says of what was asked for in time that close-out is asked for, and nothing of a status where none was frozen', async () => {
    const [row] = snapshot.closeout.rows.filter(({ outcome, disputed }) => outcome === 'open' && !disputed);
    const of = async (statusTitle?: string) => {
      const rows = [{ ...row!, statusTitle, returnCount: 0 }];
      const one = { ...snapshot, issues: [], closeout: { ...snapshot.closeout, rows, overdue: [] } };
      const text = pdfText(await renderCircularPdf(one, issuedMeta(one)));
      return text.slice(text.indexOf('（一）原定期限在本期的问题'), text.indexOf('（二）截止时刻逾期'));
    };
    expect(await of('申请销号')).toContain('申请销号');
    expect(await of(undefined)).toContain('未逾期未销号');
  });

  it('shows no percentage for fewer than ten', () => {
    expect(solid(pages.join(''))).toContain('5/8家样本不足10，不列');
    expect(pages.join('')).not.toContain('62.5%');
  });

  it('counts disputed issues and names none of them', async () => {
    const disputed = snapshot.issues.filter((issue) => issue.disputed);
    expect(disputed.length).toBeGreaterThan(0);
    const secret = '只在申辩问题里的事实';
    const issues = snapshot.issues.map((i) => (i.disputed ? { ...i, finding: secret } : i));
    const text = pdfText(await renderCircularPdf({ ...snapshot, issues }, issuedMeta(snapshot)));
    expect(text).not.toContain(secret);
    expect(text).toContain('（不点名）');
    for (const { number } of disputed) expect(text).toContain(solid(number));
  });

  it('marks every page of a demo, and of a draft, and no other', async () => {
    expect(pages.every((page) => page.includes('演示数据'))).toBe(true);
    expect(pages.some((page) => page.includes('草稿'))).toBe(false);
    const real = circularSnapshot({ demo: false, schools: 2, issues: 2 });
    const meta = { ...issuedMeta(real), documentNumber: null, issuedOn: null, draft: true };
    const draft = pdfPages(await renderCircularPdf(real, meta));
    expect(draft.every((page) => page.includes('草稿'))).toBe(true);
    expect(draft.join('')).not.toContain('演示');
  });

  it('gives the same bytes for the same snapshot', async () => {
    const again = await renderCircularPdf(circularSnapshot(), issuedMeta(circularSnapshot()));
    expect(again.equals(pdf)).toBe(true);
  });

  it('says that there was nothing, where there was nothing', async () => {
    const quiet = circularSnapshot({ schools: 1, issues: 0 });
    const text = pdfText(await renderCircularPdf(quiet, issuedMeta(quiet)));
    for (const said of [
      '本期没有新登记的问题。',
      '本期没有原定期限到期的问题。',
      '截止时刻没有逾期未销号的问题。',
    ]) {
      expect(text).toContain(said);
    }
  });
});
