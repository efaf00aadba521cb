/** The circular measured as it comes off the printer, against GB/T 9704—2012. All lengths in millimetres. */
import jsqr from 'jsqr';
import { type CircularMeta, renderCircularPdf } from './circular-pdf.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { type Box, height, inkBox, middle, rules } from './fixtures/ink.js';
import {
  type Picture,
  pdfLines,
  pdfPages,
  pdfPicture,
  pdfWords,
  turnedPages,
  type Word,
} from './fixtures/read-back.js';

const mm = (points: number): number => (points * 25.4) / 72;
const AREA = { left: 28, top: 37, right: 184, bottom: 262 };
const LINE = 225 / 22;
const CELL = 156 / 28;
const SHEET = { width: 210, height: 297 };
/** 三号, 二号, 四号. */
const THIRD = mm(16);
const SECOND = mm(22);
const FOURTH = mm(14);
const TOLERANCE = 0.5;

const near = (measured: number | undefined, due: number, tolerance = TOLERANCE): void => {
  expect(Math.abs((measured ?? Number.NaN) - due)).toBeLessThanOrEqual(tolerance);
};

/** A word's box in millimetres on the sheet held upright. */
function boxOf({ xMin, yMin, xMax, yMax, turned }: Word): Box {
  const shown = { left: mm(xMin), top: mm(yMin), right: mm(xMax), bottom: mm(yMax) };
  if (!turned) return shown;
  return {
    left: shown.top,
    right: shown.bottom,
    top: SHEET.height - shown.right,
    bottom: SHEET.height - shown.left,
  };
}

const snapshot = circularSnapshot({ demo: false });
const meta = issuedMeta(snapshot);
const render = (changed: Partial<CircularMeta> = {}): Promise<Buffer> =>
  renderCircularPdf(snapshot, { ...meta, ...changed });

describe('the circular as printed', () => {
  let pdf: Buffer;
  let lines: Word[];
  let words: Word[];
  let last: number;
  let first: Picture;
  const line = (text: string | RegExp, page?: number): Word => {
    const found = lines.find(
      (l) => (typeof text === 'string' ? l.text === text : text.test(l.text)) && (page ?? l.page) === l.page,
    );
    if (!found) throw new Error(`no line ${text}`);
    return found;
  };
  beforeAll(async () => {
    pdf = await render();
    lines = pdfLines(pdf);
    words = pdfWords(pdf);
    last = pdfPages(pdf).length;
    first = pdfPicture(pdf, 1, 300);
  });

  it('has nothing outside 版心 but the page numbers', () => {
    const outside = words
      .map((word) => ({ word, box: boxOf(word) }))
      .filter(
        ({ box }) =>
          box.left < AREA.left - TOLERANCE ||
          box.right > AREA.right + TOLERANCE ||
          box.top < AREA.top - TOLERANCE ||
          box.bottom > AREA.bottom + TOLERANCE,
      )
      .filter(({ word }) => !/^(—|\d+)$/.test(word.text));
    expect(outside.map(({ word }) => word.text)).toEqual([]);
    expect(words.length).toBeGreaterThan(500);
  });

  it('has the heading 35 mm under the edge of 版心, red, across its middle', () => {
    const heading = inkBox(first, { left: 0, right: SHEET.width, top: 60, bottom: 90 }, 'red') as Box;
    near(heading.top, AREA.top + 35);
    near((heading.left + heading.right) / 2, 106);
    expect(heading.left).toBeGreaterThanOrEqual(AREA.left - TOLERANCE);
    expect(heading.right).toBeLessThanOrEqual(AREA.right + TOLERANCE);
    // Larger than the title.
    expect(height(heading)).toBeGreaterThan(SECOND);
  });

  it('has number, rule, title, recipients and text at their distances', () => {
    const heading = inkBox(first, { left: 0, right: SHEET.width, top: 60, bottom: 90 }, 'red') as Box;
    const [rule] = rules(first, { ...AREA, top: 90, bottom: 140 });
    if (!rule) throw new Error('no rule');
    const number = inkBox(first, { ...AREA, top: heading.bottom + 1, bottom: rule.top - 1 }) as Box;
    // Two blank lines, and the number in the middle of the third.
    const office = inkBox(first, { ...number, right: number.left + 4 * THIRD }) as Box;
    near(middle(office), heading.bottom + 2.5 * LINE);
    near(rule.top - office.bottom, 4);
    near((number.left + number.right) / 2, 106);
    near(rule.top - number.bottom, 4);
    near(rule.left, AREA.left);
    near(rule.right - rule.left, 156);
    const red = inkBox(
      first,
      { ...AREA, left: 0, right: SHEET.width, top: rule.top, bottom: rule.bottom },
      'red',
    );
    near(red ? red.right - red.left : undefined, 156);

    const title = (['云溪区人民政府教育督导室关于2026年9月', '教育督导（“双减”）情况的通报'] as const).map(
      (text) => boxOf(line(text, 1)),
    );
    near(middle(title[0] as Box), rule.bottom + 2.5 * LINE);
    near(middle(title[1] as Box), rule.bottom + 3.5 * LINE);
    for (const box of title) {
      near((box.left + box.right) / 2, 106, 1);
      near(height(box), SECOND, 2);
    }
    const recipients = boxOf(line('各督学责任区、各中小学校、各校外培训机构：', 1));
    near(middle(recipients), middle(title[1] as Box) + 2 * LINE, 1);
    near(recipients.left, AREA.left);
    // 首页必须显示正文.
    expect(lines.filter((l) => l.page === 1 && l.yMin > line('一、督查概况').yMin).length).toBeGreaterThan(3);
  });

  it('fills 28 characters a line and 22 lines a page', async () => {
    const narrative = { ...meta.narrative, practice: '督'.repeat(28 * 60) };
    const full = pdfLines(await render({ narrative })).filter((l) => /^督{28}$/.test(l.text));
    expect(full.length).toBeGreaterThan(50);
    for (const box of full.map(boxOf)) {
      near(box.left, AREA.left);
      near(box.right, AREA.right);
    }
    const page = full.find((l) => full.filter((other) => other.page === l.page).length === 22)?.page;
    const whole = full.filter((l) => l.page === page).map(boxOf);
    expect(whole).toHaveLength(22);
    near(middle(whole[0] as Box), AREA.top + LINE / 2);
    near(middle(whole[21] as Box), AREA.bottom - LINE / 2);
  });

  it('keeps every line of the text on the 22 lines of its page, after tables and pictures too', () => {
    const end = line('附件：1.问题清单（按单位）').page;
    const text = words.filter(
      (w) => w.page <= end && !w.text.startsWith('云教督通') && Math.abs(mm(w.yMax - w.yMin) - THIRD) < 0.2,
    );
    expect(new Set(text.map((w) => w.page)).size).toBe(end);
    for (const word of text) {
      const at = (middle(boxOf(word)) - AREA.top) / LINE - 0.5;
      near(at * LINE, Math.round(at) * LINE);
    }
  });

  it('notes the attachments one blank line under the text, names aligned, no mark after them', () => {
    const note = line('附件：1.问题清单（按单位）');
    const at = lines.indexOf(note);
    const names = words.filter((w) => w.page === note.page && /^(附件：1\.|2\.|3\.)/.test(w.text)).map(boxOf);
    expect(names).toHaveLength(3);
    expect(lines[at + 1]?.text).toBe('2.整改与销号情况表');
    expect(lines[at + 2]?.text).toBe('3.指标表');
    near(names[0]?.left, AREA.left + 2 * CELL);
    near(names[1]?.left, AREA.left + 5 * CELL);
    near(names[2]?.left, AREA.left + 5 * CELL);
    const above = Math.max(
      ...lines.filter((l) => l.page === note.page && l.yMin < note.yMin - 1).map((l) => middle(boxOf(l))),
    );
    near(middle(boxOf(note)) - above, 2 * LINE);
  });

  it('dates four characters from the right, the office centred over it, with room for a seal', () => {
    const date = boxOf(line('2026年10月9日'));
    const page = line('2026年10月9日').page;
    const office = boxOf(line('云溪区人民政府教育督导室', page));
    near(date.right, AREA.right - 4 * CELL);
    near((office.left + office.right) / 2, (date.left + date.right) / 2);
    near(middle(date) - middle(office), LINE);
    // A seal of 42 mm with office and date in its lower half begins within one line under the text before.
    const above = boxOf(line('3.指标表', page));
    near(middle(office) - middle(above), 3 * LINE);
    // Text stands on the page of the signature.
    expect(
      lines.filter((l) => l.page === page && l.yMin < line('3.指标表', page).yMin).length,
    ).toBeGreaterThan(3);
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
    for (const page of [1, 2, ...sideways.slice(0, 2), last]) {
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
        render({ annexes: annexes as CircularMeta['annexes'], verify: null }),
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

  it('begins no line with a closing mark and ends none with an opening one', () => {
    expect(lines.filter((l) => /^[，。、；：？！）》〉”’〕】]/.test(l.text)).map((l) => l.text)).toEqual([]);
    expect(lines.filter((l) => /[（《〈“‘〔【]$/.test(l.text)).map((l) => l.text)).toEqual([]);
  });

  it('never leaves the signature without text, wherever the text ends', async () => {
    for (let more = 0; more < 23; more++) {
      const requirements = `${'督'.repeat(26 + 28 * more)}\n最后一段。`;
      const all = pdfLines(await render({ narrative: { ...meta.narrative, requirements } }));
      const date = all.find((l) => l.text === '2026年10月9日') as Word;
      const note = all.find((l) => l.text.startsWith('附件：1.')) as Word;
      expect(note.page).toBe(date.page);
      const above = all.filter((l) => l.page === date.page && l.yMin < note.yMin);
      expect({ more, above: above.at(-1)?.text }).toEqual({ more, above: '最后一段。' });
    }
  });

  it('is verified by a code that another reader reads from a 200 dpi print', () => {
    const { verify } = meta;
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
