/** What the demo district tells a newcomer must be as an officer would write it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seedDirectory } from '#core/demo/directory.js';
import { seedHistory } from '#core/demo/history.js';
import { demoPlan } from '#core/demo/plan.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { weekday } from '#rules/local-date.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
/** Seven weeks before the end of the calendar: a minor issue's thirty working days cannot be counted any more. */
const TODAY = '2026-11-22';
beforeAll(async () => {
  world = await startWorld();
  const founded = new Date('2026-08-14T04:00:00Z');
  const founder = { ...systemActor(newId(founded)), roles: ['office_head', 'system_admin'] as const };
  await inTransaction(makeCtx(world.dataSource.manager, founder, founded), async (ctx) => {
    const plan = demoPlan();
    const district = await seedDirectory({ ...ctx, today: TODAY }, plan, 'Demo-2026-district');
    await seedHistory({ em: ctx.em, district, plan, today: TODAY });
  });
});
afterAll(() => world.stop());

type Row = { dueOn: string; strengths: string };

test('a deadline that somebody typed is no weekend', async () => {
  const rows: Row[] = await world.dataSource.query(
    `SELECT original_due_on AS "dueOn" FROM issues
     WHERE process ->> 'dueExplanation' LIKE '%由办理人指定'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { dueOn } of rows) expect(weekday(dueOn)).toBeLessThan(6);
});

test('a training institution is private, and its good practice is none of a school', async () => {
  const rows: Row[] = await world.dataSource.query(
    `SELECT u.ownership, x.strengths FROM inspections x JOIN units u ON u.district_id = x.district_id AND u.id = x.unit_id
     WHERE u.kind = 'training_institution'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row).toMatchObject({ ownership: 'private' });
    expect(row.strengths).not.toMatch(/大课间|课后服务|年级/);
  }
});
