import { spread } from './measured.js';

test('tells least, mean and greatest of ten figures and more', () => {
  expect(spread([50, 75, 60, 61, 62, 63, 64, 65, 66, 67])).toEqual({ min: 50, mean: 63.3, max: 75 });
  expect(spread([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])).toEqual({ min: 1, mean: 1.091, max: 2 });
});

test('tells nothing of fewer, for that would be the figures of single schools', () => {
  expect(spread([50, 75, 60, 61, 62, 63, 64, 65, 66])).toEqual({ min: null, mean: null, max: null });
  expect(spread([])).toEqual({ min: null, mean: null, max: null });
});
