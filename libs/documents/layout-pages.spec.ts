/** The pages of the circular measured: attachments, page numbers, imprint, verification. All lengths in millimetres. */
import jsqr from 'jsqr';
import type { CircularImprint } from '#rules/circular.js';
import { renderCircularPdf } from './circular-pdf.js';
import { type Box, height, inkBox, middle, rules } from './fixtures/ink.js';
import {
  AREA,
  boxOf,
  FOURTH,
  LINE,
  lineOf,
  measured,
  mm,
  near,
  renderMeasured,
  SHEET,
  snapshot,
} from './fixtures/measures.js';
import { pdfLines, pdfPages, pdfPicture, pdfWords, turnedPages, type Word } from './fixtures/read-back.js';

describe('the pages of the circular as printed', () => {
  let pdf: Buffer;
  let lines: Word[];
  let words: Word[];
  let last: number;
  const line = (text: string | RegExp, page?: number): Word => lineOf(lines, text, page);
  beforeAll(async () => {
    pdf = await renderMeasured();
    lines = pdfLines(pdf);
    words = pdfWords(pdf);
    last = pdfPages(pdf).length;
  });

  it('begins each attachment on a new page: label in the first line, title in the third', () => {
    const turned = turnedPages(pdf);
    for (const [label, title] of [
      ['附件1', '问题清单（按单位）'],
      ['附件2', '整改与销号情况表'],
      ['附件3', '指标表'],
    ] as const) {
      const head = lines.find((l) => l.text === label) as Word;
      const name = lines.find((l) => l.text === title && l.page === head.page) as Word;
      const area = turned.has(head.page)
        ? { left: 35, top: 28, width: 225 }
        : { left: 28, top: 37, width: 156 };
      near(mm(head.xMin), area.left);
      near(mm(head.yMin + head.yMax) / 2, area.top + LINE / 2);
      near(mm(name.yMin + name.yMax) / 2, area.top + 2.5 * LINE);
      near(mm(name.xMin + name.xMax) / 2, area.left + area.width / 2, 1);
    }
  });

  it('sets wide tables sideways, their heads at the left edge of the sheet, page numbers where they always are', () => {
    const turned = turnedPages(pdf);
    expect(turned.size).toBeGreaterThan(3);
    const heads = words.filter((w) => turned.has(w.page) && w.text === '编号');
    expect(new Set(heads.map((w) => w.page % 2)).size).toBe(2);
    for (const page of turned) {
      // The label or the head of the table lies highest, and that is next to the left edge of the sheet.
      const all = words.filter((w) => w.page === page && !/^(—|\d+)$/.test(w.text)).map(boxOf);
      near(Math.min(...all.map((box) => box.left)), AREA.left + 2, 3);
    }
  });

  it('numbers pages 7 mm under 版心, odd ones one character from the right, even ones from the left', () => {
    const turned = turnedPages(pdf);
    const sideways = [...turned];
    // A page that holds the imprint alone has no number.
    const numbered = Math.max(
      ...words.filter((w) => /^\d+$/.test(w.text) && boxOf(w).top > AREA.bottom).map((w) => w.page),
    );
    expect(last - numbered).toBeLessThanOrEqual(1);
    for (const page of [1, 2, ...sideways.slice(0, 2), numbered]) {
      const number = words.find(
        (w) => w.page === page && w.text === String(page) && boxOf(w).top > AREA.bottom,
      );
      if (!number) throw new Error(`page ${page} has no number`);
      const picture = pdfPicture(pdf, page, 300);
      const under = { left: AREA.left, right: AREA.right, top: AREA.bottom + 3, bottom: AREA.bottom + 12 };
      const shown = turned.has(page)
        ? {
            left: SHEET.height - under.bottom,
            right: SHEET.height - under.top,
            top: under.left,
            bottom: under.right,
          }
        : under;
      const found = inkBox(picture, shown) as Box;
      const ink = turned.has(page)
        ? {
            left: found.top,
            right: found.bottom,
            top: SHEET.height - found.right,
            bottom: SHEET.height - found.left,
          }
        : found;
      if (page % 2 === 1) near(ink.right, AREA.right - FOURTH);
      else near(ink.left, AREA.left + FOURTH);
      // The dash: the ink of the first millimetres.
      const end =
        page % 2 === 1 ? { left: ink.right - 3, right: ink.right } : { left: ink.left, right: ink.left + 3 };
      const dash = turned.has(page)
        ? inkBox(picture, { ...shown, top: end.left, bottom: end.right })
        : inkBox(picture, { ...shown, ...end });
      const at = turned.has(page)
        ? SHEET.height - ((dash?.left ?? 0) + (dash?.right ?? 0)) / 2
        : middle(dash as Box);
      near(at, AREA.bottom + 7);
    }
  });

  it('ends with the imprint on an even page, its last rule on the edge of 版心', () => {
    expect(last % 2).toBe(0);
    const picture = pdfPicture(pdf, last, 600);
    const found = rules(picture, { ...AREA, top: 230, bottom: 264 });
    expect(found).toHaveLength(3);
    near(middle(found[2] as Box), AREA.bottom);
    for (const rule of found) near(rule.right - rule.left, 156);
    for (const [at, due] of [0.35, 0.25, 0.35].entries()) near(height(found[at] as Box), due, 0.06);
    const printed = boxOf(line('2026年10月9日印发', last));
    near(printed.right, AREA.right - FOURTH);
    near(boxOf(line(/^抄送：/, last)).left, AREA.left + FOURTH);
  });

  it('numbers neither a blank page before the imprint nor the imprint’s own', async () => {
    const alone = await Promise.all(
      [[], ['issues'], ['issues', 'closeout']].map((annexes) =>
        renderMeasured({ annexes: annexes as CircularImprint['annexes'], verify: null }),
      ),
    );
    for (const bytes of alone) {
      const pages = pdfPages(bytes);
      expect(pages.length % 2).toBe(0);
      const numbers = pdfWords(bytes).filter((w) => /^\d+$/.test(w.text) && boxOf(w).top > AREA.bottom);
      expect(pages.at(-1)).toContain('抄送：');
      for (const [index, page] of pages.entries()) {
        const numbered = numbers.filter((w) => w.page === index + 1).length === 1;
        const text = page.replace(/\s/g, '').replace(/^—\d+—/, '');
        expect({ index, numbered }).toEqual({ index, numbered: !/^(数据截至|抄送：|$)/.test(text) });
      }
    }
  });

  it('leaves no caption or heading at the foot of a page, and no page half empty within an attachment', () => {
    const turned = turnedPages(pdf);
    const annexes = line('附件1').page;
    for (let page = 1; page < last; page++) {
      const [top, bottom] = turned.has(page) ? [28, 184] : [AREA.top, AREA.bottom];
      const within = lines.filter(
        (l) => l.page === page && mm(l.yMax) < bottom + 1 && !/^(—.*|\d+)$/.test(l.text),
      );
      const lowest = within.reduce((a, b) => (b.yMax > a.yMax ? b : a));
      expect(lowest.text).not.toMatch(/^([一二三四五六]、|（[一二三四五六]）.{2,20}$|表\d)/);
      const ends = lines.some((l) => l.page === page + 1 && /^附件\d$/.test(l.text)) || page + 1 === last;
      if (page >= annexes && !ends) expect((mm(lowest.yMax) - top) / (bottom - top)).toBeGreaterThan(0.6);
    }
  });

  it('moves the heading of a short last section along with its text, wherever the page ends', async () => {
    const overview = (lines: number) => Array.from({ length: lines }, (_, i) => `第${i + 1}段。`).join('\n');
    for (const requirements of ['各校要举一反三。', '各校要对照问题清单举一反三，'.repeat(5)]) {
      for (let lines = 1; lines <= 22; lines++) {
        const narrative = { overview: overview(lines), practice: '无。', problems: '无。', requirements };
        // Without the chart, whose page break would take up what the text before it shifts.
        const meta = { ...measured, narrative, verify: null };
        const pages = pdfPages(await renderCircularPdf({ ...snapshot, trend: [] }, meta));
        const at = pages.findIndex((page) => page.includes('六、下一步要求'));
        expect(pages[at]?.replace(/\s/g, '')).toMatch(/六、下一步要求各校要/);
        const signed = pages
          .map((page) => page.replace(/\s/g, ''))
          .filter((page) => /室2026年10月9日(?!印发)/.test(page));
        expect(signed).toEqual([
          expect.stringMatching(/[，。]附件：.*表云溪区人民政府教育督导室2026年10月9日/),
        ]);
      }
    }
  });

  it('is verified by a code that another reader reads from a 200 dpi print', () => {
    const { verify } = measured;
    if (!verify) throw new Error('the fixture is issued');
    const { page } = line(/^扫码核验/);
    const { width, height: rows, dots, dpi } = pdfPicture(pdf, page, 200);
    const rgba = new Uint8ClampedArray(width * rows * 4);
    for (let i = 0; i < width * rows; i++) rgba.set([...dots.subarray(i * 3, i * 3 + 3), 255], i * 4);
    const code = jsqr.default(rgba, width, rows);
    expect(code?.data).toBe(verify.url);
    const { topLeftCorner: a, topRightCorner: b } = (code as NonNullable<typeof code>).location;
    // Without its blank border.
    expect(((b.x - a.x) / dpi) * 25.4).toBeGreaterThan(18);
    expect(lines.some((l) => l.page === page && l.text.includes(verify.shortHash))).toBe(true);
  });
});

test('the head of a table is never alone at the foot of a page, whatever its first row takes', async () => {
  const [issue] = snapshot.issues.filter(({ disputed }) => !disputed);
  const [row] = snapshot.closeout.rows.filter(({ unit }) => unit);
  for (let above = 0; above < 12; above++) {
    const overdue = [3, 4, 5].map((n) => ({
      ...snapshot.closeout.overdue[0]!,
      number: `WT2026-9000${n}`,
      unit: issue!.unit,
      finding: '课后服务提前结束，'.repeat(2 * n),
    }));
    const closeout = { ...snapshot.closeout, rows: Array.from({ length: above }, () => row!), overdue };
    const quiet = { ...snapshot, issues: [], closeout };
    const pages = pdfPages(await renderCircularPdf(quiet, measured));
    const captioned = pages.find((page) => page.includes('（二）截止时刻'));
    expect(captioned).toContain('WT2026-90003');
  }
});
