import { resolveItem } from '#rules/checklist.js';
import { library } from '../../library/load.js';
import { type MeasuredRow, measuredGroups, measurementsOf, spread } from './measured.js';
import type { UnitRow } from './units.js';
import type { Visit } from './visits.js';

test('tells least, mean and greatest of ten figures and more', () => {
  expect(spread([50, 75, 60, 61, 62, 63, 64, 65, 66, 67])).toEqual({ min: 50, mean: 63.3, max: 75 });
  expect(spread([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])).toEqual({ min: 1, mean: 1.091, max: 2 });
});

test('tells nothing of fewer, for that would be the figures of single schools', () => {
  expect(spread([50, 75, 60, 61, 62, 63, 64, 65, 66])).toEqual({ min: null, mean: null, max: null });
  expect(spread([])).toEqual({ min: null, mean: null, max: null });
});

test('stand in the order of the forms: by area, item and grade, whatever their metric is called', () => {
  const codes = ['SJ-PX-07', 'SJ-KH-07', 'SJ-ZY-03', 'SJ-ZY-02', 'SJ-KH-06'];
  const { policies, itemByCode } = library();
  const items = codes.map((code) =>
    resolveItem(itemByCode.get(code)!, { schoolSystem: '6-3' }, { policies }),
  );
  const unit = { id: 'u', kind: 'school', stages: ['primary', 'junior'] } as UnitRow;
  const visit = { id: 'v', unitId: 'u', items } as unknown as Visit;
  const blank = { inspectionId: 'v', stage: null, grade: null, label: null, value: 1 };
  const rows = items.map(
    (item, i): MeasuredRow => ({
      ...{ ...blank, id: `${i}`, itemCode: item.itemCode, numerator: null, denominator: null },
      ...(item.subject === 'school' && { grade: item.grades[0]! }),
      ...('unit' in item.judge && item.judge.unit === '时刻' && { value: 1080 }),
    }),
  );
  const told = measurementsOf(measuredGroups(rows, [visit], new Map([['u', unit]])));
  expect(told.map(({ title, band }) => `${title} ${band ?? ''}`.trim())).toMatchInlineSnapshot(`
[
  "书面作业平均完成时间 小学三至六年级",
  "书面作业平均完成时间 初中",
  "课后服务结束时刻 小学",
  "课后服务结束时刻 初中",
  "课程间隔",
]
`);
});
