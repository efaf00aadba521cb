import { byNumber } from './issue-number.js';

test('numbers stand by series, year and value, also where the count has outgrown its five digits', () => {
  const inOrder = ['WT2025-100001', 'WT2026-00002', 'WT2026-99999', 'WT2026-100000', 'ZC2026-00001'];
  expect(inOrder.toReversed().sort(byNumber)).toEqual(inOrder);
  expect(byNumber('WT2026-00001', 'WT2026-00001')).toBe(0);
});
