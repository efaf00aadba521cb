import { readFileSync } from 'node:fs';
import { basisText, policyText } from './basis.js';
import { resolveItem } from './checklist.js';
import { CATEGORIES, type LibraryChecklist, type LibraryItem, type Policy } from './library.js';
import { validateLibrary } from './library-check.js';
import { SCHOOL_SYSTEMS } from './stages.js';
import { judge, standardValueText } from './verdict.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/library/${name}.json`, import.meta.url), 'utf8'));
const policies: Policy[] = read('policies').policies;
const items: LibraryItem[] = read('checklist-items').items;
const checklists: LibraryChecklist[] = read('checklists').checklists;
const itemOf = (code: string) => items.find(({ itemCode }) => itemCode === code)!;

test('the library hangs together', () => {
  expect(validateLibrary(policies, items, checklists)).toEqual([]);
  expect([items.length, checklists.length]).toEqual([127, 7]);
});

test('every category has items and every item is on a checklist', () => {
  expect(CATEGORIES.filter((category) => !items.some((item) => item.category === category))).toEqual([]);
  const listed = new Set(checklists.flatMap((list) => list.items.map(({ itemCode }) => itemCode)));
  expect(items.filter(({ itemCode }) => !listed.has(itemCode))).toEqual([]);
});

test('nobody asks pupils to be compelled: participation, sleep and satisfaction are recorded only', () => {
  expect(items.filter((item) => item.judge.type === 'indicator').map((item) => item.itemCode)).toEqual([
    'SJ-ZY-13',
    'SJ-KH-17',
    'WX-SM-02',
    'WX-SM-04',
    'SJ-JX-03',
  ]);
});

test('the data holds no addresses, and its notes no file references', () => {
  const text = JSON.stringify({ policies, items, checklists });
  expect(text).not.toMatch(/https?:|www\.|\.txt/);
  expect(items.filter((item) => /\d{3}:\d/.test(item.note ?? ''))).toEqual([]);
});

describe('the basis in the words of a document', () => {
  const basis = (code: string, profile?: 'current' | 'jf2018') => basisText(itemOf(code), policies, profile);

  test('names the document number, and a clause only where it was checked', () => {
    expect(basis('SJ-ZY-02')).toBe(
      '《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》（中办发〔2021〕40号）第五条；' +
        '《中小学生减负措施》（教基〔2018〕26号）第四条',
    );
    expect(basis('SJ-ZY-10')).toBe(
      '《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》（中办发〔2021〕40号）',
    );
    expect(basis('SJ-PX-20')).toContain('《中小学生减负措施》（教基〔2018〕26号）第十三条、第十六条');
    expect(basis('JF-JS-03')).toBe('《中小学生减负措施》（教基〔2018〕26号）');
  });

  test('the date stands in for a number that is not known', () => {
    expect(basis('SJ-KS-03')).toBe('《教育部办公厅关于加强义务教育学校考试管理的通知》（2021年8月30日）');
  });

  test('what another place or a mere figure says is no basis', () => {
    expect(basis('SJ-KH-16')).not.toContain('成都');
    expect(basis('SJ-KH-17')).toBe('本区督导要点（SJ-KH-17）');
    expect(basis('SJ-PX-09')).toBe('本区督导要点（SJ-PX-09）');
  });

  test('the rule of 2018 that allowed exams is no basis for forbidding them', () => {
    expect(basis('SJ-KS-01')).not.toContain('2018');
    expect(basis('SJ-KS-01', 'jf2018')).toBe('《中小学生减负措施》（教基〔2018〕26号）第六条');
  });

  test('a title within a title takes single marks', () => {
    const policy = { ...policies[0]!, title: '关于印发《办法》的通知', documentNumber: null, issuedOn: null };
    expect(policyText(policy)).toBe('《关于印发〈办法〉的通知》');
  });

  test('a policy nobody knows is an error, not a gap', () => {
    expect(() => basisText({ itemCode: 'X', basis: [{ policy: 'NONE' }] }, policies)).toThrow(RangeError);
  });
});

test.each(SCHOOL_SYSTEMS)(
  'in a %s district every item can be published and words its standard',
  (schoolSystem) => {
    for (const policyProfile of ['current', 'jf2018'] as const) {
      for (const item of items) {
        const published = resolveItem(item, { schoolSystem }, { policies, policyProfile });
        expect(published.grades.length).toBeGreaterThan(0);
        expect(standardValueText(published)).toMatch(/\S/);
        expect(standardValueText(published)).not.toMatch(/undefined|null|NaN/);
        expect(judge(published, []).problems).toEqual([]);
      }
    }
  },
);

test('all limits as a form shows them', () => {
  const limits = items
    .filter((item) => item.judge.type !== 'boolean')
    .map(
      (item) =>
        `${item.itemCode} ${standardValueText(resolveItem(item, { schoolSystem: '6-3' }, { policies }))}`,
    );
  expect(limits).toMatchInlineSnapshot(`
[
  "SJ-ZY-02 小学三至六年级每天不超过60分钟",
  "SJ-ZY-03 初中每天不超过90分钟",
  "SJ-ZY-11 小学不低于100%；初中本区未设定限值",
  "SJ-ZY-12 小学、初中本区未设定限值",
  "SJ-ZY-13 小学、初中参考值90%",
  "SJ-KS-02 小学一、二年级每学期0次；小学三至六年级每学期不超过1次；初中每学期不超过2次",
  "SJ-KH-02 应为100%",
  "SJ-KH-03 小学、初中不低于100%",
  "SJ-KH-04 小学、初中每周不少于5天",
  "SJ-KH-05 小学、初中每天不少于120分钟",
  "SJ-KH-06 小学不早于17:30",
  "SJ-KH-07 初中不早于18:00",
  "SJ-KH-17 小学、初中参考值90%",
  "WX-SM-01 小学不早于08:20；初中、高中不早于08:00",
  "WX-SM-02 小学参考值每天不少于10小时；初中参考值每天不少于9小时；高中参考值每天不少于8小时",
  "WX-SM-04 小学参考值不晚于21:20；初中参考值不晚于22:00；高中参考值不晚于23:00",
  "WX-TY-01 小学、初中、高中每天不少于60分钟",
  "WX-TY-02 小学、初中每天不少于30分钟",
  "JF-BZ-05 不低于70%",
  "JF-JS-01 小学、初中每科不超过1种",
  "JF-JX-02 小学、初中每年不少于2次",
  "SJ-JX-03 小学、初中只作记录",
  "SJ-PX-03 不晚于20:30",
  "SJ-PX-04 不晚于21:00",
  "SJ-PX-07 不少于10分钟",
  "SJ-PX-08 不超过30分钟",
  "SJ-PX-09 不超过3个月",
  "SJ-PX-10 不超过60课时",
  "SJ-ZF-02 每校每月不少于1次",
  "JF-ZF-06 每年不少于2次",
]
`);
});

test('a fault in the data is named with its place', () => {
  const item = itemOf('SJ-ZY-02');
  const broken = [
    { ...item, itemCode: 'ZY-02', grades: [3, 7], categry: '作业管理' },
    { ...item, category: '作业' },
    { ...item, itemCode: 'SJ-ZY-99', judge: { ...item.judge, limit: '60', comparator: '≤' } },
    { ...itemOf('SJ-KH-06'), basis: [{ policy: 'SJ2022', clause: 9 }], origins: [{ seed: '1' }] },
    { ...itemOf('SJ-KH-06') },
    { ...itemOf('SJ-KH-05'), requirement: '课后服务每天应不少于2小时' },
    { ...itemOf('SJ-KH-08'), requirement: undefined },
    { ...itemOf('SJ-KH-09'), requirement: '\u200b' },
    { ...itemOf('SJ-KH-10'), profiles: { jf2018: { question: '课后服务时段是否讲授新课？' } } },
    { ...itemOf('SJ-KH-11'), requirement: '是否应提供活动？' },
  ] as LibraryItem[];
  const list = {
    ...checklists.find(({ code }) => code === 'CL-WX')!,
    items: [
      { itemCode: 'SJ-KH-06', required: true },
      { itemCode: 'XX', required: true },
    ],
    groups: [{ title: '手机', itemCodes: ['WX-DZ-01'] }],
  };
  expect(validateLibrary(policies, broken, [list])).toMatchInlineSnapshot(`
[
  "item twice: SJ-KH-06",
  "item ZY-02: unknown field categry",
  "item ZY-02: code is not of the form XX-YY-00",
  "item ZY-02: grade 7 is outside its stages",
  "item SJ-ZY-02: unknown category 作业",
  "item SJ-ZY-99: unknown comparator ≤",
  "item SJ-ZY-99: 60 is no limit in 分钟/天",
  "item SJ-KH-06: unknown policy SJ2022",
  "item SJ-KH-06: a clause is either verified or not",
  "item SJ-KH-06: no file code: 1",
  "item SJ-KH-05: a requirement beside a figure",
  "item SJ-KH-08: no requirement",
  "item SJ-KH-09: the requirement is empty",
  "item SJ-KH-09: the requirement says neither 应, 须 nor 不得",
  "item SJ-KH-10: no requirement",
  "item SJ-KH-11: the requirement is a question, or more than one sentence",
  "checklist CL-WX: unknown item XX",
  "checklist CL-WX: SJ-KH-06 is in no group",
  "checklist CL-WX: XX is in no group",
  "checklist CL-WX: grouped but not listed: WX-DZ-01",
]
`);
});
