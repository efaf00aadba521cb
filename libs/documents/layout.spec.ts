/** The text of the circular measured as it comes off the printer, against GB/T 9704—2012. All lengths in millimetres. */
import { type Box, height, inkBox, middle, rules } from './fixtures/ink.js';
import {
  AREA,
  boxOf,
  CELL,
  LINE,
  lineOf,
  measured,
  mm,
  near,
  renderMeasured,
  SECOND,
  SHEET,
  THIRD,
  TOLERANCE,
} from './fixtures/measures.js';
import { type Picture, pdfLines, pdfPicture, pdfWords, type Word } from './fixtures/read-back.js';

describe('the circular as printed', () => {
  let pdf: Buffer;
  let lines: Word[];
  let words: Word[];
  let first: Picture;
  const line = (text: string | RegExp, page?: number): Word => lineOf(lines, text, page);
  beforeAll(async () => {
    pdf = await renderMeasured();
    lines = pdfLines(pdf);
    words = pdfWords(pdf);
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
    const narrative = { ...measured.narrative, practice: '督'.repeat(28 * 60) };
    const full = pdfLines(await renderMeasured({ narrative })).filter((l) => /^督{28}$/.test(l.text));
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

  it('begins no line with a closing mark and ends none with an opening one', () => {
    expect(lines.filter((l) => /^[，。、；：？！）》〉”’〕】]/.test(l.text)).map((l) => l.text)).toEqual([]);
    expect(lines.filter((l) => /[（《〈“‘〔【]$/.test(l.text)).map((l) => l.text)).toEqual([]);
  });

  it('never leaves the signature without text, wherever the text ends', async () => {
    for (let more = 0; more < 23; more++) {
      const requirements = `${'督'.repeat(26 + 28 * more)}\n最后一段。`;
      const all = pdfLines(await renderMeasured({ narrative: { ...measured.narrative, requirements } }));
      const date = all.find((l) => l.text === '2026年10月9日') as Word;
      const note = all.find((l) => l.text.startsWith('附件：1.')) as Word;
      expect(note.page).toBe(date.page);
      const above = all.filter((l) => l.page === date.page && l.yMin < note.yMin);
      expect({ more, above: above.at(-1)?.text }).toEqual({ more, above: '最后一段。' });
    }
  });
});
