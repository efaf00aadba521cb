import { daysOverdue } from '#rules/clocks.js';
import { ESCALATION_STEPS } from '#rules/issue-lifecycle.js';
import { localDay, yearOf } from '#rules/local-date.js';
import { type OrderContent, type OrderStep, orderColour, orderDays } from '#rules/orders.js';
import { workingDayAfterOrNull } from '../directory/calendars.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { nextNumber } from '../foundation/numbers.js';
import { givenDeadline } from '../issues/deadlines.js';
import type { Issue, IssuedOrder } from '../issues/issue.entity.js';

type OrderGiven = { step: OrderStep; note: string; dueOn?: string };

/**
 * Signs a supervision order for one locked issue: its colour by the table in libs/rules/orders.ts, its number by the
 * district's series without gaps. `dueOn`: when the matter must be settled; otherwise the colour's working days.
 * @throws issue.due_not_after (400)
 */
export async function makeOrder(ctx: Ctx, issue: Issue, given: OrderGiven): Promise<IssuedOrder> {
  const { settings } = await districtOf(ctx);
  const earlier = issue.process.escalations ?? [];
  const overdue = daysOverdue(
    { ...issue, closeRequestedOn: issue.closeRequestedAt && localDay(issue.closeRequestedAt) },
    ctx.today,
  );
  const before = earlier.findLast(({ order }) => order)?.order?.colour ?? null;
  const colour = orderColour(
    { step: given.step, severity: issue.severity, daysOverdue: overdue, before },
    settings.orders,
  );
  const completeBy = given.dueOn
    ? givenDeadline(ctx, given.dueOn).dueOn
    : await workingDayAfterOrNull(ctx, ctx.today, orderDays(colour, settings.orders));
  const content: OrderContent = {
    ...(await besides(ctx, issue)),
    issueNumber: issue.number,
    category: issue.category,
    severity: issue.severity,
    finding: issue.finding,
    basis: issue.basis,
    standardValue: issue.standardValue,
    measuredValue: issue.measuredValue,
    requirements: issue.requirements,
    originalDueOn: issue.originalDueOn,
    dueOn: issue.dueOn,
    daysOverdue: overdue,
    note: given.note,
    earlier: earlier.map(({ at, byName, step, note }) => ({
      on: localDay(new Date(at)),
      title: ESCALATION_STEPS[step],
      by: byName,
      note,
    })),
    signedBy: ctx.actor.name,
  };
  const id = newId(ctx.now);
  const year = yearOf(ctx.today);
  const number = await nextNumber(ctx, 'order', settings.documents.orderSeries, year);
  await ctx.em.query(
    `INSERT INTO supervision_orders
       (district_id, id, number, issue_id, unit_id, step, colour, issued_on, signed_by, complete_by, content, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ctx.actor.districtId,
      id,
      number,
      issue.id,
      issue.unitId,
      given.step,
      colour,
      ctx.today,
      ctx.actor.userId,
      completeBy,
      JSON.stringify(content),
      ctx.now,
    ],
  );
  return { id, number, colour, completeBy };
}

async function besides(ctx: Ctx, issue: Issue) {
  const [row]: [Pick<OrderContent, 'unitName' | 'zone' | 'noticeNumber'>] = await ctx.em.query(
    `SELECT u.name AS "unitName",
       (SELECT name FROM zones WHERE district_id = $1 AND id = $3) AS zone,
       (SELECT number FROM notices WHERE district_id = $1 AND id = $4) AS "noticeNumber"
     FROM units u WHERE u.district_id = $1 AND u.id = $2`,
    [ctx.actor.districtId, issue.unitId, issue.zoneId, issue.noticeId],
  );
  return row;
}
