import { type Clocked, daysOverdue, isOfficeOverdue, isOverdue } from './clocks.js';

const issue = (more: Partial<Clocked> = {}): Clocked => ({
  status: 'rectifying',
  dueOn: '2026-03-20',
  requestedLate: false,
  officeDueOn: null,
  closeRequestedOn: null,
  ...more,
});

test('the deadline is the end of that local day', () => {
  expect(['2026-03-20', '2026-03-21'].map((day) => isOverdue(issue(), day))).toEqual([false, true]);
  expect(daysOverdue(issue(), '2026-03-25')).toBe(5);
});

test('while a request made in time is pending the office’s clock runs instead', () => {
  const asked = issue({
    status: 'close_requested',
    closeRequestedOn: '2026-03-20',
    officeDueOn: '2026-04-03',
  });
  expect(isOverdue(asked, '2026-05-01')).toBe(false);
  expect(['2026-04-03', '2026-04-04'].map((day) => isOfficeOverdue(asked, day))).toEqual([false, true]);
});

test('who asked only after the deadline is overdue by the days up to the request', () => {
  const asked = issue({ status: 'close_requested', requestedLate: true, closeRequestedOn: '2026-03-23' });
  expect(daysOverdue(asked, '2026-06-01')).toBe(3);
});

test('an objection stops the unit’s clock and starts the office’s', () => {
  const objected = issue({ status: 'objected', officeDueOn: '2026-03-10' });
  expect([isOverdue(objected, '2026-04-01'), isOfficeOverdue(objected, '2026-04-01')]).toEqual([false, true]);
});

test('what is closed is late for nobody', () => {
  const closed = issue({ status: 'closed', requestedLate: true, officeDueOn: '2026-03-01' });
  expect([isOverdue(closed, '2026-06-01'), isOfficeOverdue(closed, '2026-06-01')]).toEqual([false, false]);
});
