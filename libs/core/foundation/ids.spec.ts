import { newId } from './ids.js';

test('ids of one instant sort in the order of their making, and none comes twice', () => {
  const at = new Date('2026-03-10T02:00:00Z');
  const ids = Array.from({ length: 1000 }, () => newId(at));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id))).toBe(true);
});

test('two processes that count alike still make different ids', () => {
  const at = new Date('2026-03-10T03:00:00Z');
  const first = newId(at);
  newId(new Date(0));
  expect(newId(at)).not.toBe(first);
});
