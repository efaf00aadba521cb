import { renderCircularPdf } from '../circular-pdf.js';
import { circularSnapshot } from '../fixtures/circular.js';
import { issuedMeta } from '../fixtures/gallery.js';
import { pdfText } from '../fixtures/read-back.js';
import { circularCharts } from './charts.js';

const snapshot = circularSnapshot();

describe('the charts of a circular', () => {
  it('are numbered as they stand, and named in the text before them', async () => {
    const { categories, course, homework } = circularCharts(snapshot);
    expect([categories, course, homework].map((chart) => chart?.caption)).toEqual([
      '图1　各类问题数量与等级',
      '图2　近六个月问题登记、销号与期末未销号情况',
      '图3　各年级书面作业平均完成时间与限值',
    ]);
    const text = pdfText(await renderCircularPdf(snapshot, issuedMeta(snapshot)));
    for (const [named, captioned] of [
      ['见表2和图1', '图1各类问题数量与等级'],
      ['变化见图2', '图2近六个月问题登记'],
    ] as const) {
      expect(text.indexOf(named)).toBeGreaterThan(0);
      expect(text.indexOf(captioned)).toBeGreaterThan(text.indexOf(named));
    }
  });

  it('are left out, and their numbers close up, where there is nothing to look at', () => {
    const numbers = (more: object) =>
      Object.values(circularCharts({ ...snapshot, ...more })).map((chart) => chart?.number ?? null);
    expect(numbers({ categories: [] })).toEqual([null, '图1', '图2']);
    // One month is no course; samples under ten are told in no chart.
    expect(numbers({ trend: snapshot.trend!.slice(-1) })).toEqual(['图1', null, '图2']);
    const few = snapshot.homework!.map((grade) => ({ ...grade, n: 9, min: null, mean: null, max: null }));
    expect(numbers({ homework: few })).toEqual(['图1', '图2', null]);
    const two = circularCharts({ ...snapshot, trend: snapshot.trend!.slice(-2) });
    expect(two.course?.title).toBe('近两个月问题登记、销号与期末未销号情况');
  });

  it('are not in circulars frozen before there were any figures for them', async () => {
    const { trend: _, homework: __, ...rest } = snapshot;
    const old = { ...rest, schema: 1 as const };
    const text = pdfText(await renderCircularPdf(old, issuedMeta(old)));
    expect(text).toContain('图1各类问题');
    expect(text).not.toMatch(/图[23]/);
  });
});
