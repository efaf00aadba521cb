import { isOverdue } from '#rules/clocks.js';
import { type IssueStatus, isOpen, type Severity } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { changeIssue, step } from './change.js';
import type { Issue } from './issue.entity.js';
import { issueColumns } from './locked.js';
import { openBy } from './state-until.js';

/**
 * A failed answer that is joined to an issue already open at the inspection's unit (再次查见): a visit's to the ledger's, a self-check's
 * to the school's own list.
 * Call it before registerIssues: issues are locked before facts, facts before counters.
 * @throws disposition.issue_not_open (400)
 */
export async function foundAgain(ctx: Ctx, issueId: string, inspectionId: string): Promise<Issue> {
  const [issue]: Issue[] = await ctx.em.query(
    `SELECT ${issueColumns(ctx.em)} FROM issues i JOIN inspections x ON x.district_id = i.district_id AND x.unit_id = i.unit_id
     WHERE i.district_id = $1 AND i.id = $2 AND x.id = $3 AND (i.source = 'self_check') = (x.kind = 'self_check') FOR UPDATE OF i`,
    [ctx.actor.districtId, issueId, inspectionId],
  );
  if (!issue || !isOpen(issue.status)) {
    throw problem('disposition.issue_not_open', '只能并入该单位尚未办结的问题');
  }
  return changeIssue(
    ctx,
    issue,
    { foundAgainCount: issue.foundAgainCount + 1 },
    { action: 'found_again', data: { inspectionId } },
  );
}

/**
 * An amendment reversed the failed answer an issue came from: proposes its withdrawal to the office head, who decides by
 * `withdraw`. Nothing happens to an issue that is no longer open.
 */
export async function proposeWithdrawal(ctx: Ctx, issueId: string, reason: string): Promise<void> {
  const issue = await lockOpen(ctx, issueId);
  if (!issue) return;
  await changeIssue(
    ctx,
    issue,
    { process: { ...issue.process, withdrawalProposal: { ...step(ctx), reason } } },
    { action: 'propose_withdrawal', reason },
  );
}

/** The answer fails again after all: there is nothing to withdraw for. Nothing happens where nothing was proposed. */
export async function dropWithdrawalProposal(ctx: Ctx, issueId: string, reason: string): Promise<void> {
  const issue = await lockOpen(ctx, issueId);
  if (!issue?.process.withdrawalProposal) return;
  const { withdrawalProposal: _, ...process } = issue.process;
  await changeIssue(ctx, issue, { process }, { action: 'drop_withdrawal_proposal', reason });
}

async function lockOpen(ctx: Ctx, issueId: string): Promise<Issue | undefined> {
  const [issue]: Issue[] = await ctx.em.query(
    `SELECT ${issueColumns(ctx.em)} FROM issues i WHERE i.district_id = $1 AND i.id = $2 FOR UPDATE`,
    [ctx.actor.districtId, issueId],
  );
  return issue && isOpen(issue.status) ? issue : undefined;
}

/** An open issue as a tablet shows it beside the checklist. */
export type OpenIssue = {
  id: string;
  number: string;
  unitId: string;
  itemCode: string | null;
  category: string;
  finding: string;
  requirements: string | null;
  severity: Severity;
  status: IssueStatus;
  dueOn: Day | null;
  overdue: boolean;
  registeredOn: Day;
};

/** The open issues of units, newest first, for the work package. The caller asks only for units of the actor's scope. */
export async function openIssuesOf(ctx: Ctx, unitIds: readonly string[]): Promise<OpenIssue[]> {
  if (unitIds.length === 0) return [];
  const rows: (Omit<OpenIssue, 'overdue' | 'registeredOn'> & {
    requestedLate: boolean;
    registeredAt: Date;
  })[] = await ctx.em.query(
    `SELECT id, number, unit_id AS "unitId", item_code AS "itemCode", category, finding, requirements, severity, status,
              due_on AS "dueOn", requested_late AS "requestedLate", registered_at AS "registeredAt"
       FROM issues WHERE district_id = $1 AND unit_id = ANY($2::uuid[]) AND source <> 'self_check'
         AND ${openBy('status')}
       ORDER BY id DESC`,
    [ctx.actor.districtId, unitIds],
  );
  return rows.map(({ requestedLate, registeredAt, ...row }) => ({
    ...row,
    overdue: isOverdue({ ...row, requestedLate, officeDueOn: null, closeRequestedOn: null }, ctx.today),
    registeredOn: localDay(registeredAt),
  }));
}
