import { readFileSync } from 'node:fs';
import { resolveItem } from './checklist.js';
import type { LibraryItem, Policy } from './library.js';
import { remeasuredText, remeasureRefusal } from './remeasure.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/library/${name}.json`, import.meta.url), 'utf8'));
const policies: Policy[] = read('policies').policies;
const items: LibraryItem[] = read('checklist-items').items;
const item = (code: string) =>
  resolveItem(items.find(({ itemCode }) => itemCode === code)!, { schoolSystem: '6-3' }, { policies });

test.each([
  ['SJ-KH-04', { grade: 4, value: 5 }, '四年级每周5天'],
  ['SJ-KH-04', { label: '四年级', value: 5 }, '四年级每周5天'],
  ['SJ-ZY-02', { grade: 3, label: '2班', value: 55.5 }, '三年级（2班）每天55.5分钟'],
  ['SJ-KH-02', { numerator: 50, denominator: 50 }, '100%（50/50）'],
])('a figure measured again bears the unit of %s as the first did', (code, measure, text) => {
  expect(remeasuredText([measure], item(code))).toBe(text);
});

test('figures of what no item measures stand as they were written', () => {
  expect(remeasuredText([{ grade: 3, value: 45 }, { value: '17:30' }], null)).toBe('三年级45、17:30');
});

test('a limit of exactly so much is named plainly', () => {
  const figure = { numerator: 9, denominator: 10 };
  const facts = { item: item('SJ-KH-02'), schoolSystem: '6-3' } as const;
  expect(remeasureRefusal('re_measurement', [figure], facts)!.errors).toMatchObject([
    { message: '复测90%（9/10），标准为100%，仍未达标，不能核验通过；请退回继续整改' },
  ]);
});
