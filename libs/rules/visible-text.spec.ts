import { VISIBLE } from './visible-text.js';

test.each([
  ...'\u0000\n \u3000\u00a0\u200b\ufeff\u034f\u115f\u17b4\u3164\uffa0\u2800\ufe0f',
  '\u{e0100}',
  ' \u200b\u3164',
])('%j alone says nothing', (text) => expect(VISIBLE.test(text)).toBe(false));

// Names are written with characters of private use and with those a later Unicode brings.
test.each(['。', 'a', '0', '\u{e000}', '\u{3ffff}', '\u{323af}', '好\u200b'])('%j can be seen', (text) =>
  expect(VISIBLE.test(text)).toBe(true),
);
