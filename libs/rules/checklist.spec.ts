import { readFileSync } from 'node:fs';
import { type PublicationSettings, resolveItem } from './checklist.js';
import type { LibraryItem, Policy } from './library.js';
import { type LocalLimit, localLimitProblem } from './local-limits.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { standardValueText } from './wording.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/library/${name}.json`, import.meta.url), 'utf8'));
const policies: Policy[] = read('policies').policies;
const items: LibraryItem[] = read('checklist-items').items;
const itemOf = (code: string) => items.find(({ itemCode }) => itemCode === code)!;
const publish = (
  code: string,
  settings: Partial<PublicationSettings> = {},
  policyProfile?: 'current' | 'jf2018',
) => resolveItem(itemOf(code), { schoolSystem: '6-3', ...settings }, { policies, policyProfile });

test('a published item is complete in itself', () => {
  expect(publish('SJ-KS-02')).toMatchInlineSnapshot(`
{
  "basis": "《教育部办公厅关于加强义务教育学校考试管理的通知》（2021年8月30日）",
  "category": "考试管理",
  "evidence": [
    "查校历与考务通知",
    "查成绩系统",
    "学生问卷",
  ],
  "evidenceRequired": false,
  "grades": [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
  ],
  "itemCode": "SJ-KS-02",
  "judge": {
    "bands": [
      {
        "grades": [
          1,
          2,
        ],
        "limit": 0,
        "stages": [
          "primary",
        ],
      },
      {
        "grades": [
          1,
          2,
          3,
          4,
          5,
          6,
        ],
        "limit": 1,
        "stages": [
          "primary",
        ],
      },
      {
        "grades": [
          7,
          8,
          9,
        ],
        "limit": 2,
        "stages": [
          "junior",
        ],
      },
    ],
    "comparator": "<=",
    "limit": null,
    "metric": "unified_exams_per_term",
    "metricTitle": "每学期统一考试次数",
    "per": "年级段",
    "type": "measure",
    "unit": "次/学期",
  },
  "note": "学段按本区学制定（五四学制六年级为初中）。九年级毕业年级的模拟考试、经批准的抽样学业质量监测不计入。",
  "policyProfile": "current",
  "question": "本学期学校对该年级组织了几次统一考试（期中、期末合计）？",
  "required": true,
  "schoolSystem": "6-3",
  "severity": "major",
  "stages": [
    "primary",
    "junior",
  ],
  "subject": "school",
  "title": "每学期统一考试次数",
  "veto": false,
}
`);
});

test('the settings of a district are settings of publication', () => {
  expect(resolveItem(itemOf('SJ-ZY-02'), DEFAULT_SETTINGS, { policies, required: false }).required).toBe(
    false,
  );
});

test('homework of grade 6 is primary in one district and junior in the next', () => {
  const standard = (code: string, schoolSystem: '6-3' | '5-4') =>
    standardValueText(publish(code, { schoolSystem }));
  expect(publish('SJ-ZY-02', { schoolSystem: '5-4' }).grades).toEqual([3, 4, 5]);
  expect(publish('SJ-ZY-03', { schoolSystem: '5-4' }).grades).toEqual([6, 7, 8, 9]);
  expect(standard('SJ-ZY-02', '6-3')).toBe('小学三至六年级每天不超过60分钟');
  expect(standard('SJ-ZY-02', '5-4')).toBe('小学三至五年级每天不超过60分钟');
  expect(standard('SJ-ZY-03', '5-4')).toBe('初中每天不超过90分钟');
});

test('bands are resolved by stage under the school system', () => {
  const bands = (schoolSystem: '6-3' | '5-4') => {
    const { judge } = publish('SJ-KS-02', { schoolSystem });
    return judge.type === 'measure' ? judge.bands?.map(({ grades, limit }) => [grades.join(), limit]) : null;
  };
  expect(bands('6-3')).toEqual([
    ['1,2', 0],
    ['1,2,3,4,5,6', 1],
    ['7,8,9', 2],
  ]);
  expect(bands('5-4')).toEqual([
    ['1,2', 0],
    ['1,2,3,4,5', 1],
    ['6,7,8,9', 2],
  ]);
});

test('the profile of 2018 reads differently where 2018 verifiably said otherwise', () => {
  expect(publish('SJ-KS-01').judge).toEqual({ type: 'boolean', passWhen: false });
  expect(publish('SJ-KS-01').requirement).toContain('不得组织纸笔考试');
  expect(standardValueText(publish('SJ-KS-01', {}, 'jf2018'))).toBe('小学一、二年级每学期不超过1次');
  expect(standardValueText(publish('SJ-KS-02', {}, 'jf2018'))).toBe(
    '小学一、二年级每学期不超过1次；小学三至六年级、初中每学期不超过2次',
  );
  expect(publish('SJ-PX-04', {}, 'jf2018').judge).toMatchObject({ limit: '20:30' });
  expect(publish('SJ-ZY-02', {}, 'jf2018').judge).toEqual(publish('SJ-ZY-02').judge);
});

describe('local limits', () => {
  const standard = (code: string, limit: LocalLimit) =>
    standardValueText(publish(code, { localLimits: { [code]: limit } }));

  test('fill what no rule gives, and that alone', () => {
    expect(standardValueText(publish('SJ-ZY-11'))).toBe('小学不低于100%；初中本区未设定限值');
    expect(standard('SJ-ZY-11', 80)).toBe('小学不低于100%；初中不低于80%');
    expect(standard('SJ-ZY-11', { junior: 80 })).toBe('小学不低于100%；初中不低于80%');
    expect(standard('SJ-ZY-12', { primary: 90 })).toBe('小学不低于90%；初中本区未设定限值');
    expect(standard('SJ-ZY-12', { primary: 90, junior: 60 })).toBe('小学不低于90%；初中不低于60%');
  });

  test('a proposal in the library is never applied by itself', () => {
    expect(publish('SJ-ZY-12').judge).toMatchObject({ limit: null });
    expect(publish('SJ-ZY-12').judge).not.toHaveProperty('suggestedLimits');
  });

  test('the end of service follows the local end of office hours, later or earlier', () => {
    expect(standard('SJ-KH-06', '17:00')).toBe('小学不早于17:00');
    expect(standard('SJ-KH-07', '18:30')).toBe('初中不早于18:30');
  });

  test('two hours of sport are switched on by the district', () => {
    expect(standard('WX-TY-01', 120)).toBe('小学、初中、高中每天不少于120分钟');
    expect(standard('WX-TY-01', { primary: 120 })).toBe('小学每天不少于120分钟；初中、高中每天不少于60分钟');
  });

  test('for one stage of a band of two touch that stage alone', () => {
    expect(standard('WX-SM-01', { senior: '08:20' })).toBe(
      '小学不早于08:20；初中不早于08:00；高中不早于08:20',
    );
  });

  test.each([
    ['SJ-ZY-02', 90, 'local_limit.looser'],
    ['SJ-KH-05', 90, 'local_limit.looser'],
    ['SJ-PX-03', '21:00', 'local_limit.looser'],
    ['SJ-KS-02', { primary: 1 }, 'local_limit.looser'],
    ['SJ-KH-02', 99, 'local_limit.looser'],
    ['SJ-ZY-02', { junior: 60 }, 'local_limit.stage_unknown'],
    ['SJ-ZY-02', '60', 'local_limit.type'],
    ['SJ-ZY-02', -1, 'local_limit.type'],
    ['SJ-ZY-02', Number.NaN, 'local_limit.type'],
    ['SJ-KH-06', 1730, 'local_limit.type'],
    ['SJ-KH-06', '25:60', 'local_limit.type'],
    ['SJ-ZY-11', { junior: 101 }, 'local_limit.type'],
    ['SJ-ZY-11', {}, 'local_limit.empty'],
    ['SJ-ZY-01', 1, 'local_limit.not_a_measure'],
    ['WX-SM-02', 8, 'local_limit.not_a_measure'],
  ])('%s cannot be set to %j: %s', (code, limit, problem) => {
    expect(localLimitProblem(itemOf(code), limit)?.code).toBe(problem);
    expect(() => publish(code, { localLimits: { [code]: limit } })).toThrow(RangeError);
  });

  test.each([
    ['SJ-ZY-02', 45],
    ['SJ-ZY-02', 60],
    ['SJ-PX-03', '20:00'],
    ['SJ-KS-02', { junior: 1 }],
    ['SJ-KH-06', '17:00'],
    ['SJ-ZY-11', { junior: 0 }],
  ])('%s may be set to %j', (code, limit) => expect(localLimitProblem(itemOf(code), limit)).toBeNull());
});

test('a district may raise a severity and set a veto with its scope', () => {
  const item = publish('SJ-ZY-08', {
    severities: { 'SJ-ZY-08': 'minor' },
    veto: { 'SJ-ZY-08': { scope: '学校年度考核' } },
  });
  expect(item).toMatchObject({ severity: 'minor', veto: true, vetoScope: '学校年度考核' });
  expect(item).not.toHaveProperty('severityByExtent');
  expect(publish('SJ-ZY-08')).toMatchObject({ severity: 'major', veto: false });
});
