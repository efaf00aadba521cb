/** The charts of the editable circular, as values that no program has to look up, against the frozen figures. */
import { type CircularSnapshot, sumBySeverity } from '#rules/circular.js';
import { renderCircularDocx } from './circular-docx.js';
import { LINE_TWIPS, WIDTH } from './docx/measures.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { unzip } from './fixtures/read-back.js';
import { type Docx, type Element, every, readDocx } from './fixtures/read-docx.js';
import { expectSound } from './fixtures/sound-docx.js';

const snapshot = circularSnapshot();
const fileOf = async (of: CircularSnapshot): Promise<Docx> =>
  readDocx(await renderCircularDocx(of, issuedMeta(of)));
const chartNames = ({ parts }: Docx): string[] =>
  [...parts.keys()].filter((name) => name.startsWith('word/charts/'));

interface Read {
  categories: string[];
  series: Record<string, (number | null)[]>;
}

const textsIn = (element: Element): string[] => every(element, 'c:v').map(({ text }) => text);

/** What a part draws; null where a point is left out. */
function read(file: Docx, n: number): Read {
  const part = file.parts.get(`word/charts/chart${n}.xml`) as Element;
  const of = (element: Element, name: string): Element => every(element, name)[0] as Element;
  const all = every(part, 'c:ser').map((one): [string, (number | null)[]] => {
    const values = of(one, 'c:val');
    const points: (number | null)[] = Array(Number(of(values, 'c:ptCount').attributes['val'])).fill(null);
    for (const point of every(values, 'c:pt')) {
      points[Number(point.attributes['idx'])] = Number(of(point, 'c:v').text);
    }
    return [textsIn(of(one, 'c:tx')).join(''), points];
  });
  const categories = every(part, 'c:cat').map(textsIn);
  for (const list of categories) expect(list).toEqual(categories[0]);
  return { categories: categories[0] as string[], series: Object.fromEntries(all) };
}

describe('the charts of the editable circular', () => {
  let file: Docx;
  beforeAll(async () => {
    file = await fileOf(snapshot);
  });

  it('show the figures of the snapshot', () => {
    const { categories, trend = [], homework = [] } = snapshot;
    const counted = categories.filter(({ issues }) => sumBySeverity(issues) > 0);
    expect(read(file, 1)).toEqual({
      categories: counted.map(({ title }) => title),
      series: {
        严重: counted.map(({ issues }) => issues.serious),
        较重: counted.map(({ issues }) => issues.major),
        一般: counted.map(({ issues }) => issues.minor),
      },
    });
    const course = read(file, 2);
    expect(course.categories[0]).toBe('2026年4月');
    expect(course.series).toEqual({
      新登记: trend.map(({ registered }) => registered),
      销号: trend.map(({ closed }) => closed),
      其中逾期: trend.map(({ overdue }) => overdue),
      期末未销号: trend.map(({ open }) => open),
    });
    const minutes = read(file, 3);
    expect(minutes.categories).toEqual(homework.map(({ title }) => title));
    expect(minutes.series['最小']).toEqual(homework.map(({ min }) => min));
    expect(minutes.series['均值']).toEqual(homework.map(({ mean }) => mean));
    expect(minutes.series['限值']).toEqual(homework.map(({ limit }) => limit));
    // A grade with too few figures leaves a gap, no nought.
    expect(homework.some(({ max }) => max === null)).toBe(true);
    const spans = minutes.series['最小至最大'] as (number | null)[];
    expect(spans.map((span, i) => (span === null ? null : span + (homework[i]?.min ?? 0)))).toEqual(
      homework.map(({ max }) => max),
    );
  });

  it('lead to nothing outside the file, and to no cells', async () => {
    const parts = await unzip(await renderCircularDocx(snapshot, issuedMeta(snapshot)));
    for (const name of chartNames(file)) {
      expect(parts.get(name)).not.toMatch(/externalData|<c:f>|r:id/);
      expect(parts.has(name.replace('charts/', 'charts/_rels/').concat('.rels'))).toBe(false);
    }
    for (const [name, xml] of parts) expect([name, xml.includes('TargetMode')]).toEqual([name, false]);
  });

  it('fill the column, in whole lines with their captions, and are told in words', () => {
    const drawings = file.paragraphs.filter(({ style }) => style === 'Chart');
    expect(drawings).toHaveLength(3);
    const captions = file.paragraphs.filter((_, i) => file.paragraphs[i - 1]?.style === 'Chart');
    expect(captions.map(({ style, text }) => [style, text])).toEqual([
      ['ChartCaption', '图1　各类问题数量与等级'],
      ['ChartCaption', '图2　近六个月问题登记、销号与期末未销号情况'],
      ['ChartCaption', '图3　各年级书面作业平均完成时间与限值'],
    ]);
    const styles = every(file.parts.get('word/styles.xml') as Element, 'w:style');
    const style = (id: string) => styles.find(({ attributes }) => attributes['w:styleId'] === id) as Element;
    const spacing = (id: string) => every(style(id), 'w:spacing')[0]?.attributes ?? {};
    expect(every(style('Chart'), 'w:keepNext')).toHaveLength(1);
    // In a line of an exact height Word cuts a picture off.
    expect(spacing('Chart')['w:lineRule']).toBe('auto');
    for (const { element } of drawings) {
      const { cx, cy } = every(element, 'wp:extent')[0]?.attributes ?? {};
      expect(Number(cx)).toBe(WIDTH * 635);
      const whole =
        Number(cy) / 635 + Number(spacing('Chart')['w:before']) + Number(spacing('ChartCaption')['w:line']);
      expect(whole % LINE_TWIPS).toBe(0);
      expect(whole).toBeLessThanOrEqual(22 * LINE_TWIPS);
    }
    const told = drawings.map(({ element }) => every(element, 'wp:docPr')[0]?.attributes['descr'] ?? '');
    const { title, issues } = snapshot.categories[0] as (typeof snapshot.categories)[number];
    expect(told[0]).toContain(`${title}：严重${issues.serious}，较重${issues.major}，一般${issues.minor}；`);
    const month = snapshot.trend?.at(-1);
    expect(told[1]).toContain(
      `2026年9月：新登记${month?.registered}，销号${month?.closed}，期末未销号${month?.open}，其中逾期${month?.overdue}。`,
    );
    expect(told[2]).toMatch(/九年级：样本\d，最小不列，均值不列，最大不列，限值90/);
  });

  it('are those of the PDF: none that an older snapshot has no figures for, none of a quiet month', async () => {
    const { trend: _, homework: __, ...rest } = snapshot;
    const old = await fileOf({ ...rest, schema: 1 });
    expectSound(old);
    expect(chartNames(old)).toEqual(['word/charts/chart1.xml']);
    const none = await fileOf({ ...rest, categories: [], schema: 1 });
    expectSound(none);
    expect(chartNames(none)).toEqual([]);
    expect(every(none.body, 'w:drawing')).toEqual([]);
  });

  it('are sound with thirty categories of hostile names, added up to what fits a page', async () => {
    const first = snapshot.categories[0] as (typeof snapshot.categories)[number];
    const categories = Array.from({ length: 30 }, (_, i) => ({
      ...first,
      title: `"作业<${i + 1}>&\u0000\u202e`,
      issues: { serious: 1, major: 2, minor: 10 + i },
    }));
    const many = await fileOf({ ...snapshot, categories });
    expectSound(many);
    const shown = read(many, 1);
    expect(shown.categories).toHaveLength(26);
    expect(shown.categories[0]).toBe('"作业<6>&');
    expect(shown.categories.at(-1)).toBe('其余5类合计');
    expect(shown.series['一般']?.at(-1)).toBe(10 + 11 + 12 + 13 + 14);
    // A number wider than its part of the bar is left out.
    const labels = every(many.parts.get('word/charts/chart1.xml') as Element, 'c:dLbl');
    expect(labels.length).toBeGreaterThan(25);
  });
});
