import fc from 'fast-check';
import * as days from './local-date.js';

const anyDay = fc.integer({ min: -20_000, max: 50_000 }).map(days.dayFromNumber);

test('a day turns at midnight in Shanghai, not in London', () => {
  expect(days.localDay(new Date('2026-09-30T15:59:59.999Z'))).toBe('2026-09-30');
  expect(days.localDay(new Date('2026-09-30T16:00:00.000Z'))).toBe('2026-10-01');
  expect(days.startOfDay('2026-10-01').toISOString()).toBe('2026-09-30T16:00:00.000Z');
  expect(days.endOfDay('2026-10-01').toISOString()).toBe('2026-10-01T16:00:00.000Z');
});

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-1-1',
  '0000-01-01',
  '0026-01-01',
  '2026-10-01T00:00',
  '',
  20261001,
  null,
])('%j is no day', (text) => {
  expect(days.isDay(text)).toBe(false);
  expect(() => days.dayNumber(text as string)).toThrow(RangeError);
});

test('a leap day is one', () => expect(days.isDay('2028-02-29')).toBe(true));

test('an invalid instant is refused, not shown as a day', () => {
  expect(() => days.localDay(new Date('nonsense'))).toThrow(RangeError);
  expect(() => days.addDays('9999-12-31', 1)).toThrow(RangeError);
});

test('weekdays and wording', () => {
  expect(['1970-01-01', '2026-10-10', '2026-10-11', '1969-12-31'].map(days.weekday)).toEqual([4, 6, 7, 3]);
  expect(days.weekdayText('2026-10-10')).toBe('星期六');
  expect(days.dayText('2026-01-04')).toBe('2026年1月4日');
  expect(days.monthText('2026-01')).toBe('2026年1月');
  expect(days.minuteText('2026-10-01 00:00')).toBe('2026年9月30日24时');
  expect(days.minuteText('2026-10-09 15:04')).toBe('2026年10月9日15时4分');
  expect(days.minuteText('2026-10-09 15:00')).toBe('2026年10月9日15时');
});

test('months', () => {
  expect(['2026-01', '2026-12'].every(days.isMonth)).toBe(true);
  expect(['2026-13', '2026-1', '2026-01-01', 202601].some(days.isMonth)).toBe(false);
  expect(days.firstDayOfMonth('2026-02')).toBe('2026-02-01');
  expect(days.lastDayOfMonth('2026-02')).toBe('2026-02-28');
  expect(days.lastDayOfMonth('2026-12')).toBe('2026-12-31');
  expect(days.shiftMonth('2026-01', -1)).toBe('2025-12');
  expect(days.monthOf('2026-02-03')).toBe('2026-02');
  expect(days.addMonths('2026-01-31', 1)).toBe('2026-02-28');
  expect(days.addMonths('2026-03-15', -12)).toBe('2025-03-15');
});

test('adding days and counting them are inverse', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: -3000, max: 3000 }), (day, count) => {
      expect(days.daysBetween(day, days.addDays(day, count))).toBe(count);
    }),
  );
});

test('every instant lies within its own local day', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1992-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      (at) => {
        const day = days.localDay(at);
        expect(days.startOfDay(day).getTime()).toBeLessThanOrEqual(at.getTime());
        expect(days.endOfDay(day).getTime()).toBeGreaterThan(at.getTime());
      },
    ),
  );
});

test('the last day that can be typed has an end, though no day follows it', () => {
  expect(days.endOfDay('9999-12-31').toISOString()).toBe('9999-12-31T16:00:00.000Z');
  expect(days.endOfDay('2026-02-28')).toEqual(days.startOfDay('2026-03-01'));
});

test('several days are told without repeating what they share', () => {
  expect(days.daysText('2026-11-22', '2026-11-22')).toBe('2026年11月22日');
  expect(days.daysText('2026-11-22', '2026-11-23')).toBe('2026年11月22日至23日');
  expect(days.daysText('2026-11-30', '2026-12-01')).toBe('2026年11月30日至12月1日');
  expect(days.daysText('2026-12-31', '2027-01-01')).toBe('2026年12月31日至2027年1月1日');
});
