import type { ActionBody } from '#rules/issue-bodies.js';
import { changeFacts } from '../compliance/unit-facts.js';
import type { Ctx } from '../foundation/context.js';
import { record } from '../history/events.js';
import { Issue, type Step } from './issue.entity.js';
import { changesBetween, type IssueState, keptState, stateOf, tallied } from './state.js';

/** What an action is told as in the history. */
export type Told = { action: string; reason?: string; data?: Record<string, unknown> };

/**
 * Changes a locked issue: the row, one event with what changed and the state after, and the unit's facts, all in the
 * caller's transaction. Answers the issue as it is now.
 */
export async function changeIssue(
  ctx: Ctx,
  issue: Issue,
  patch: Partial<IssueState>,
  told: Told,
): Promise<Issue> {
  const after: Issue = { ...issue, ...patch, revision: issue.revision + 1, changedAt: ctx.now };
  const key = { districtId: issue.districtId, id: issue.id };
  await ctx.em.update(Issue, key, {
    ...patch,
    revision: after.revision,
    changedAt: after.changedAt,
  } as object);
  await record(ctx, {
    subjectType: 'issue',
    subjectId: issue.id,
    unitId: issue.unitId,
    action: told.action,
    reason: told.reason ?? null,
    data: {
      ...told.data,
      number: issue.number,
      changes: changesBetween(stateOf(issue), stateOf(after)),
      after: keptState(after),
    },
  });
  // What a school finds at itself concerns nobody's status.
  const counts = issue.source !== 'self_check';
  if (counts && JSON.stringify(tallied(issue)) !== JSON.stringify(tallied(after))) {
    await changeFacts(ctx, issue.unitId, { issues: [{ before: tallied(issue), after: tallied(after) }] });
  }
  return after;
}

/** Who does a step, as the issue keeps it. */
export const step = (ctx: Ctx, onBehalf = false): Step => ({
  at: ctx.now.toISOString(),
  by: ctx.actor.userId,
  byName: ctx.actor.name,
  ...(onBehalf ? { onBehalf: true as const } : {}),
});

/** What an action changes, and what the history says beside it. `reason`: in the words of who acted. */
export type Done = { patch: Partial<IssueState>; reason: string; data?: Record<string, unknown> };
/** Carries out an action that role, state and person allow, on a locked issue. */
export type Deed = (ctx: Ctx, issue: Issue, body: ActionBody, onBehalf: boolean) => Promise<Done> | Done;
