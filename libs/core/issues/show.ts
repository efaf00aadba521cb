import { type Clocked, daysOverdue, isOfficeOverdue, isOverdue } from '#rules/clocks.js';
import { allowedActions } from '#rules/issue-guards.js';
import { type IssueAction, isOpen } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import type { Ctx } from '../foundation/context.js';
import type { Issue } from './issue.entity.js';
import { issueFacts, ledgerRules, needsRules, personFacts, type Standing } from './standing.js';

/** A row of the ledger as it is read: the issue with what stands beside it. */
export type IssueRow = Issue &
  Standing & {
    unitCode: string;
    unitName: string;
    unitKind: 'school' | 'training_institution' | 'department';
    noticeNumber: string | null;
    registeredByName: string;
    attachments: string[];
  };

const clockOf = ({ status, dueOn, requestedLate, officeDueOn, closeRequestedAt }: Issue): Clocked => ({
  status,
  dueOn,
  requestedLate,
  officeDueOn,
  closeRequestedOn: closeRequestedAt && localDay(closeRequestedAt),
});

/** Issues as the API answers them to this actor, with what the actor may do. `asOf`: the past offers no actions. */
export async function showIssues(ctx: Ctx, rows: IssueRow[], asOf: Day | null = null) {
  const persons = rows.map((row) => personFacts(ctx.actor, row, row));
  const asked = asOf === null && rows.some((row, i) => needsRules(row, persons[i]!));
  const rules = asked ? await ledgerRules(ctx) : null;
  return rows.map((row, i) => {
    const offered: IssueAction[] =
      asOf !== null || ctx.actor.kind !== 'person' || !isOpen(row.status)
        ? []
        : allowedActions(issueFacts(ctx.today, row, rules), persons[i]!);
    return show(row, asOf ?? ctx.today, offered, ctx.actor.kind === 'client');
  });
}
export type IssueView = Awaited<ReturnType<typeof showIssues>>[number];

/** `bare`: for API clients, without evidence and without what people wrote on the way. */
function show(row: IssueRow, today: Day, offered: IssueAction[], bare: boolean) {
  const clock = clockOf(row);
  const process = bare ? {} : row.process;
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    severity: row.severity,
    severityGiven: row.severityGiven,
    mode: row.mode,
    source: row.source,
    unit: {
      id: row.unitId,
      code: row.unitCode,
      name: row.unitName,
      kind: row.unitKind,
      zoneId: row.zoneId,
    },
    category: row.category,
    itemCode: row.itemCode,
    basis: row.basis,
    standardValue: row.standardValue,
    measuredValue: row.measuredValue,
    finding: row.finding,
    requirements: row.requirements,
    evidenceRequired: row.evidenceRequired,
    dueOn: row.dueOn,
    originalDueOn: row.originalDueOn,
    dueExplanation: row.process.dueExplanation ?? null,
    overdue: isOverdue(clock, today),
    daysOverdue: daysOverdue(clock, today),
    officeDueOn: row.officeDueOn,
    officeOverdue: isOfficeOverdue(clock, today),
    requestedLate: row.requestedLate,
    escalation: row.escalation,
    returnCount: row.returnCount,
    foundAgainCount: row.foundAgainCount,
    extensionCount: row.extensionCount,
    extensionPending: row.extensionPending,
    recurrenceOf: row.recurrenceOf,
    recurrenceConfirmed: row.recurrenceConfirmed,
    mergedInto: row.mergedInto,
    lateEntry: row.lateEntry,
    noticeId: row.noticeId,
    noticeNumber: row.noticeNumber,
    inspectionId: row.inspectionId,
    registeredAt: row.registeredAt,
    registeredBy: { id: row.registeredBy, name: row.registeredByName },
    feedbackOn: row.feedbackOn,
    servedOn: row.servedOn,
    closeRequestedAt: row.closeRequestedAt,
    verifiedAt: row.verifiedAt,
    closedAt: row.closedAt,
    milestones: process.milestones ?? [],
    plan: process.plan ?? null,
    objection: process.objection ?? null,
    extension: process.extension ?? null,
    rectification: process.rectification ?? null,
    verification: process.verification ?? null,
    return: process.return ?? null,
    referral: process.referral ?? null,
    recurrence: process.recurrence ?? null,
    escalations: process.escalations ?? [],
    withdrawalProposal: process.withdrawalProposal ?? null,
    closing: process.closing ?? null,
    attachments: row.attachments,
    changedAt: row.changedAt,
    allowedActions: offered,
  };
}
