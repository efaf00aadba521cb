import { closurePictures } from './closure-pictures.js';

const step = (action: string, ...attachments: string[]) => ({ action, attachments });

test.each([
  [
    'put right on the spot with both pictures at once: the first sent is the one before',
    ['a', 'b', 'c'],
    [step('register'), step('resolve_on_site', 'b', 'c', 'a')],
    { before: ['b'], after: ['c', 'a'], earlier: [] },
  ],
  [
    'put right on the spot where the failed answer had its picture',
    ['x', 'a', 'b'],
    [step('register'), step('resolve_on_site', 'b', 'a')],
    { before: ['x'], after: ['b', 'a'], earlier: [] },
  ],
  [
    'a PDF is no picture',
    ['a', 'b'],
    [step('resolve_on_site', 'pdf', 'b', 'a')],
    { before: ['b'], after: ['a'], earlier: [] },
  ],
  [
    'one picture alone is after',
    ['a'],
    [step('request_close', 'a')],
    { before: [], after: ['a'], earlier: [] },
  ],
  [
    'what came with a request that was returned is neither before nor after',
    ['x', 'a', 'v', 'b', 'w'],
    [
      step('request_close', 'a'),
      step('verify', 'v'),
      step('return'),
      step('request_close', 'b'),
      step('verify', 'w'),
    ],
    { before: ['x'], after: ['b', 'w'], earlier: ['a', 'v'] },
  ],
  [
    'given again with the next request it is after',
    ['x', 'a', 'b'],
    [step('request_close', 'a'), step('return'), step('request_close', 'b', 'a')],
    { before: ['x'], after: ['b', 'a'], earlier: [] },
  ],
  [
    'returned and not yet asked again, nothing is after',
    ['x', 'a'],
    [step('request_close', 'a'), step('return')],
    { before: ['x'], after: [], earlier: ['a'] },
  ],
  [
    'put right on the spot and returned: the picture before stays it',
    ['a', 'b', 'c'],
    [step('resolve_on_site', 'b', 'a'), step('return'), step('request_close', 'c')],
    { before: ['b'], after: ['c'], earlier: ['a'] },
  ],
  [
    'a request returned, then put right on the spot with both',
    ['a', 'b', 'c'],
    [step('request_close', 'a'), step('return'), step('resolve_on_site', 'c', 'b')],
    { before: ['c'], after: ['b'], earlier: ['a'] },
  ],
])('%s', (_, pictures, steps, sides) => {
  expect(closurePictures(pictures, steps)).toEqual(sides);
});
