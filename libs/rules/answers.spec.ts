import fc from 'fast-check';
import {
  type AcceptedOperation,
  type AnswerContent,
  effectiveAt,
  type MergedItem,
  mergeItem,
} from './answers.js';

const content = (note: string): AnswerContent => ({
  verdict: 'compliant',
  measures: [],
  reason: null,
  extent: null,
  note,
  attachments: [],
});

/** What a tablet holds: which operation of whom, at what time by a right clock, having seen what. */
type Sent = { id: string; person: string; note: string; at: number; base: number; lead: boolean };

/** The server's side, as takeOperations does it: the n-th new operation of the item has revision n. */
class Item {
  readonly stored: AcceptedOperation[] = [];
  take({ id, person, note, at, base, lead }: Sent): void {
    if (this.stored.some((one) => one.operationId === id)) return;
    this.stored.push({
      operationId: id,
      content: content(note),
      userId: person,
      byLead: lead,
      answeredAt: new Date(at).toISOString(),
      effectiveAt: at,
      revision: this.stored.length + 1,
      baseRevision: base,
      suggestedVerdict: null,
    });
  }
  get merged(): MergedItem {
    return mergeItem('X', this.stored);
  }
}
const merge = (...sent: Sent[]): MergedItem => {
  const item = new Item();
  for (const one of sent) item.take(one);
  return item.merged;
};
const said = (person: string, note: string, at: number, more: Partial<Sent> = {}): Sent => ({
  id: `${person}${at}`,
  person,
  note,
  at,
  base: 0,
  lead: false,
  ...more,
});
const shown = ({ answer }: MergedItem) =>
  `${answer.answeredBy}:${answer.note}${answer.conflict ? ` ≠ ${answer.conflict.map((c) => `${c.answeredBy}:${c.note}`).join(', ')}` : ''}`;

describe('what stands', () => {
  const table: [string, Sent[]][] = [
    ['one answer', [said('wang', 'yes', 1)]],
    ['the same person, later', [said('wang', 'yes', 1), said('wang', 'no', 2)]],
    ['the same person, arriving late', [said('wang', 'no', 2), said('wang', 'yes', 1)]],
    ['two people agree', [said('wang', 'yes', 1), said('feng', 'yes', 2)]],
    ['two people, unseen', [said('wang', 'yes', 1), said('feng', 'no', 2)]],
    ['two people, seen', [said('wang', 'yes', 1), said('feng', 'no', 2, { base: 1 })]],
    [
      'the lead settles',
      [said('wang', 'yes', 1), said('feng', 'no', 2), said('li', 'no', 3, { base: 2, lead: true })],
    ],
    [
      'the lead settles on a slow tablet',
      [said('wang', 'yes', 5), said('feng', 'no', 6), said('li', 'so', 1, { base: 2, lead: true })],
    ],
    [
      'a member does not settle',
      [said('wang', 'yes', 1), said('feng', 'no', 2), said('feng', 'no!', 3, { base: 2 })],
    ],
    [
      'giving in ends it',
      [said('wang', 'yes', 1), said('feng', 'no', 2), said('feng', 'yes', 3, { base: 2 })],
    ],
    [
      'the lead had not seen the second',
      [
        said('wang', 'yes', 1, { lead: true }),
        said('feng', 'no', 2),
        said('wang', 'yes', 3, { base: 1, lead: true }),
      ],
    ],
    ['three people', [said('wang', 'a', 1), said('feng', 'b', 2), said('li', 'c', 3)]],
    ['a revision from the future', [said('wang', 'yes', 1, { base: 9 }), said('feng', 'no', 2, { base: 9 })]],
  ];
  test('drawn', () => {
    expect(
      Object.fromEntries(table.map(([name, sent]) => [name, shown(merge(...sent))])),
    ).toMatchInlineSnapshot(`
{
  "a member does not settle": "feng:no! ≠ wang:yes",
  "a revision from the future": "feng:no",
  "giving in ends it": "feng:yes",
  "one answer": "wang:yes",
  "the lead had not seen the second": "wang:yes ≠ feng:no",
  "the lead settles": "li:no",
  "the lead settles on a slow tablet": "li:so",
  "the same person, arriving late": "wang:no",
  "the same person, later": "wang:no",
  "three people": "li:c ≠ feng:b, wang:a",
  "two people agree": "feng:yes",
  "two people, seen": "feng:no",
  "two people, unseen": "feng:no ≠ wang:yes",
}
`);
  });

  test('outcomes are those of the moment', () => {
    const { outcomes } = merge(
      said('wang', 'yes', 2),
      said('wang', 'old', 1),
      said('feng', 'no', 3),
      said('li', 'no', 4, { base: 3, lead: true }),
    );
    expect([...outcomes.values()]).toEqual(['applied', 'superseded', 'conflict', 'applied']);
  });

  test('a correction after submission stands over any clock and leaves no conflict', () => {
    const item = new Item();
    item.take(said('wang', 'yes', 5));
    const amendment = { id: 'a', reason: 'slip' };
    item.stored.push({ ...merge2(said('li', 'no', 1)), revision: 2, amendment });
    expect(item.merged.answer).toMatchObject({ note: 'no', revision: 2, amended: amendment });
    expect(item.merged.answer.conflict).toBeUndefined();
  });
  const merge2 = (sent: Sent): AcceptedOperation => {
    const item = new Item();
    item.take(sent);
    return item.stored[0]!;
  };

  test('the order of photos and of arrival within a tie says nothing', () => {
    const tie = [said('wang', 'yes', 1, { id: 'b' }), said('feng', 'no', 1, { id: 'a' })];
    expect(shown(merge(...tie))).toBe(shown(merge(...tie.toReversed())));
  });
});

test('clocks: corrected by the skew at sending, never later than receipt', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer({ min: 0, max: 1e9 }), (skew, received, age) => {
      // Whatever the tablet's clock says, an answer given `age` ms before sending counts as that old.
      expect(effectiveAt(received + skew - age, received, received + skew)).toBe(received - age);
      expect(effectiveAt(received + age, received)).toBe(received);
    }),
  );
});

const PEOPLE = ['feng', 'li', 'wang'];
const anySent = (base: fc.Arbitrary<number>) =>
  fc.record({
    id: fc.uuid(),
    person: fc.constantFrom(...PEOPLE),
    note: fc.constantFrom('a', 'b', 'c'),
    at: fc.integer({ min: 0, max: 6 }),
    base,
  });
const stateOf = ({ answer }: MergedItem) => ({
  ...answer,
  conflict: answer.conflict?.map(({ operationId }) => operationId),
});

describe('convergence', () => {
  test('offline operations end in one state in any order, any number of times', () => {
    const offline = fc
      .uniqueArray(anySent(fc.constant(0)), { selector: ({ id }) => id, minLength: 1, maxLength: 12 })
      .map((all) => all.map((one) => ({ ...one, lead: one.person === 'li' })))
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
      );
    fc.assert(
      fc.property(offline, ([all, again]) => {
        expect(stateOf(merge(...again))).toEqual(stateOf(merge(...all)));
      }),
      { numRuns: 2000 },
    );
  });

  /**
   * Tablets that pull and push in any rhythm. Truth is kept apart from revisions: each operation remembers the very set
   * of operations its tablet had seen. The merge must find exactly the conflicts that this truth has.
   */
  const steps = fc.array(
    fc.record({
      person: fc.constantFrom(...PEOPLE),
      act: fc.constantFrom('pull', 'answer', 'answer', 'push', 'push', 'replay'),
      note: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 0, max: 9 }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  test('tablets that pull and push: conflicts are those of who had seen what', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const item = new Item();
        const truth = new Map<string, { sent: Sent; saw: Set<string> }>();
        const tablets = new Map(
          PEOPLE.map((p) => [p, { base: 0, saw: new Set<string>(), queue: [] as Sent[] }]),
        );
        for (const [n, { person, act, note, at }] of story.entries()) {
          const tablet = tablets.get(person)!;
          if (act === 'pull') {
            tablet.base = item.stored.length;
            tablet.saw = new Set(item.stored.map(({ operationId }) => operationId));
          } else if (act === 'answer') {
            // A clock that is right for the tablet that has seen nothing, any clock for the others.
            const sent = { id: `${person}-${n}`, person, note, at, base: tablet.base, lead: false };
            truth.set(sent.id, { sent, saw: new Set(tablet.saw) });
            tablet.queue.push(sent);
          } else if (act === 'push') {
            for (const sent of tablet.queue.splice(0)) item.take(sent);
          } else {
            for (const { sent } of [...truth.values()].reverse()) {
              if (item.stored.some(({ operationId }) => operationId === sent.id)) item.take(sent);
            }
          }
        }
        if (item.stored.length === 0) return;
        const arrived = [...truth.values()].filter(({ sent }) =>
          item.stored.some(({ operationId }) => operationId === sent.id),
        );
        const later = (a: Sent, b: Sent) => (a.at !== b.at ? a.at > b.at : a.id > b.id);
        const headOf = (person: string) =>
          arrived
            .filter(({ sent }) => sent.person === person)
            .reduce<Sent | undefined>(
              (best, { sent }) => (best && !later(sent, best) ? best : sent),
              undefined,
            );
        const standing = arrived.reduce(
          (best, { sent }) => (later(sent, best) ? sent : best),
          arrived[0]!.sent,
        );
        const disputing = new Set<string>();
        for (const x of arrived) {
          for (const y of arrived) {
            if (x.sent.person >= y.sent.person || x.sent.note === y.sent.note) continue;
            if (x.saw.has(y.sent.id) || y.saw.has(x.sent.id)) continue;
            const [a, b] = [headOf(x.sent.person)!, headOf(y.sent.person)!];
            if (a.note === b.note) continue;
            disputing.add(x.sent.person).add(y.sent.person);
          }
        }
        const expected = [...disputing]
          .map((person) => headOf(person)!)
          .filter(({ note }) => note !== standing.note)
          .map(({ id }) => id)
          .sort();
        expect(item.merged.answer.operationId).toBe(standing.id);
        expect(item.merged.answer.revision).toBe(arrived.length);
        expect((item.merged.answer.conflict ?? []).map(({ operationId }) => operationId).sort()).toEqual(
          expected,
        );
      }),
      { numRuns: 3000 },
    );
  });

  test('what the lead answers on the current revision leaves no conflict and stands', () => {
    const before = fc.array(anySent(fc.integer({ min: 0, max: 12 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(before, fc.integer({ min: 0, max: 9 }), (all, at) => {
        const item = new Item();
        for (const one of all) item.take({ ...one, lead: one.person === 'li' });
        const disputed = item.merged.answer.conflict !== undefined;
        item.take({ id: 'z', person: 'li', note: 'settled', at, base: item.stored.length, lead: true });
        expect(item.merged.answer.conflict).toBeUndefined();
        if (disputed) expect(item.merged.answer.note).toBe('settled');
      }),
      { numRuns: 2000 },
    );
  });
});
