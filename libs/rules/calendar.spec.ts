import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  addWorkingDays,
  isWorkingDay,
  MAX_WORKING_DAYS,
  workingDayKind,
  workingDaysBetween,
  type YearCalendar,
} from './calendar.js';
import { calendarFaults } from './calendar-check.js';
import { addDays, daysBetween } from './local-date.js';

const read = (year: number): YearCalendar =>
  JSON.parse(readFileSync(new URL(`../../data/calendars/${year}.json`, import.meta.url), 'utf8'));
const calendars = [2024, 2025, 2026].map(read);

const due = (from: string, n: number, known = calendars) => {
  const result = addWorkingDays(from, n, known);
  if (!result.ok) throw new Error(`beyond the horizon: ${result.neededYear}`);
  return result;
};

/** Derived by hand from the notices of the State Council's General Office. */
test.each([
  ['2026-01-01', 3, '2026-01-06'],
  ['2026-02-10', 5, '2026-02-24'],
  ['2026-02-13', 5, '2026-02-27'],
  ['2026-02-13', 15, '2026-03-12'],
  ['2026-04-30', 5, '2026-05-11'],
  ['2026-09-18', 5, '2026-09-24'],
  ['2026-09-24', 15, '2026-10-22'],
  ['2026-09-30', 1, '2026-10-08'],
  ['2026-09-30', 3, '2026-10-10'],
  ['2026-10-09', 1, '2026-10-10'],
  ['2025-09-26', 5, '2025-10-10'],
  ['2025-01-24', 10, '2025-02-13'],
  ['2024-09-13', 5, '2024-09-23'],
  ['2024-09-27', 10, '2024-10-16'],
])('%s and %i working days is %s', (from, n, expected) => {
  expect(due(from, n).dueOn).toBe(expected);
  expect(workingDaysBetween(from, expected, calendars)).toEqual({ ok: true, days: n });
});

test('a date explains itself', () => {
  expect(due('2026-09-30', 3)).toMatchInlineSnapshot(`
{
  "dueOn": "2026-10-10",
  "explanation": "自2026年9月30日起算（当日不计），第3个工作日为2026年10月10日（星期六）；其间国庆节放假（10月1日至10月7日）不计；10月10日（星期六）为调休上班日，计入。",
  "makeUp": [
    "2026-10-10",
  ],
  "ok": true,
  "skipped": [
    {
      "from": "2026-10-01",
      "name": "国庆节",
      "to": "2026-10-07",
    },
  ],
}
`);
  expect(due('2025-12-30', 3).explanation).toMatchInlineSnapshot(
    `"自2025年12月30日起算（当日不计），第3个工作日为2026年1月5日（星期一）；其间元旦放假（2026年1月1日至2026年1月3日）不计；2026年1月4日（星期日）为调休上班日，计入。"`,
  );
  expect(due('2026-11-02', 1).explanation).toMatchInlineSnapshot(
    `"自2026年11月2日起算（当日不计），第1个工作日为2026年11月3日（星期二）。"`,
  );
  expect(due('2026-11-06', 1).explanation).toMatchInlineSnapshot(
    `"自2026年11月6日起算（当日不计），第1个工作日为2026年11月9日（星期一）；周末不计。"`,
  );
  expect(due('2026-09-30', 4).explanation).toMatch(/计入；其余周末不计。$/);
});

test('a holiday entered half-way is cut to the days passed over', () => {
  expect(due('2026-10-03', 1).skipped).toEqual([{ name: '国庆节', from: '2026-10-04', to: '2026-10-07' }]);
});

test('New Year’s Eve of 2024 was a working day', () => {
  expect(workingDayKind('2024-02-09', calendars)).toBe('workday');
});

test('kinds of days', () => {
  const kinds = ['2026-10-01', '2026-10-10', '2026-10-11', '2026-10-12', '2027-01-01'];
  expect(kinds.map((day) => workingDayKind(day, calendars))).toEqual([
    'holiday',
    'make_up_workday',
    'weekend',
    'workday',
    null,
  ]);
  expect(isWorkingDay('2026-10-10', calendars)).toBe(true);
  expect(isWorkingDay('2027-01-04', calendars)).toBeNull();
});

test('beyond the horizon nothing is guessed', () => {
  const needs2027 = { ok: false, code: 'calendar.beyond_horizon', neededYear: 2027 };
  expect(due('2026-12-30', 1).dueOn).toBe('2026-12-31');
  expect(addWorkingDays('2026-12-31', 1, calendars)).toEqual(needs2027);
  expect(addWorkingDays('2026-12-01', 30, calendars)).toEqual(needs2027);
  expect(addWorkingDays('2027-03-01', 1, calendars)).toEqual(needs2027);
  expect(workingDaysBetween('2026-12-01', '2027-01-01', calendars)).toEqual(needs2027);
  expect(addWorkingDays('2023-12-29', 1, calendars)).toEqual({ ...needs2027, neededYear: 2023 });
  // The day of `from` itself is not counted, so its year need not be known.
  expect(due('2023-12-31', 1).dueOn).toBe('2024-01-02');
  expect(workingDaysBetween('2023-12-31', '2024-01-02', calendars)).toEqual({ ok: true, days: 1 });
});

test('after the last day that can be written there is no day to count', () => {
  const never = { ok: false, code: 'calendar.beyond_horizon', neededYear: 10000 };
  expect(addWorkingDays('9999-12-31', 1, calendars)).toEqual(never);
  expect(workingDaysBetween('9999-12-31', '9999-12-31', calendars)).toEqual({ ok: true, days: 0 });
  const last = { ...read(2026), year: 9999, holidays: [], workdays: [] };
  expect(due('9999-12-30', 1, [last]).dueOn).toBe('9999-12-31');
  expect(addWorkingDays('9999-12-31', 1, [last])).toEqual(never);
});

test('the horizon ends at the first gap', () => {
  const gap = [read(2024), read(2026)];
  expect(addWorkingDays('2024-12-31', 1, gap)).toMatchObject({ ok: false, neededYear: 2025 });
  expect(workingDaysBetween('2024-12-30', '2026-01-05', gap)).toMatchObject({ ok: false, neededYear: 2025 });
  expect(due('2026-01-01', 1, gap).dueOn).toBe('2026-01-04');
});

test('the number of days is bounded', () => {
  for (const n of [0, -1, 1.5, MAX_WORKING_DAYS + 1, Number.NaN]) {
    expect(() => addWorkingDays('2026-01-01', n, calendars)).toThrow(RangeError);
  }
  expect(() => addWorkingDays('2026-02-30', 1, calendars)).toThrow(RangeError);
});

test('what ended before it began took no working days', () => {
  expect(workingDaysBetween('2026-03-10', '2026-03-10', calendars)).toEqual({ ok: true, days: 0 });
  expect(workingDaysBetween('2026-03-10', '2026-03-01', calendars)).toEqual({ ok: true, days: 0 });
});

describe('for any day and number', () => {
  const day = fc.integer({ min: 0, max: 700 }).map((offset) => addDays('2024-01-01', offset));
  const count = fc.integer({ min: 1, max: 100 });

  test('the result is a working day, and counting back gives the number', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        const { dueOn } = due(from, n);
        expect(isWorkingDay(dueOn, calendars)).toBe(true);
        expect(workingDaysBetween(from, dueOn, calendars)).toEqual({ ok: true, days: n });
      }),
    );
  });

  test('later or more is never earlier', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        expect(due(from, n + 1).dueOn > due(from, n).dueOn).toBe(true);
        expect(due(addDays(from, 1), n).dueOn >= due(from, n).dueOn).toBe(true);
      }),
    );
  });

  test('a then b is a + b', () => {
    fc.assert(
      fc.property(day, count, count, (from, a, b) => {
        expect(due(due(from, a).dueOn, b).dueOn).toBe(due(from, a + b).dueOn);
      }),
    );
  });

  test('every day between is accounted for', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        const { dueOn, skipped } = due(from, n);
        const holidays = skipped.reduce((sum, one) => sum + daysBetween(one.from, one.to) + 1, 0);
        const weekends = [...Array(daysBetween(from, dueOn)).keys()].filter(
          (offset) => workingDayKind(addDays(from, offset + 1), calendars) === 'weekend',
        ).length;
        expect(holidays + weekends + n).toBe(daysBetween(from, dueOn));
      }),
    );
  });
});

describe('the calendars as entered', () => {
  test.each(calendars.map((calendar) => [calendar.year, calendar] as const))(
    '%i has no fault',
    (_, calendar) => {
      expect(calendarFaults(calendar)).toEqual([]);
    },
  );

  /** Working days of the year: 365 or 366 less weekends and holidays, as published. */
  test.each([
    [2024, '2023-12-31', 251],
    [2025, '2024-12-31', 248],
    [2026, '2025-12-31', 248],
  ])('%i', (year, before, days) => {
    const known = [{ ...read(year), year: year - 1, holidays: [], workdays: [] }, read(year)];
    expect(workingDaysBetween(before, `${year}-12-31`, known)).toEqual({ ok: true, days });
  });

  test('a wrong entry is refused with its place', () => {
    const faults = calendarFaults({
      ...read(2026),
      holidays: [
        { name: ' ', from: '2026-05-01', to: '2026-05-05' },
        { name: '劳动节', from: '2026-05-05', to: '2026-05-04' },
        { name: '国庆节', from: '2026-10-01', to: '2026-11-07' },
        { name: '元旦', from: '2027-01-01', to: '2027-01-32' },
        { name: '元旦', from: '2027-01-01', to: '2027-01-03' },
      ],
      workdays: ['2026-05-08', '2026-05-03', '2025-10-11', 'x'],
    });
    expect(faults.map(({ pointer, code }) => `${pointer} ${code}`)).toMatchInlineSnapshot(`
[
  "/holidays/0/name calendar.name_missing",
  "/holidays/1/to calendar.ends_before_start",
  "/holidays/2/to calendar.too_long",
  "/holidays/3/to calendar.not_a_day",
  "/holidays/4/from calendar.other_year",
  "/holidays/4/to calendar.other_year",
  "/workdays/0 calendar.not_a_weekend",
  "/workdays/1 calendar.overlap",
  "/workdays/2 calendar.other_year",
  "/workdays/3 calendar.not_a_day",
]
`);
  });
});
