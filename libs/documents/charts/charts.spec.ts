import { type Chart, layChart } from './chart.js';
import { hatchLines } from './inks.js';
import { LABEL_SIZE, type Mark, type TextMark } from './marks.js';
import { scaleFor, scaleTo } from './scale.js';

const WIDTH = 442;
const measure = (text: string): number =>
  [...text].reduce((sum, char) => sum + (char.charCodeAt(0) < 0x2000 ? 5 : LABEL_SIZE), 0);

const bars = (rows: [string, number[]][]): Chart => ({
  kind: 'stacked-bars',
  unit: '个',
  parts: [
    { name: '严重', fill: 'solid' },
    { name: '较重', fill: 'hatched' },
    { name: '一般', fill: 'light' },
  ],
  rows: rows.map(([label, values]) => ({ label, values })),
});
const course = (months: number, value: (month: number) => number, part = value): Chart => {
  const values = (of: typeof value) => Array.from({ length: months }, (_, i) => of(i));
  return {
    kind: 'course',
    unit: '个',
    months: Array.from({ length: months }, (_, i) => `2026年${i + 1}月`),
    flows: [
      { name: '新登记', fill: 'hatched', values: values(value) },
      { name: '销号', fill: 'solid', values: values((i) => value(months - i)) },
    ],
    stock: { name: '期末未销号', values: values(value) },
    part: { name: '其中逾期', fill: 'light', values: values(part) },
  };
};
const ranges = (grades: number, most: number): Chart => ({
  kind: 'ranges',
  unit: '分钟/天',
  rows: Array.from({ length: grades }, (_, i) => ({
    label: `${i + 1}年级`,
    n: i * 1000,
    range: i % 3 === 2 ? null : { min: i, mean: most / 2, max: most },
    limit: i % 2 ? 60 : null,
  })),
});

const CASES: Record<string, Chart> = {
  'five categories': bars([
    ['作业管理', [1, 4, 12]],
    ['课后服务', [0, 2, 3]],
    ['考试管理', [1, 0, 0]],
    ['睡眠管理', [0, 0, 7]],
    ['校外培训机构', [3, 0, 1]],
  ]),
  'no category': bars([]),
  'one category': bars([['作业管理', [0, 0, 1]]]),
  'all zero': bars([
    ['作业管理', [0, 0, 0]],
    ['课后服务', [0, 0, 0]],
  ]),
  'huge counts': bars([
    ['作业管理', [123_456_789, 1, 987_654_321]],
    ['课后服务', [1, 1, 1]],
  ]),
  'long names': bars([
    ['义务教育学校作业管理与家庭教育指导协同推进工作专项检查情况的各项要点和其他', [3, 4, 5]],
    ['after-school-services-without-any-blank-to-break-at-in-its-very-long-name', [1, 0, 0]],
  ]),
  'four hundred categories': bars(
    Array.from({ length: 400 }, (_, i): [string, number[]] => [`第${i}类`, [i % 3, i % 5, i]]),
  ),
  'six months': course(6, (i) => [31, 27, 35, 3, 0, 24][i] ?? 0),
  'all overdue': course(6, (i) => i),
  'a quiet ledger': course(6, () => 0),
  'one month': course(1, () => 7),
  'a year': course(12, (i) => i * 37),
  'huge months': course(6, (i) => 10 ** i * 87),
  'grades three to nine': ranges(7, 118),
  'one grade': ranges(1, 45),
  'twelve grades, huge': ranges(12, 1440),
  'no grade': ranges(0, 0),
};

const boxOf = (mark: TextMark) => {
  const wide = measure(mark.text);
  const left = mark.align === 'left' ? mark.x : mark.align === 'right' ? mark.x - wide : mark.x - wide / 2;
  return { text: mark.text, left, right: left + wide, top: mark.y - LABEL_SIZE * 0.8, bottom: mark.y + 1 };
};
const isText = (mark: Mark): mark is TextMark => mark.kind === 'text';

describe.each(Object.entries(CASES))('a chart of %s', (_, chart) => {
  const drawing = layChart(chart, WIDTH, measure);
  const texts = drawing.marks.filter(isText).map(boxOf);

  it('stays inside its frame, and is lower than a page', () => {
    expect(drawing.height).toBeLessThan(600);
    for (const box of texts) {
      expect(box.left).toBeGreaterThanOrEqual(-0.5);
      expect(box.right).toBeLessThanOrEqual(WIDTH + 0.5);
      expect(box.top).toBeGreaterThanOrEqual(-0.5);
      expect(box.bottom).toBeLessThanOrEqual(drawing.height);
    }
    for (const mark of drawing.marks) {
      if (mark.kind === 'box') {
        expect(mark.x).toBeGreaterThanOrEqual(0);
        expect(mark.x + mark.width).toBeLessThanOrEqual(WIDTH + 0.001);
        expect(mark.y + mark.height).toBeLessThanOrEqual(drawing.height);
        expect(Math.min(mark.width, mark.height)).toBeGreaterThan(0);
      }
      for (const value of Object.values(mark).flat(2)) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  it('sets no label over another', () => {
    const clashes = texts.flatMap((a, i) =>
      texts
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map((b) => `${a.text} × ${b.text}`),
    );
    expect(clashes).toEqual([]);
  });
});

describe('what a chart says', () => {
  const said = (chart: Chart) =>
    layChart(chart, WIDTH, measure)
      .marks.filter(isText)
      .map(({ text }) => text);

  it('is every total as a number, the smallest rows added up where there are too many', () => {
    expect(said(CASES['five categories']!)).toEqual(expect.arrayContaining(['17', '5', '1', '7', '4']));
    const many = said(CASES['four hundred categories']!);
    expect(many).toContain('其余375类合计');
    const totals = Array.from({ length: 400 }, (_, i) => (i % 3) + (i % 5) + i).sort((a, b) => a - b);
    const rest = totals.slice(0, 375);
    // The twenty-five largest have rows of their own; nothing is lost.
    expect(many).toContain(String(rest.reduce((a, b) => a + b, 0)));
  });

  it('hides the figures of a small sample and says so', () => {
    const chart = ranges(3, 50);
    expect(said(chart).filter((text) => text === '样本不足10，不列')).toHaveLength(1);
  });

  it('keeps lengths true: a bar twice as much is twice as long', () => {
    const boxes = layChart(
      bars([
        ['a', [10, 0, 0]],
        ['b', [20, 0, 0]],
      ]),
      WIDTH,
      measure,
    ).marks.filter((mark) => mark.kind === 'box' && mark.height === 12) as { width: number }[];
    expect(boxes[1]!.width / boxes[0]!.width).toBeCloseTo(2, 6);
  });
});

describe('a scale', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [5, [0, 1, 2, 3, 4, 5]],
    [7, [0, 2, 4, 6, 8]],
    [57, [0, 10, 20, 30, 40, 50, 60]],
    [118, [0, 20, 40, 60, 80, 100, 120]],
    [12_345, [0, 5000, 10_000, 15_000]],
  ])('to %d has ticks one can count by', (most, ticks) => {
    expect(scaleTo(most, 6).ticks).toEqual(ticks);
  });

  it('of fractions has round ticks, and reaches over its data', () => {
    expect(scaleTo(0.28, 4, false).ticks).toEqual([0, 0.1, 0.2, 0.3]);
    for (let most = 1; most < 5000; most += 37) {
      for (const count of [1, 3, 6]) expect(scaleTo(most, count).top).toBeGreaterThanOrEqual(most);
    }
  });

  it('has fewer ticks where their labels would touch', () => {
    expect(scaleFor(60, 300, () => 10).ticks).toHaveLength(7);
    expect(scaleFor(60, 60, () => 20).ticks.length).toBeLessThan(4);
  });
});

describe('hatching', () => {
  it('is inside its box, from edge to edge', () => {
    const box = { x: 13.3, y: 7.1, width: 90.4, height: 12 };
    const lines = hatchLines(box);
    expect(lines.length).toBeGreaterThan(15);
    for (const [x1, y1, x2, y2] of lines) {
      for (const x of [x1, x2]) expect(x >= box.x - 1e-9 && x <= box.x + box.width + 1e-9).toBe(true);
      for (const y of [y1, y2]) expect(y >= box.y - 1e-9 && y <= box.y + box.height + 1e-9).toBe(true);
      expect(x1 + y1).toBeCloseTo(x2 + y2, 9);
    }
  });
});
