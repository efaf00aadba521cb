import { readFileSync } from 'node:fs';
import type { AnswerContent } from './answers.js';
import { resolveItem } from './checklist.js';
import { findingOf } from './inspection-result.js';
import type { LibraryItem, Policy } from './library.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/library/${name}.json`, import.meta.url), 'utf8'));
const policies: Policy[] = read('policies').policies;
const items: LibraryItem[] = read('checklist-items').items;
const completion = items.find(({ itemCode }) => itemCode === 'SJ-ZY-12')!;

const found = (said: Partial<AnswerContent>, limits?: Record<string, number>) =>
  findingOf(
    resolveItem(
      completion,
      { schoolSystem: '6-3', ...(limits && { localLimits: { 'SJ-ZY-12': limits } }) },
      { policies },
    ),
    {
      verdict: 'non_compliant',
      measures: [{ stage: 'primary', value: 10 }],
      reason: null,
      extent: null,
      note: null,
      attachments: [],
      ...said,
    },
  );

describe('a figure that an inspector finds too low', () => {
  test('stands beside its limit where the district has set one', () => {
    expect(found({ note: '放学时抽查书包。' }, { primary: 90 }).finding).toBe(
      '校内完成书面作业比例：放学时抽查书包；实测小学10%，标准为小学不低于90%',
    );
  });

  test('stands for itself where there is none, with what the inspector says', () => {
    expect(found({ note: '放学时抽查书包。', reason: '多数学生带回家完成' })).toMatchObject({
      finding:
        '校内完成书面作业比例：放学时抽查书包；实测小学10%，本区未设定限值；判定理由：多数学生带回家完成',
      standardValue: '小学本区未设定限值',
      measuredValue: '小学10%',
    });
    expect(found({}).finding).toBe('校内完成书面作业比例：实测小学10%，本区未设定限值，由督学判定不符合要求');
  });
});
