import type { EntityManager, QueryRunner } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { daysOverdue, isOfficeOverdue } from '#rules/clocks.js';
import {
  ESCALATION_STEPS,
  type EscalationStep,
  ISSUE_STATUSES,
  type IssueStatus,
  SEVERITIES,
  type Severity,
  SOURCES,
  type Source,
} from '#rules/issue-lifecycle.js';
import type { LedgerRow } from '#rules/ledger-row.js';
import type { Day } from '#rules/local-date.js';
import { makeCtx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { ledgerAsOf } from './as-of.js';
import { filtered, type IssueFilter, momentOf } from './filter.js';

/** Rows fetched at a time: large enough that the round trip is nothing, small enough that memory stays flat. */
const BATCH = 1000;

/**
 * The ledger as the actor may see it, in the order of registration, in batches. One snapshot of the database from the first
 * row to the last, read through a cursor on a connection of its own; memory does not grow with the rows.
 */
export async function* issuesForExport(
  em: EntityManager,
  actor: Actor,
  filter: IssueFilter,
  now: Date,
): AsyncGenerator<LedgerRow[]> {
  const ctx = makeCtx(em, actor, now);
  const { at, day } = momentOf(ctx, filter.asOf);
  const where = new Where();
  const ledger = at ? ledgerAsOf(em, where, at) : 'issues';
  filtered(where, ctx, filter, day);

  const runner: QueryRunner = em.connection.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query(
      `DECLARE ledger NO SCROLL CURSOR FOR
       SELECT i.number, u.name AS "unitName", u.code AS "unitCode", z.name AS zone, i.source, i.category,
         i.item_code AS "itemCode", i.severity, i.finding, i.basis, i.standard_value AS "standardValue",
         i.measured_value AS "measuredValue", i.requirements, ${localDate('i.registered_at')} AS "registeredOn",
         i.original_due_on AS "originalDueOn", i.due_on AS "dueOn", i.status, i.requested_late AS "requestedLate",
         i.office_due_on AS "officeDueOn", ${localDate('i.close_requested_at')} AS "closeRequestedOn", i.escalation,
         i.return_count AS "returnCount", i.found_again_count AS "foundAgainCount",
         i.recurrence_of IS NOT NULL AS recurs, i.recurrence_confirmed AS confirmed, ${localDate('i.closed_at')} AS "closedOn",
         n.number AS "noticeNumber"
       FROM ${ledger} i
       JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
       LEFT JOIN zones z ON z.district_id = i.district_id AND z.id = i.zone_id
       LEFT JOIN notices n ON n.district_id = i.district_id AND n.id = i.notice_id
       WHERE ${where} ORDER BY i.id`,
      where.params,
    );
    for (;;) {
      const rows: Fetched[] = await runner.query(`FETCH ${BATCH} FROM ledger`);
      if (rows.length > 0) yield rows.map((row) => inWords(row, day));
      if (rows.length < BATCH) return;
    }
  } finally {
    // Nothing was written: whether the reader finished or went away, the transaction just ends.
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

/** The local day of an instant: made into text by PostgreSQL, for a million Dates cost more than all the rest. */
const localDate = (instant: string): string => `(${instant} AT TIME ZONE 'Asia/Shanghai')::date`;

type Worded =
  | 'source'
  | 'severity'
  | 'status'
  | 'escalation'
  | 'recurrence'
  | 'daysOverdue'
  | 'officeOverdue';
type Fetched = Omit<LedgerRow, Worded> & {
  source: Source;
  severity: Severity;
  status: IssueStatus;
  escalation: EscalationStep | null;
  recurs: boolean;
  confirmed: boolean;
  closeRequestedOn: Day | null;
  requestedLate: boolean;
  officeDueOn: Day | null;
};

/** Turns the fetched row itself into words; a copy of each of a million rows would be garbage. */
function inWords(row: Fetched, today: Day): LedgerRow {
  const worded = row as unknown as LedgerRow;
  worded.daysOverdue = daysOverdue(row, today);
  worded.officeOverdue = isOfficeOverdue(row, today);
  worded.recurrence = row.recurs ? (row.confirmed ? '已认定' : '疑似') : null;
  worded.escalation = row.escalation && ESCALATION_STEPS[row.escalation];
  worded.severity = SEVERITIES[row.severity];
  worded.source = SOURCES[row.source];
  worded.status = ISSUE_STATUSES[row.status];
  return worded;
}
