/** What the stories of inspections share: a checklist, visits arranged by it, and answers that pass or fail. */
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { PersonName } from '#testkit/cast.js';
import { bringPhoto, publishChecklist } from '#testkit/hands.js';
import type { World } from '#testkit/world.js';

/** One serious yes-or-no item, a measured one, a yes-or-no one, an indicator and one that may be left out. */
export const ITEMS = ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-05', 'SJ-ZY-13', 'SJ-ZY-07'];
/** When an answer is given unless a story says otherwise. */
export const T = '2026-03-10T01:00:00.000Z';

export const visitChecklist = (world: World): Promise<string> =>
  publishChecklist(
    world,
    ITEMS.map((itemCode) => ({ itemCode, required: itemCode !== 'SJ-ZY-07' })),
  );

type Change = Record<string, unknown>;

/** Hands in a world that starts later: they reach for it, and for its checklist, when they are used. */
export function visitHands(world: () => World, checklistId: () => string) {
  const op = (itemCode: string, verdict: string, more: Change = {}) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt: T,
    ...more,
  });
  const head = (more: Change = {}) => ({
    unitId: world().cast.units.schoolLiu,
    checklistId: checklistId(),
    kind: 'routine',
    scheduledOn: '2026-03-10',
    team: [world().cast.people.wang, world().cast.people.feng],
    leadId: world().cast.people.wang,
    ...more,
  });
  const visit = async (more: Change = {}, by: PersonName = 'wang') => {
    const id = randomUUID();
    const made = await world().as(by).put(`/inspections/${id}`, head(more));
    expect(made.status).toBe(201);
    return id;
  };
  const send = (by: PersonName, id: string, operations: unknown[], more: Change = {}) =>
    world()
      .as(by)
      .post(`/inspections/${id}/answers`, { operations, ...more });
  const answered = async (by: PersonName, id: string, itemCode: string) =>
    (await world().as(by).get(`/inspections/${id}`)).body.answers.find(
      (a: { itemCode: string }) => a.itemCode === itemCode,
    );
  const outcomes = (answer: { body: { results: { outcome: string }[] } }) =>
    answer.body.results.map(({ outcome }) => outcome);
  const pass = () => [
    op('SJ-ZY-01', 'compliant'),
    op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 50 }] }),
    op('SJ-ZY-05', 'compliant'),
    op('SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }),
  ];
  const fail = () => [
    op('SJ-ZY-01', 'non_compliant', { note: '二（1）班语文留了抄写', extent: 'individual' }),
    op('SJ-ZY-02', 'non_compliant', {
      measures: [
        { grade: 5, value: 50 },
        { grade: 6, value: 75 },
      ],
      extent: 'grade',
    }),
    op('SJ-ZY-05', 'non_compliant', { note: '公示栏未更新' }),
    op('SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }),
  ];
  const photo = (by: PersonName) => bringPhoto(world(), by);
  return { op, head, visit, send, answered, outcomes, pass, fail, photo };
}
