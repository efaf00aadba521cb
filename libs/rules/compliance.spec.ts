import {
  emptyFacts,
  flipsBetween,
  statusOn,
  type TalliedIssue,
  type TalliedVisit,
  tally,
  tallyVisit,
} from './compliance.js';

const terms = [
  { code: '1', name: '上学期', from: '2026-03-01', to: '2026-07-03' },
  { code: '2', name: '下学期', from: '2026-09-01', to: '2027-01-20' },
];
const issue = (more: Partial<TalliedIssue> = {}): TalliedIssue => ({
  category: '作业管理',
  status: 'rectifying',
  source: 'visit',
  escalation: null,
  dueOn: '2026-03-20',
  requestedLate: false,
  ...more,
});
const visited = () =>
  tallyVisit(emptyFacts(), {
    on: '2026-03-05',
    full: true,
    categories: { 作业管理: { met: 9, judged: 10 } },
  });
const status = (facts: ReturnType<typeof emptyFacts>, day: string) => statusOn(facts, day, terms).status;

test('the worst that holds, day by day, without anything being written', () => {
  const facts = tally(visited(), null, issue());
  expect(['2026-03-19', '2026-03-20', '2026-03-21'].map((day) => status(facts, day))).toEqual([
    'rectifying',
    'rectifying',
    'overdue',
  ]);
  expect(flipsBetween(facts, '2026-03-20', '2026-03-21', terms)).toBe(true);
  expect(flipsBetween(facts, '2026-03-19', '2026-03-20', terms)).toBe(false);
});

test('escalated beats overdue beats rectifying beats uninspected beats compliant', () => {
  const facts = visited();
  expect(status(facts, '2026-03-10')).toBe('compliant');
  expect(status(facts, '2026-09-01')).toBe('uninspected');
  tally(facts, null, issue({ dueOn: '2026-12-31' }));
  expect(status(facts, '2026-09-01')).toBe('rectifying');
  tally(facts, null, issue({ category: '考试管理' }));
  expect(status(facts, '2026-09-01')).toBe('overdue');
  tally(
    facts,
    null,
    issue({ category: '课后服务', escalation: 'supervision_order', dueOn: null, status: 'referred' }),
  );
  expect(status(facts, '2026-09-01')).toBe('escalated');
});

test('reminder and urging are no escalation; asking late stays overdue until closed', () => {
  const asked = issue({ status: 'close_requested', requestedLate: true, escalation: 'urging' });
  const facts = tally(visited(), null, asked);
  expect(status(facts, '2026-03-10')).toBe('overdue');
  tally(facts, asked, { ...asked, status: 'closed' });
  expect(statusOn(facts, '2026-03-10', terms)).toMatchObject({
    status: 'compliant',
    open: 0,
    closed: 1,
    overdue: 0,
  });
});

test('self-checks and partial visits never make a unit compliant, self-check findings never make it fail', () => {
  const facts = tally(emptyFacts(), null, issue({ source: 'self_check', status: 'registered', dueOn: null }));
  expect(statusOn(facts, '2026-03-10', terms)).toMatchObject({ status: 'uninspected', open: 0 });
  tallyVisit(facts, { on: '2026-03-09', full: false, categories: { 作业管理: { met: 5, judged: 5 } } });
  expect(statusOn(facts, '2026-03-10', terms)).toMatchObject({
    status: 'uninspected',
    lastInspectionOn: '2026-03-09',
    metRate: { met: 5, judged: 5 },
  });
});

test('each category has the rate of its own latest visit, in whatever order visits arrive', () => {
  const visits: TalliedVisit[] = [
    {
      on: '2026-03-05',
      full: true,
      categories: { 作业管理: { met: 1, judged: 2 }, 考试管理: { met: 1, judged: 1 } },
    },
    {
      on: '2026-03-09',
      full: false,
      categories: { 作业管理: { met: 3, judged: 3 }, 考试管理: { met: 0, judged: 0 } },
    },
    {
      on: '2026-03-07',
      full: false,
      categories: { 作业管理: { met: 0, judged: 4 }, 睡眠作息: { met: 2, judged: 2 } },
    },
  ];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [1, 2, 0],
  ]) {
    const facts = emptyFacts();
    for (const at of order) tallyVisit(facts, visits[at]!);
    const rates = statusOn(facts, '2026-03-10', terms).categories.map((c) => [c.category, c.metRate]);
    expect(Object.fromEntries(rates)).toEqual({
      作业管理: { met: 3, judged: 3 },
      考试管理: { met: 1, judged: 1 },
      睡眠作息: { met: 2, judged: 2 },
    });
    expect([facts.lastInspectionOn, facts.lastFullInspectionOn]).toEqual(['2026-03-09', '2026-03-05']);
  }
});

test('taking a change back leaves the facts as they were', () => {
  const facts = tally(visited(), null, issue());
  const before = structuredClone(facts);
  const moved = issue({ dueOn: '2026-04-01', status: 'close_requested' });
  tally(tally(facts, issue(), moved), moved, issue());
  expect(facts).toEqual(before);
});

test('an older visit that is synced late does not overwrite a newer one', () => {
  const facts = visited();
  tallyVisit(facts, { on: '2026-03-01', full: true, categories: { 作业管理: { met: 0, judged: 10 } } });
  expect(statusOn(facts, '2026-03-10', terms)).toMatchObject({
    lastInspectionOn: '2026-03-05',
    metRate: { met: 9, judged: 10 },
  });
});
