import { type ActionBody, readAction, readBody } from '#rules/issue-bodies.js';
import {
  allowedActions,
  isOnBehalf,
  mayEver,
  personRefusal,
  STATE_WORDING,
  stateRefusal,
} from '#rules/issue-guards.js';
import { ISSUE_ACTIONS, ISSUE_STATUSES, type IssueAction } from '#rules/issue-lifecycle.js';
import { problem } from '#rules/problems.js';
import { linkAttachments } from '../attachments/link.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { Where } from '../foundation/sql.js';
import { changeIssue } from './change.js';
import { DEEDS } from './deeds.js';
import type { Issue } from './issue.entity.js';
import { lockIssue } from './locked.js';
import { notify } from './notify.js';
import { readIssue } from './read.js';
import type { IssueView } from './show.js';
import { issueFacts, ledgerRules, personFacts, type Standing, standingColumns } from './standing.js';

export type Given = Readonly<Record<string, unknown>>;

/**
 * One action on one issue, by the table in libs/rules/issue-lifecycle.ts. Asked in this order: seen (404),
 * role (403), fresh (412), state (409), person (403), needs (400).
 */
export async function transition(ctx: Ctx, id: string, given: Given): Promise<IssueView> {
  const issue = await lockIssue(ctx, id);
  const action = readAction(given);
  const permitted = await permit(ctx, issue, action, given);
  await perform(ctx, [permitted], action);
  return readIssue(ctx, id);
}

/** An issue on which the actor may do what was asked, with the checked body. */
export type Permitted = { issue: Issue; body: ActionBody; onBehalf: boolean };

/** @throws issue.not_permitted, request.stale, issue.transition_not_allowed, inspection.not_lead, issue.own_work, issue.missing_field … */
export async function permit(ctx: Ctx, issue: Issue, action: IssueAction, given: Given): Promise<Permitted> {
  const row = ISSUE_ACTIONS[action];
  const person = personFacts(ctx.actor, issue, await standingTo(ctx, issue));
  if (!mayEver(action, person)) {
    throw problem('issue.not_permitted', `您的岗位不能办理“${row.title}”，或应当回避`);
  }
  await requireFresh(ctx, () => readIssue(ctx, issue.id));

  const facts = issueFacts(ctx.today, issue, await ledgerRules(ctx));
  const refused = stateRefusal(action, facts);
  if (refused) {
    const why =
      refused === 'ledger'
        ? `${issue.source === 'self_check' ? '自查问题由单位自行办结' : '只有自查问题可以自查办结'}`
        : refused === 'status'
          ? `该问题${ISSUE_STATUSES[issue.status]}，不能办理“${row.title}”`
          : STATE_WORDING[refused];
    throw problem('issue.transition_not_allowed', {
      detail: why,
      extra: { issueStatus: issue.status, allowedActions: allowedActions(facts, person) },
    });
  }
  const personal = personRefusal(action, facts, person);
  if (personal) throw problem(personal.code, personal.detail);
  return {
    issue,
    body: readBody(action, given, issue.evidenceRequired),
    onBehalf: isOnBehalf(row, person),
  };
}

/** Carries out a permitted action; several issues only for issue_notice, where they share one notice. */
export async function perform(ctx: Ctx, permitted: Permitted[], action: IssueAction): Promise<void> {
  const { issue, body, onBehalf } = permitted[0]!;
  if (action === 'issue_notice')
    return notify(
      ctx,
      permitted.map((one) => one.issue),
      body,
    );
  if (body.attachments) await linkAttachments(ctx, { type: 'issue', id: issue.id }, body.attachments);
  const { patch, reason, data } = await DEEDS[action](ctx, issue, body, onBehalf);
  await changeIssue(ctx, issue, patch, {
    action,
    reason,
    data: {
      ...data,
      ...(onBehalf ? { onBehalf: true } : {}),
      ...(body.attachments ? { attachments: body.attachments } : {}),
    },
  });
}

async function standingTo(ctx: Ctx, issue: Issue): Promise<Standing> {
  const where = new Where().and('i.district_id = ? AND i.id = ?', issue.districtId, issue.id);
  const [standing]: [Standing] = await ctx.em.query(
    `SELECT ${standingColumns(where, ctx)} FROM issues i WHERE ${where}`,
    where.params,
  );
  return standing;
}
