import { type OrderCase, orderColour, orderDays, stepsAbove } from './orders.js';
import { DEFAULT_SETTINGS } from './settings.js';

const { orders } = DEFAULT_SETTINGS;
const plain: OrderCase = { step: 'supervision_order', severity: 'minor', daysOverdue: 5, before: null };
const colour = (more: Partial<OrderCase>, rules = orders) => orderColour({ ...plain, ...more }, rules);

test('the longer a matter is overdue, the graver the colour', () => {
  expect([0, 5, 9, 10, 14, 15, 400].map((daysOverdue) => colour({ daysOverdue }))).toEqual([
    'blue',
    'blue',
    'blue',
    'orange',
    'orange',
    'red',
    'red',
  ]);
});

test('what is grave begins with orange, an interview is red, and none is milder than the one before', () => {
  expect(colour({ severity: 'serious' })).toBe('orange');
  expect(colour({ severity: 'major' })).toBe('blue');
  expect(colour({ step: 'interview', daysOverdue: 0 })).toBe('red');
  expect(colour({ before: 'orange', daysOverdue: 0 })).toBe('orange');
});

test('days are the district’s', () => {
  expect(colour({ daysOverdue: 3 }, { ...orders, orangeAfter: 2, redAfter: 3 })).toBe('red');
  expect((['blue', 'orange', 'red'] as const).map((one) => orderDays(one, orders))).toEqual([5, 3, 3]);
});

test('what comes above a step is read off the ladder', () => {
  expect(stepsAbove('supervision_order')).toBe('约谈、通报、问责');
  expect(stepsAbove('accountability')).toBe('');
});
