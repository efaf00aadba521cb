import fc from 'fast-check';
import { isTimeOfDay, minutesOf, timeOfMinutes, timeText } from './times.js';

test.each([
  '7:30',
  '30:00',
  '24:60',
  '12:3',
  '1230',
  '',
  'ab:cd',
  ' 12:30',
  '12:30\n',
  1230,
  null,
  undefined,
])('%j is no time of day', (text) => expect(isTimeOfDay(text)).toBe(false));

test('past midnight is later, not earlier', () => {
  expect(minutesOf('24:30')).toBe(1470);
  expect(minutesOf('00:30')).toBe(30);
  expect(timeText('24:30')).toBe('次日0:30');
  expect(timeText('18:00')).toBe('18:00');
});

test('minutes and text are inverse from 00:00 to 29:59', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1799 }), (m) => minutesOf(timeOfMinutes(m)) === m));
  expect(timeOfMinutes(1799)).toBe('29:59');
});

test('outside that there is nothing to guess', () => {
  for (const minutes of [-1, 1800, 1.5, Number.NaN]) expect(() => timeOfMinutes(minutes)).toThrow(RangeError);
});
