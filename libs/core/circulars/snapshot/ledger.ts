import type { EntityManager } from 'typeorm';
import type { Severity } from '#rules/circular.js';
import { isOfficeOverdue, isOverdue } from '#rules/clocks.js';
import { type IssueStatus, isOpen } from '#rules/issue-lifecycle.js';
import { type Day, localDay } from '#rules/local-date.js';
import { inNumberOrder } from '../../issues/number-order.js';
import { FRESH, type IssueState } from '../../issues/state.js';
import { openBy, stateUntil } from '../../issues/state-until.js';
import type { Window } from './window.js';

/** An issue of the district's ledger as it stood at the cut-off. */
export type LedgerIssue = {
  id: string;
  number: string;
  unitId: string;
  inspectionId: string | null;
  itemCode: string | null;
  category: string;
  finding: string;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  registeredAt: Date;
  state: Omit<IssueState, 'closedAt' | 'closeRequestedAt'> & {
    severity: Severity;
    closedAt: string | null;
    closeRequestedAt: string | null;
  };
  open: boolean;
  overdue: boolean;
  officeOverdue: boolean;
  /** An objection was pending at the cut-off, or is now that it is read: the issue is counted and not named. */
  disputed: boolean;
  closedOn: Day | null;
  requestedOn: Day | null;
};

/**
 * The ledger as of the cut-off, from the history: the state after the last event up to it. Left out are a school's own
 * findings, and issues that had ended before the period and were not due in it, which no figure looks at.
 */
export async function ledgerAt(em: EntityManager, w: Window): Promise<LedgerIssue[]> {
  const rows: (Omit<
    LedgerIssue,
    'open' | 'overdue' | 'officeOverdue' | 'disputed' | 'closedOn' | 'requestedOn'
  > & { now: IssueStatus })[] = await em.query(
    `SELECT i.id, i.number, i.unit_id AS "unitId", i.inspection_id AS "inspectionId", i.item_code AS "itemCode", i.category,
         i.finding, i.basis, i.standard_value AS "standardValue", i.measured_value AS "measuredValue",
          i.registered_at AS "registeredAt", i.status AS now, e.after AS state
       FROM issues i CROSS JOIN ${stateUntil('i', '$2')} e
       WHERE i.district_id = $1 AND i.source <> 'self_check' AND i.registered_at <= $2
         AND (${openBy('i.status')} OR i.changed_at >= $3 OR i.original_due_on BETWEEN $4 AND $5)
       ORDER BY ${inNumberOrder('i.number')}`,
    [w.districtId, w.upTo, w.from, w.firstDay, w.lastDay],
  );
  return rows.map(({ now, ...row }) => {
    const state = { ...FRESH, ...row.state };
    const requestedOn = state.closeRequestedAt ? localDay(new Date(state.closeRequestedAt)) : null;
    const clocked = { ...state, closeRequestedOn: requestedOn };
    return {
      ...row,
      state,
      open: isOpen(state.status),
      overdue: isOverdue(clocked, w.day),
      officeOverdue: isOfficeOverdue(clocked, w.day),
      disputed: [state.status, now].includes('objected') || (now === 'withdrawn' && state.status !== now),
      closedOn: state.status === 'closed' && state.closedAt ? localDay(new Date(state.closedAt)) : null,
      requestedOn,
    };
  });
}

/** What was done to issues in the period. */
export type LedgerAction = {
  eventId: number;
  issueId: string;
  action: string;
  at: Date;
  escalation: string | null;
};

/** Actions on issues (self-checks left out) from the period's beginning to the last instant of it that counts. */
export async function actionsOf(em: EntityManager, w: Window): Promise<LedgerAction[]> {
  return em.query(
    `SELECT v.id AS "eventId", v.subject_id AS "issueId", v.action, v.at, v.data->'after'->>'escalation' AS escalation
     FROM events v JOIN issues i ON i.district_id = v.district_id AND i.id = v.subject_id AND i.source <> 'self_check'
     WHERE v.district_id = $1 AND v.subject_type = 'issue' AND v.at BETWEEN $2 AND $3 ORDER BY v.at, v.id`,
    [w.districtId, w.from, w.until],
  );
}
