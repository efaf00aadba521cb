import type { EscalationStep, IssueStatus, Severity, Source } from '#rules/issue-lifecycle.js';
import { OPEN_STATUSES } from '#rules/issue-lifecycle.js';
import { type Day, endOfDay, startOfDay } from '#rules/local-date.js';
import type { Ctx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { withinLedger } from '../issues/read.js';

export type SummaryIssue = {
  number: string;
  category: string;
  finding: string;
  severity: Severity;
  source: Source;
  status: IssueStatus;
  escalation: EscalationStep | null;
  dueOn: Day | null;
  officeDueOn: Day | null;
  requestedLate: boolean;
  closeRequestedAt: Date | null;
  registeredAt: Date;
  closedAt: Date | null;
};

/** Issues of the unit that are open now, or were registered or closed in the period, as far as the actor may read the ledger. */
export function summaryIssues(
  ctx: Ctx,
  unitId: string,
  { from, to }: { from: Day; to: Day },
): Promise<SummaryIssue[]> {
  const where = withinLedger(new Where().and('i.unit_id = ?', unitId), ctx);
  const [first, after] = [where.param(startOfDay(from)), where.param(endOfDay(to))];
  where.and(
    `i.status = ANY(${where.param(OPEN_STATUSES)}) OR i.registered_at >= ${first} AND i.registered_at < ${after}
      OR i.closed_at >= ${first} AND i.closed_at < ${after}`,
  );
  return ctx.em.query(
    `SELECT i.number, i.category, i.finding, i.severity, i.source, i.status, i.escalation, i.due_on AS "dueOn",
       i.office_due_on AS "officeDueOn", i.requested_late AS "requestedLate", i.close_requested_at AS "closeRequestedAt",
       i.registered_at AS "registeredAt", i.closed_at AS "closedAt"
     FROM issues i WHERE ${where} ORDER BY i.due_on NULLS LAST, i.registered_at, i.id`,
    where.params,
  );
}
