import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type PublicationSettings, type ResolvedBand, type ResolvedItem, resolveItem } from './checklist.js';
import type { LibraryItem, Policy } from './library.js';
import { judge, type Measure, type MeasureContext, observedText, severityFor } from './verdict.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/library/${name}.json`, import.meta.url), 'utf8'));
const policies: Policy[] = read('policies').policies;
const items: LibraryItem[] = read('checklist-items').items;
const publish = (code: string, settings: Partial<PublicationSettings> = {}): ResolvedItem =>
  resolveItem(
    items.find(({ itemCode }) => itemCode === code)!,
    { schoolSystem: '6-3', ...settings },
    { policies },
  );
const verdict = (code: string, ...measures: Measure[]) => {
  const { suggestedVerdict, problems } = judge(publish(code), measures);
  expect(problems).toEqual([]);
  return suggestedVerdict;
};
const [met, missed] = ['compliant', 'non_compliant'] as const;

describe('the figures that everybody knows', () => {
  test.each<[string, Measure, 'compliant' | 'non_compliant']>([
    ['SJ-ZY-02', { grade: 3, value: 60 }, met],
    ['SJ-ZY-02', { grade: 6, value: 61 }, missed],
    ['SJ-ZY-03', { grade: 7, value: 90 }, met],
    ['SJ-ZY-03', { value: 90.5 }, missed],
    ['SJ-KS-02', { grade: 1, value: 1 }, missed],
    ['SJ-KS-02', { grade: 2, value: 0 }, met],
    ['SJ-KS-02', { grade: 3, value: 1 }, met],
    ['SJ-KS-02', { stage: 'primary', value: 2 }, missed],
    ['SJ-KS-02', { stage: 'primary', value: 0 }, met],
    ['SJ-KS-02', { stage: 'junior', value: 2 }, met],
    ['SJ-KS-02', { grade: 9, value: 3 }, missed],
    ['SJ-KH-04', { value: 5 }, met],
    ['SJ-KH-04', { value: 4 }, missed],
    ['SJ-KH-05', { value: 120 }, met],
    ['SJ-KH-05', { value: 119 }, missed],
    ['SJ-KH-06', { value: '17:30' }, met],
    ['SJ-KH-06', { value: '17:29' }, missed],
    ['SJ-KH-07', { value: '18:00' }, met],
    ['SJ-KH-07', { value: '17:59' }, missed],
    ['WX-SM-01', { stage: 'primary', value: '08:20' }, met],
    ['WX-SM-01', { stage: 'primary', value: '08:00' }, missed],
    ['WX-SM-01', { grade: 10, value: '08:00' }, met],
    ['WX-TY-01', { value: 60 }, met],
    ['WX-TY-01', { value: 59 }, missed],
    ['SJ-PX-03', { value: '20:30' }, met],
    ['SJ-PX-03', { value: '20:31' }, missed],
    ['SJ-PX-04', { value: '21:00' }, met],
    ['SJ-PX-04', { value: '24:10' }, missed],
    ['SJ-PX-07', { value: 10 }, met],
    ['SJ-PX-07', { value: 9 }, missed],
    ['SJ-PX-08', { value: 31 }, missed],
    ['SJ-PX-09', { value: 3 }, met],
    ['SJ-PX-09', { value: 4 }, missed],
    ['SJ-PX-10', { value: 60 }, met],
    ['SJ-PX-10', { value: 61 }, missed],
    ['SJ-KH-02', { value: 100 }, met],
    ['SJ-KH-02', { value: 99 }, missed],
    ['JF-JS-01', { label: '数学', value: 2 }, missed],
  ])('%s with %j is %s', (code, measure, expected) => expect(verdict(code, measure)).toBe(expected));

  test('grades 1 and 2 have no homework in writing: a question, answered with yes or no', () => {
    const item = publish('SJ-ZY-01');
    expect(judge(item, [])).toMatchObject({
      suggestedVerdict: null,
      standardValue: '小学一、二年级不得布置需要带回家完成的书面作业',
      problems: [],
    });
    expect([observedText(item, 'compliant'), observedText(item, 'non_compliant')]).toEqual([
      '符合',
      '不符合',
    ]);
    expect(observedText(publish('SJ-ZY-05'), 'non_compliant')).toBe('不符合');
  });

  test('sleep is recorded beside its reference and never judged', () => {
    const slept = (grade: number, value: number) => judge(publish('WX-SM-02'), [{ grade, value }]);
    expect(slept(3, 7)).toMatchObject({
      suggestedVerdict: 'compliant',
      standardValue: '小学参考值每天不少于10小时',
      measuredValue: '三年级每天7小时',
    });
    expect(slept(8, 12).standardValue).toBe('初中参考值每天不少于9小时');
    expect(slept(11, 3).standardValue).toBe('高中参考值每天不少于8小时');
    expect(judge(publish('WX-SM-04'), [{ grade: 8, value: '24:30' }])).toMatchObject({
      suggestedVerdict: 'compliant',
      standardValue: '初中参考值不晚于22:00',
      measuredValue: '八年级次日0:30',
    });
    expect(judge(publish('WX-SM-02'), []).suggestedVerdict).toBeNull();
  });

  test('a figure that names no grade speaks of grades 1 and 2 too: their limit decides', () => {
    const item = publish('SJ-KS-02');
    for (const [measure, context] of [
      [{ stage: 'primary', value: 1 }, {}],
      [{ value: 1 }, { unitStages: ['primary'] }],
    ] as [Measure, MeasureContext][]) {
      expect(judge(item, [measure], context)).toMatchObject({
        suggestedVerdict: 'non_compliant',
        standardValue: '小学一、二年级每学期0次',
        measuredValue: `${measure.stage ? '小学' : ''}每学期1次`,
      });
    }
    expect(judge(item, [{ value: 0 }], { unitStages: ['primary'] }).suggestedVerdict).toBe('compliant');
    expect(judge(item, [{ value: 2 }], { unitStages: ['junior'] }).suggestedVerdict).toBe('compliant');
    const nineYears = judge(item, [{ value: 1 }], { unitStages: ['primary', 'junior'] });
    expect(nineYears.problems).toMatchObject([{ code: 'measure.stage_required' }]);
  });

  test('of times of day and of what must be reached, too, the strictest holds', () => {
    const strict = (bands: ResolvedBand[], value: number | string) => {
      const item = publish(typeof value === 'string' ? 'WX-SM-01' : 'SJ-ZY-11');
      if (item.judge.type !== 'measure') throw new Error('a measure is expected');
      return judge({ ...item, judge: { ...item.judge, bands } }, [{ stage: 'primary', value }])
        .suggestedVerdict;
    };
    const late: ResolvedBand[] = [
      { stages: ['primary'], grades: [1, 2], limit: '08:40' },
      { stages: ['primary'], grades: [3, 4, 5, 6], limit: '08:20' },
    ];
    expect([strict(late, '08:30'), strict(late, '08:40')]).toEqual([missed, met]);
    const high: ResolvedBand[] = [
      { stages: ['primary'], grades: [1, 2], limit: null },
      { stages: ['primary'], grades: [3], limit: 90 },
      { stages: ['primary'], grades: [4, 5, 6], limit: 80 },
    ];
    expect([strict(high, 85), strict(high, 90)]).toEqual([missed, met]);
  });

  test('grade 6 is held to 60 minutes in one district and to 90 in the next', () => {
    const six = [{ grade: 6, value: 80 }];
    expect(judge(publish('SJ-ZY-02'), six).suggestedVerdict).toBe('non_compliant');
    expect(judge(publish('SJ-ZY-03', { schoolSystem: '5-4' }), six).suggestedVerdict).toBe('compliant');
    expect(judge(publish('SJ-ZY-03'), six).problems[0]?.code).toBe('measure.grade_out_of_scope');
    expect(judge(publish('SJ-ZY-02', { schoolSystem: '5-4' }), six).problems[0]?.code).toBe(
      'measure.grade_out_of_scope',
    );
  });
});

describe('several figures', () => {
  test('the worst one decides and is named', () => {
    const result = judge(publish('SJ-ZY-02'), [
      { grade: 3, label: '2班', value: 45 },
      { grade: 5, label: '1班', value: 85 },
      { grade: 4, value: 62 },
    ]);
    expect(result).toEqual({
      suggestedVerdict: 'non_compliant',
      standardValue: '小学三至六年级每天不超过60分钟',
      measuredValue: '五年级（1班）每天85分钟（共3项实测，2项不达标）',
      worst: { grade: 5, label: '1班', value: 85 },
      problems: [],
    });
  });

  test('each under its own band, so that the larger figure may be the better one', () => {
    const result = judge(publish('SJ-KS-02'), [
      { stage: 'junior', value: 2 },
      { grade: 1, value: 1 },
    ]);
    expect(result.worst).toEqual({ grade: 1, value: 1 });
    expect(result.standardValue).toBe('小学一、二年级每学期0次');
    expect(result.measuredValue).toBe('一年级每学期1次（共2项实测，1项不达标）');
  });

  test('what has no limit here is recorded beside what is judged', () => {
    const both: Measure[] = [
      { stage: 'junior', value: 40 },
      { stage: 'primary', value: 100 },
    ];
    expect(judge(publish('SJ-ZY-11'), both)).toMatchObject({
      suggestedVerdict: 'compliant',
      worst: { stage: 'primary' },
      measuredValue: '小学100%（共2项实测，均达标，1项只作记录）',
    });
    expect(judge(publish('SJ-ZY-11'), both.slice(0, 1))).toMatchObject({
      suggestedVerdict: null,
      standardValue: '初中本区未设定限值',
      measuredValue: '初中40%',
    });
    const set = publish('SJ-ZY-11', { localLimits: { 'SJ-ZY-11': { junior: 60 } } });
    expect(judge(set, both)).toMatchObject({ suggestedVerdict: 'non_compliant', worst: { stage: 'junior' } });
  });
});

describe('rates', () => {
  const rate = (measure: Measure) => judge(publish('SJ-KH-03'), [measure]);

  test('follow from numerator and denominator', () => {
    expect(rate({ numerator: 46, denominator: 50 })).toMatchObject({
      suggestedVerdict: 'non_compliant',
      measuredValue: '92%（46/50）',
    });
    expect(rate({ numerator: 50, denominator: 50 }).suggestedVerdict).toBe('compliant');
  });

  test('249 of 250 is not 100 %, however it is rounded', () => {
    expect(rate({ value: 100, numerator: 249, denominator: 250 })).toMatchObject({
      suggestedVerdict: 'non_compliant',
      measuredValue: '99.6%（249/250）',
      problems: [],
    });
  });

  test.each<[Measure, string, string]>([
    [{ value: 90, numerator: 46, denominator: 50 }, '/measures/0/value', 'measure.fraction_mismatch'],
    [{ value: 90, numerator: 45 }, '/measures/0/denominator', 'measure.fraction_incomplete'],
    [{ denominator: 50, value: 90 }, '/measures/0/numerator', 'measure.fraction_incomplete'],
    [{ numerator: 51, denominator: 50 }, '/measures/0/numerator', 'measure.fraction_range'],
    [{ numerator: 0, denominator: 0 }, '/measures/0/denominator', 'measure.fraction_range'],
    [{ numerator: -1, denominator: 50 }, '/measures/0/numerator', 'measure.fraction_range'],
    [{ value: 101 }, '/measures/0/value', 'measure.value_range'],
  ])('%j', (measure, pointer, code) => expect(rate(measure).problems).toMatchObject([{ pointer, code }]));
});

describe('a wrong figure is reported where it stands and nothing is judged', () => {
  test.each<[string, unknown, string, string]>([
    ['SJ-ZY-02', { grade: 3 }, 'value', 'value_required'],
    ['SJ-ZY-02', { grade: 3, value: '60' }, 'value', 'value_type'],
    ['SJ-ZY-02', { grade: 3, value: '01:00' }, 'value', 'value_type'],
    ['SJ-ZY-02', { grade: 3, value: -1 }, 'value', 'value_range'],
    ['SJ-ZY-02', { grade: 3, value: Number.NaN }, 'value', 'value_type'],
    ['SJ-ZY-02', { grade: 3, value: Number.POSITIVE_INFINITY }, 'value', 'value_type'],
    ['SJ-ZY-02', { grade: 3, value: 1441 }, 'value', 'value_range'],
    ['SJ-ZY-02', { grade: 3, value: null }, 'value', 'value_type'],
    ['SJ-KH-06', { value: 1730 }, 'value', 'time_format'],
    ['SJ-KH-06', { value: '17.30' }, 'value', 'time_format'],
    ['SJ-KH-06', { value: '30:00' }, 'value', 'time_format'],
    ['SJ-ZY-02', { grade: 2, value: 10 }, 'grade', 'grade_out_of_scope'],
    ['SJ-ZY-02', { grade: 13, value: 10 }, 'grade', 'grade_unknown'],
    ['SJ-ZY-02', { grade: 3.5, value: 10 }, 'grade', 'grade_unknown'],
    ['SJ-KS-02', { stage: 'junior', grade: 3, value: 1 }, 'grade', 'grade_stage_mismatch'],
    ['SJ-ZY-02', { stage: 'junior', value: 10 }, 'stage', 'stage_out_of_scope'],
    ['SJ-ZY-02', { stage: 'nursery', value: 10 }, 'stage', 'stage_unknown'],
    ['WX-SM-01', { value: '08:10' }, 'stage', 'stage_required'],
  ])('%s with %j: %s %s', (code, measure, field, problem) => {
    const result = judge(publish(code), [{ ...okFor(code) }, measure as Measure]);
    expect(result.suggestedVerdict).toBeNull();
    expect(result.problems).toEqual([
      {
        pointer: `/measures/1/${field}`,
        code: `measure.${problem}`,
        message: expect.stringMatching(/[一-龥]/),
      },
    ]);
  });

  const okFor = (code: string): Measure => {
    if (code === 'SJ-KS-02') return { stage: 'primary', value: 1 };
    if (code === 'SJ-ZY-02') return { value: 30 };
    return { stage: 'primary', value: '08:20' };
  };

  test('the pointer follows the place of the list', () => {
    const context = { pointer: '/operations/3/measures' };
    expect(judge(publish('SJ-ZY-02'), [{}], context).problems[0]?.pointer).toBe(
      '/operations/3/measures/0/value',
    );
    expect(judge(publish('SJ-ZY-01'), [{ value: 1 }], context).problems).toMatchObject([
      { pointer: '/operations/3/measures', code: 'measure.not_expected' },
    ]);
  });

  test('the unit’s own stages decide where the figure names none, and refuse what is not taught', () => {
    const item = publish('WX-SM-01');
    expect(judge(item, [{ value: '08:10' }], { unitStages: ['junior'] }).suggestedVerdict).toBe('compliant');
    expect(judge(item, [{ value: '08:10' }], { unitStages: ['primary'] }).suggestedVerdict).toBe(
      'non_compliant',
    );
    expect(judge(item, [{ value: '08:10' }], { unitStages: ['junior', 'senior'] }).suggestedVerdict).toBe(
      'compliant',
    );
    expect(judge(item, [{ grade: 1, value: '08:20' }], { unitStages: ['junior'] }).problems).toMatchObject([
      { pointer: '/measures/0/grade', code: 'measure.stage_not_taught' },
    ]);
  });
});

describe('comparators', () => {
  test.each([
    ['<=', [met, met, missed]],
    ['<', [met, missed, missed]],
    ['>=', [missed, met, met]],
    ['>', [missed, missed, met]],
    ['==', [missed, met, missed]],
  ] as const)('%s', (comparator, expected) => {
    const item = publish('SJ-PX-07');
    if (item.judge.type !== 'measure') throw new Error('a measure is expected');
    const changed = { ...item, judge: { ...item.judge, comparator } };
    expect([9, 10, 11].map((value) => judge(changed, [{ value }]).suggestedVerdict)).toEqual(expected);
  });
});

test('whatever is sent, the worst figure fails exactly when some figure alone fails', () => {
  const item = publish('SJ-KS-02');
  const measure = fc.record({ grade: fc.integer({ min: 1, max: 9 }), value: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(fc.array(measure, { minLength: 1, maxLength: 8 }), (measures) => {
      const alone = measures.map((one) => judge(item, [one]).suggestedVerdict);
      const together = judge(item, measures);
      expect(together.suggestedVerdict).toBe(alone.includes('non_compliant') ? 'non_compliant' : 'compliant');
      expect(judge(item, [together.worst!]).suggestedVerdict).toBe(together.suggestedVerdict);
      expect(judge(item, measures.toReversed()).suggestedVerdict).toBe(together.suggestedVerdict);
    }),
  );
});

test('nothing that can be sent makes it throw', () => {
  const anything = fc.record(
    {
      stage: fc.anything(),
      grade: fc.anything(),
      label: fc.string(),
      value: fc.anything(),
      numerator: fc.anything(),
      denominator: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const published = items.map((item) => resolveItem(item, { schoolSystem: '5-4' }, { policies }));
  fc.assert(
    fc.property(fc.constantFrom(...published), fc.array(anything, { maxLength: 3 }), (item, measures) => {
      const result = judge(item, measures as Measure[]);
      if (result.problems.length > 0) expect(result.suggestedVerdict).toBeNull();
    }),
    { numRuns: 1000 },
  );
});

describe('severity looks at the extent', () => {
  const base = { severity: 'major', veto: false, subject: 'school' } as const;

  test.each([
    ['major', 'individual', false, 'minor'],
    ['serious', 'individual', false, 'major'],
    ['serious', 'individual', true, 'serious'],
    ['major', 'individual', true, 'minor'],
    ['minor', 'individual', false, 'minor'],
    ['major', 'grade', false, 'major'],
    ['serious', 'school', false, 'serious'],
    ['serious', undefined, false, 'serious'],
  ] as const)('%s, %s, veto %s: %s', (severity, extent, veto, expected) => {
    expect(severityFor({ ...base, severity, veto }, extent)).toBe(expected);
  });

  test('one teacher who sets parents homework is major, a whole school serious', () => {
    const item = publish('SJ-ZY-08');
    expect(
      [undefined, 'individual', 'grade', 'school'].map((extent) => severityFor(item, extent as never)),
    ).toEqual(['major', 'major', 'major', 'serious']);
  });

  test('one teacher giving paid lessons is serious', () => {
    expect(severityFor(publish('SJ-SD-01'), 'individual')).toBe('serious');
  });

  test('an institution has no extent within', () => {
    expect(severityFor(publish('SJ-PX-01'), 'individual')).toBe('serious');
  });
});
