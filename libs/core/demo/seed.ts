import type { DataSource } from 'typeorm';
import { ROLES } from '#rules/actor.js';
import { addDays, startOfDay } from '#rules/local-date.js';
import { makeCtx, systemActor } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { inTransaction } from '../foundation/transaction.js';
import { seedDirectory } from './directory.js';
import { seedHistory } from './history.js';
import { type DemoPlan, demoPlan } from './plan.js';

/** Two processes that start at once on an empty database must not both found the district. */
const FOUNDING = 20_260_901;

/**
 * Fills an empty installation with the demo district, all in one transaction. Answers the lines that tell people how to
 * log in, or null where a district is there already: then no password is asked for.
 */
export async function seedDemo(
  dataSource: DataSource,
  now: Date,
  passwordOfAll: () => string,
): Promise<string | null> {
  const plan = demoPlan();
  const { today } = makeCtx(dataSource.manager, systemActor(newId()), now);
  // Accounts and library are there before the first visit of the history.
  const founded = startOfDay(addDays(today, -100));
  const founder = { ...systemActor(newId(founded)), roles: ['office_head', 'system_admin'] as const };
  return inTransaction(makeCtx(dataSource.manager, founder, founded), async (ctx) => {
    await ctx.em.query('SELECT pg_advisory_xact_lock($1)', [FOUNDING]);
    const [{ there }]: [{ there: boolean }] = await ctx.em.query(
      'SELECT EXISTS (SELECT 1 FROM districts) AS there',
    );
    if (there) return null;
    const password = passwordOfAll();
    const district = await seedDirectory({ ...ctx, today }, plan, password);
    await seedHistory({ em: ctx.em, district, plan, today });
    return accountLines(plan, password);
  });
}

function accountLines({ people }: DemoPlan, password: string): string {
  const lines = people.map(
    ({ username, name, roles }) =>
      `  ${username.padEnd(18)} ${name}　${roles.map((role) => ROLES[role]).join('、')}\n`,
  );
  return `${lines.join('')}  口令（共用）       ${password}\n`;
}
