import type { DataSource } from 'typeorm';
import { addDays, startOfDay } from '#rules/local-date.js';
import { makeCtx, systemActor } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { inTransaction } from '../foundation/transaction.js';
import { seedDirectory } from './directory.js';
import { seedHistory } from './history.js';
import { type DemoPlan, demoPlan } from './plan.js';

/** Fills an empty installation with the demo district, all in one transaction. Answers the people who may log in. */
export async function seedDemo(
  dataSource: DataSource,
  now: Date,
  password: string,
): Promise<DemoPlan['people']> {
  const plan = demoPlan();
  const { today } = makeCtx(dataSource.manager, systemActor(newId()), now);
  // Accounts and library are there before the first visit of the history.
  const founded = startOfDay(addDays(today, -100));
  const founder = { ...systemActor(newId(founded)), roles: ['office_head', 'system_admin'] as const };
  await inTransaction(makeCtx(dataSource.manager, founder, founded), async (ctx) => {
    const district = await seedDirectory({ ...ctx, today }, plan, password);
    await seedHistory({ em: ctx.em, district, plan, today });
  });
  return plan.people;
}
