/** The single documents measured as they come out: inside the type area, nothing over anything, rows and numbers together. */
import { renderClosurePdf } from './closure-pdf.js';
import { type Box, inkBox } from './fixtures/ink.js';
import { orderFixture, summaryFixture } from './fixtures/orders.js';
import { overlaps, pdfPages, pdfPicture, pdfText, pdfWords, type Word } from './fixtures/read-back.js';
import { closureFixture, noticeFixture, recordFixture } from './fixtures/records.js';
import { renderInspectionRecordPdf } from './inspection-record-pdf.js';
import { renderNoticePdf } from './notice-pdf.js';
import { renderOrderPdf } from './order-pdf.js';
import { renderSummaryPdf } from './summary-pdf.js';

const mm = (millimetres: number): number => (millimetres * 72) / 25.4;
const AREA = { left: mm(28), right: mm(184), top: mm(37), bottom: mm(262) };
const MARK = /^【|】$|^[—－]$|^\d+$/;

/** The right edge of the ink: a closing mark at the end of a line fills the left half of its box. */
const inkEnd = ({ text, xMax, yMin, yMax }: Word): number =>
  /[，。、；：）》〉」』】〗〕］”’]$/.test(text) ? xMax - (yMax - yMin) / 2 : xMax;

/** The left edge: an opening mark at the start of a line fills the right half. */
const inkStart = ({ text, xMin, yMin, yMax }: Word): number =>
  /^[（《「『【〖〔［｛“‘]/.test(text) ? xMin + (yMax - yMin) / 2 : xMin;

/** Words that leave the type area, apart from the marks and page numbers in the margins and the head of a letter. */
const strays = (words: Word[], letter = false): Word[] =>
  words.filter(
    (w) =>
      !(w.yMin < AREA.top && (MARK.test(w.text) || w.yMax < mm(22))) &&
      !(w.yMin > AREA.bottom && MARK.test(w.text)) &&
      !(letter && w.page === 1 && w.yMax < mm(60)) &&
      (inkStart(w) < AREA.left - 2 ||
        inkEnd(w) > AREA.right + 2 ||
        w.yMin < AREA.top - 6 ||
        w.yMax > AREA.bottom + 6),
  );

const HOSTILE: Record<string, string> = {
  'a long name': '云溪区'.repeat(60),
  'a word of letters': 'a'.repeat(3000),
  '3,000 characters': '督导检查发现问题'.repeat(375),
  'control characters': '作业\u0000公\u0007示\u001b[31m栏\u007f\u200b',
  'right to left': 'مدرسة ابتدائية 12 בית ספר',
  emoji: '作业👍🏽太多👨‍👩‍👧了',
  'rare characters': '校长李䶮、王㛃、张𬱖',
  'line feeds': '一\n\n\n二\r\n三',
  nothing: '',
};

/** What the system words or bounds itself: a series is 20 characters at most, an issuing office 50. */
const OWN_WORDS = /^(issuer|.*[nN]umber|.*Title|severity|itemCode|noted|role|step|colour)$/;

/** A copy with every text that people type replaced, dates and loaders left. */
function withText<T>(value: T, text: string): T {
  if (typeof value === 'string') {
    return (/^\d{4}-\d{2}-\d{2}|^(minor|major|serious)$/.test(value) ? value : text) as T;
  }
  if (Array.isArray(value)) return value.map((one) => withText(one, text)) as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    OWN_WORDS.test(key) ? one : withText(one, text),
  ]);
  return Object.fromEntries(entries) as T;
}

const DOCUMENTS: Record<string, { render: (text?: string) => Promise<Buffer>; letter?: boolean }> = {
  notice: {
    render: (text) => renderNoticePdf(text === undefined ? noticeFixture() : withText(noticeFixture(), text)),
    letter: true,
  },
  record: {
    render: (text) =>
      renderInspectionRecordPdf(text === undefined ? recordFixture() : withText(recordFixture(), text)),
  },
  closure: {
    render: (text) =>
      renderClosurePdf(text === undefined ? closureFixture() : withText(closureFixture(), text)),
  },
  order: {
    render: (text) =>
      renderOrderPdf(text === undefined ? orderFixture('red') : withText(orderFixture('red'), text)),
  },
  summary: {
    render: (text) =>
      renderSummaryPdf(text === undefined ? summaryFixture() : withText(summaryFixture(), text)),
  },
};

describe.each(Object.entries(DOCUMENTS))('the %s', (_, { render, letter }) => {
  it('keeps inside the type area, and no text covers another', async () => {
    const words = pdfWords(await render());
    expect(words.length).toBeGreaterThan(60);
    expect(strays(words, letter)).toEqual([]);
    expect(overlaps(words)).toEqual([]);
  });

  it.each(Object.entries(HOSTILE))('does so with %s in every field', async (_name, text) => {
    const words = pdfWords(await render(text));
    expect(strays(words, letter)).toEqual([]);
    expect(overlaps(words)).toEqual([]);
  });
});

describe('the notice as a letter', () => {
  it('has its red head and rules where the standard puts them, within half a millimetre', async () => {
    const page = pdfPicture(await renderNoticePdf(noticeFixture()), 1, 200);
    const head = inkBox(page, { left: 10, top: 25, right: 200, bottom: 44 }, 'red') as Box;
    const upper = inkBox(page, { left: 10, top: 44, right: 200, bottom: 60 }, 'red') as Box;
    const lower = inkBox(page, { left: 10, top: 265, right: 200, bottom: 297 }, 'red') as Box;
    const close = (measured: number, wanted: number): void =>
      expect(Math.abs(measured - wanted)).toBeLessThanOrEqual(0.5);
    close(head.top, 30);
    close(upper.top - head.bottom, 4);
    close(297 - lower.bottom, 20);
    for (const rule of [upper, lower]) {
      close(rule.left, 20);
      close(rule.right, 190);
    }
    close((head.left + head.right) / 2, 105);
  });

  it('has its name 30 mm from the edge, the number at the right, the date over the closing of the page', async () => {
    const notice = noticeFixture();
    const words = pdfWords(await renderNoticePdf(notice));
    const first = words.filter(({ page }) => page === 1);
    const head = first.find(({ text }) => text === notice.issuer) as Word;
    expect(Math.abs((head.xMin + head.xMax) / 2 - mm(105))).toBeLessThan(mm(0.5));
    const number = first.find(({ text }) => text.endsWith('12号') && text.startsWith('云教督改')) as Word;
    expect(Math.abs(number.xMax - AREA.right)).toBeLessThan(mm(0.5));
    // The first page of a letter shows no page number.
    expect(first.filter(({ yMin }) => yMin > AREA.bottom)).toEqual([]);
  });

  it('fits a single problem on three pages', async () => {
    const notice = noticeFixture();
    const pages = pdfPages(await renderNoticePdf({ ...notice, lines: notice.lines.slice(0, 1) }));
    expect(pages.length).toBe(3);
  });

  it('repeats the head of forty problems and keeps each number with its text', async () => {
    const notice = noticeFixture();
    const lines = Array.from({ length: 40 }, (_, i) => ({
      ...(notice.lines[i % 3] as (typeof notice.lines)[number]),
      finding: `第${i + 1}件事实`,
      issueNumber: `号${i + 1}号`,
    }));
    const pages = pdfPages(await renderNoticePdf({ ...notice, lines })).map((page) =>
      page.replace(/\s/g, ''),
    );
    const listed = pages.filter((page) => /第\d+件事实/.test(page));
    expect(listed.length).toBeGreaterThan(3);
    for (const page of listed) expect(page).toContain('序号问题事实和依据');
    for (let i = 1; i <= 40; i++) {
      const page = pages.filter((one) => one.includes(`第${i}件事实`));
      expect(page.length).toBe(1);
      expect(page[0]).toContain(`，号${i}号）`);
      expect(page[0]).toMatch(new RegExp(`(^|\\D)${i}第${i}件事实`));
    }
  });

  it('ends in a stub and a receipt that can each be read alone, the number across the cut', async () => {
    const notice = noticeFixture();
    const pdf = await renderNoticePdf(notice);
    const last = pdfPages(pdf).at(-1)?.replace(/\s/g, '') ?? '';
    const [stub = '', receipt = ''] = last.split('（骑缝）');
    for (const part of [stub, receipt]) {
      expect(part).toContain(notice.issuer);
      expect(part).toContain('云教督改〔2026〕12号');
      expect(part).toContain(`受送达单位${notice.unitName}`);
    }
    expect(stub).toContain('（存根）');
    expect(stub).toContain('问题数量3个（严重1个，较重1个，一般1个）');
    expect(receipt).toContain('送达回证');
    expect(pdfText(pdf)).not.toContain('盖章处');
  });
});

describe('the supervision order', () => {
  it.each([
    ['blue', '蓝色', '■□□'],
    ['orange', '橙色', '■■□'],
    ['red', '红色', '■■■'],
  ] as const)(
    'says %s in words and squares, and the order itself stands on one page',
    async (colour, word, mark) => {
      const order = orderFixture(colour);
      const [page = '', reply = '', ...more] = pdfPages(await renderOrderPdf(order)).map((one) =>
        one.replace(/\s/g, ''),
      );
      expect(more).toEqual([]);
      expect(page).toContain(`教育督导${word}督办单`);
      expect(page).toContain(`督办等级：${word}`);
      expect(page).toContain(mark);
      expect(page).toContain('请于2026年10月15日前办结');
      expect(page).toContain(`${order.issuer}（盖章）`);
      expect(reply).toContain('督办单编号云教督办〔2026〕3号');
      expect(reply).toContain(`督办对象${order.unitName}`);
      expect(page.includes('约谈时间')).toBe(colour === 'red');
    },
  );

  it('gives standard and finding a line each', async () => {
    const [page = ''] = pdfPages(await renderOrderPdf(orderFixture()));
    expect(page).toMatch(/标准值：≤60分钟\s*\n\s*实测值：76分钟/);
  });
});

describe('stub and receipt of a notice', () => {
  const named = (length: number) => ({ ...noticeFixture(), unitName: '长'.repeat(length) });
  const sheets = async (notice: ReturnType<typeof noticeFixture>): Promise<string[]> =>
    pdfPages(await renderNoticePdf(notice))
      .map((page) => page.replace(/\s/g, ''))
      .filter((page) => /存根|送达回证/.test(page));

  it('share one sheet, also with the longest name of a unit', async () => {
    for (const length of [8, 100]) {
      const [sheet = '', ...more] = await sheets(named(length));
      expect(more).toEqual([]);
      expect(sheet).toMatch(/存根.+（骑缝）.+送达回证.+签发人.+备注.*受送达单位签收后/);
    }
  });

  it('stand on a sheet each, whole, where one does not hold them', async () => {
    const note = '受送达单位拒绝签收，留置送达，见证人二人在场。'.repeat(20);
    const receipt = { ...noticeFixture().receipt!, refused: true, note };
    const [stub = '', other = '', ...more] = await sheets({ ...named(100), receipt });
    expect(more).toEqual([]);
    expect(stub).toMatch(/存根.+留存归档/);
    expect(stub).not.toContain('送达回证');
    expect(other).toMatch(/送达回证.+签发人.+备注.*受送达单位签收后/);
  });
});

it('a row that goes on says so in one piece beside or under its number', async () => {
  const notice = noticeFixture();
  const lines = notice.lines.map((line) => ({ ...line, finding: '课后服务提前结束。'.repeat(150) }));
  const words = pdfWords(await renderNoticePdf({ ...notice, lines }));
  expect(words.filter(({ text }) => text === '续').length).toBeGreaterThan(1);
  expect(
    words.filter(({ text, xMin }) => /^[（）续]+$/.test(text) && text !== '续' && xMin < AREA.left + 28),
  ).toEqual([]);
});

describe('the summary of a unit', () => {
  it('tells every figure of its data, small samples without a percentage, self-checks apart', async () => {
    const summary = summaryFixture();
    const text = pdfText(await renderSummaryPdf(summary));
    for (const part of [
      '单位名称云溪区实验小学',
      '当前状态督办中',
      '2026年9月1日至2026年10月12日（2026—2027学年第一学期）',
      '督导次数2次',
      '要点达标33/40（82.5%）',
      '登记4个，销号1个',
      '3个，其中逾期1个',
      '作业管理逾期14/18（77.8%）2021',
      '课后服务整改中7/81010',
      '二、未销号问题（3个）',
      '2026年9月29日（已逾期）',
      '三、本期销号问题（1个）',
      '（按期申请）',
      '2026年10月9日回头看责任督学常规督导表（月度）第3版王建国7/81',
      '五、自查（1次，单列）',
      '自查办结2026年9月25日',
    ]) {
      expect(text).toContain(part);
    }
    for (const issue of [...summary.open, ...summary.closed]) expect(text).toContain(issue.number);
  });

  it('says so where there is nothing', async () => {
    const none = { numerator: 0, denominator: 0 };
    const empty = {
      ...summaryFixture(),
      visits: [],
      categories: [],
      open: [],
      closed: [],
      met: none,
      registered: 0,
    };
    const text = pdfText(await renderSummaryPdf({ ...empty, selfChecks: { visits: [], issues: [] } }));
    expect(text).toContain('要点达标—');
    expect(text).toContain('没有未销号的问题。');
    expect(text).toContain('本期没有提交的督导记录。');
    expect(text).toContain('本期没有提交的自查。');
  });
});
