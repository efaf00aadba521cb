/** Charts as they stand on the printed page. */

import { pdfLines } from '../fixtures/read-back.js';
import { type Flow, newPage } from '../page/flow.js';
import { AREA, AREA_RIGHT, LINE } from '../page/geometry.js';
import { closeSheet, openSheet } from '../page/sheet.js';
import type { Chart } from './chart.js';
import { LABEL_SIZE } from './marks.js';
import { chart } from './paint.js';

const bars = (n: number): Chart => ({
  kind: 'stacked-bars',
  unit: `单位${n}`,
  parts: [
    { name: `甲${n}`, fill: 'solid' },
    { name: `乙${n}`, fill: 'hatched' },
  ],
  rows: Array.from({ length: 3 + (n % 9) }, (_, i) => ({
    label: `第${n}图第${i}类`,
    values: [i * n, i + 1],
  })),
});

it('stands whole on one page with its caption, inside the type area, in no smaller type than 小五', async () => {
  const COUNT = 24;
  const sheet = openSheet({ title: '图', author: '测评', date: '2026-10-01T00:00:00Z', marks: [] });
  const flow: Flow = { sheet, y: 0 };
  newPage(flow);
  for (let n = 0; n < COUNT; n++) {
    chart(flow, bars(n), `图题${n}号`);
    expect(flow.y).toBeLessThanOrEqual(AREA.bottom + 0.5);
    // Text after a chart stands on the lines of the page, wherever the chart began.
    flow.y += LINE * (n % 7);
  }
  const lines = pdfLines(await closeSheet(sheet)).filter(({ text }) => !/^—\d+—$/.test(text));
  const pages = new Map<string, number>();
  for (const { text, page, ...box } of lines) {
    pages.set(text, page);
    expect(box.xMin).toBeGreaterThan(AREA.left - 2);
    expect(box.xMax).toBeLessThan(AREA_RIGHT + 2);
    expect(box.yMin).toBeGreaterThan(AREA.top - 6);
    expect(box.yMax).toBeLessThan(AREA.bottom + 6);
    expect(box.yMax - box.yMin).toBeGreaterThanOrEqual(LABEL_SIZE * 0.99);
  }
  const all = [...pages].map(([text, page]) => `${page}\t${text}`).join('\n');
  const pageOf = (text: string) => Number(new RegExp(`^(\\d+)\\t.*${text}`, 'm').exec(all)?.[1]);
  for (let n = 0; n < COUNT; n++) {
    const own = [`图题${n}号`, `乙${n}`, `第${n}图第0类`, `第${n}图第${2 + (n % 9)}类`].map(pageOf);
    expect([n, new Set(own).size, own[0]! > 0]).toEqual([n, 1, true]);
  }
  expect(Math.max(...pages.values())).toBeGreaterThan(4);
});

it('is the same bytes for the same chart', async () => {
  const draw = async () => {
    const sheet = openSheet({ title: '图', author: '测评', date: '2026-10-01T00:00:00Z', marks: [] });
    const flow: Flow = { sheet, y: 0 };
    newPage(flow);
    chart(flow, bars(5), '图1');
    return closeSheet(sheet);
  };
  expect((await draw()).equals(await draw())).toBe(true);
});
