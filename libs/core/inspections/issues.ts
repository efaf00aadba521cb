import type { Ctx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import type { Issue } from '../issues/issue.entity.js';
import { inNumberOrder } from '../issues/number-order.js';
import { BESIDE, rowColumns, withinLedger } from '../issues/read.js';
import { type IssueRow, type IssueView, showIssues } from '../issues/show.js';
import { actsForUnits } from '../issues/standing.js';
import type { Found } from './find.js';

/** The issues an inspection registered, as the actor sees them. */
export async function issuesOf(ctx: Ctx, inspectionId: string): Promise<IssueView[]> {
  const where = withinLedger(new Where().and('i.inspection_id = ?', inspectionId), ctx);
  const rows: IssueRow[] = await ctx.em.query(
    `SELECT ${rowColumns(where, ctx)} FROM issues i ${BESIDE} WHERE ${where} ORDER BY ${inNumberOrder('i.number')}`,
    where.params,
  );
  return showIssues(ctx, rows);
}

/**
 * The same for issues that the lead has registered this very moment, as a rule without asking the database: the counter of
 * their numbers is held until the commit, and everybody else of the district waits for it.
 */
export function freshIssues(
  ctx: Ctx,
  { unit, team, inspection }: Found,
  issues: readonly Issue[],
  attachments: (issue: Issue) => readonly string[],
): Promise<IssueView[]> {
  // What the office may do on behalf of a unit depends on the unit's people.
  if (actsForUnits(ctx.actor)) return issuesOf(ctx, inspection.id);
  const onTeam = team.includes(ctx.actor.userId);
  // Onto the issues themselves, which nobody else holds: copying an object of fifty properties is slow.
  const rows = issues.map((issue) =>
    Object.assign<Issue, Omit<IssueRow, keyof Issue>>(issue, {
      unitCode: unit.code,
      unitName: unit.name,
      unitKind: unit.kind,
      noticeNumber: null,
      registeredByName: ctx.actor.name,
      attachments: [...new Set(attachments(issue))].sort(),
      assigned: onTeam,
      leadsInspection: inspection.leadId === ctx.actor.userId,
      onTeam,
      unitHasLeader: true,
      nobodyElse: false,
    }),
  );
  return showIssues(ctx, rows);
}
