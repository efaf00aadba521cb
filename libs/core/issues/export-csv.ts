import type { EntityManager } from 'typeorm';
import { copyCsv } from '#platform/copy.js';
import type { Actor } from '#rules/actor.js';
import { FORMULA_LEAD_SOURCE } from '#rules/formula-lead.js';
import { ESCALATION_STEPS, ISSUE_STATUSES, SEVERITIES, SOURCES } from '#rules/issue-lifecycle.js';
import type { LedgerRow } from '#rules/ledger-row.js';
import { makeCtx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { ledgerAsOf } from './as-of.js';
import { filtered, type IssueFilter, momentOf } from './filter.js';

/**
 * The rows of `issuesForExport`, the same to the letter, as CSV that PostgreSQL writes: `columns` in order, no head, lines ended
 * by LF. What a spreadsheet program would run has an apostrophe before it (libs/documents/ledger-csv.ts says why).
 */
export function issuesAsCsv(
  em: EntityManager,
  actor: Actor,
  filter: IssueFilter,
  now: Date,
  columns: readonly (keyof LedgerRow)[],
): AsyncGenerator<Buffer> {
  const ctx = makeCtx(em, actor, now);
  const { at, day } = momentOf(ctx, filter.asOf);
  const where = new Where();
  const ledger = at ? ledgerAsOf(em, where, at) : 'issues';
  filtered(where, ctx, filter, day);
  const cells = columnsOn(`${where.param(day)}::date`);
  const district = where.param(actor.districtId);
  // Names of units, zones and notices are looked at once each, not once a row; and not again by a planner that inlines them.
  return copyCsv(
    em,
    `WITH unit AS MATERIALIZED (
       SELECT id, ${text('name')} AS name, ${text('code')} AS code FROM units WHERE district_id = ${district}),
     zone AS MATERIALIZED (SELECT id, ${text('name')} AS name FROM zones WHERE district_id = ${district}),
     notice AS MATERIALIZED (SELECT id, ${text('number')} AS number FROM notices WHERE district_id = ${district})
     SELECT ${columns.map((key) => cells[key]).join(', ')}
     FROM ${ledger} i JOIN unit ON unit.id = i.unit_id
     LEFT JOIN zone ON zone.id = i.zone_id LEFT JOIN notice ON notice.id = i.notice_id
     WHERE ${where} ORDER BY i.id`,
    where.params,
  );
}

/** Words of ours by their code. */
const worded = (column: string, words: Readonly<Record<string, string>>): string =>
  `CASE ${column} ${Object.entries(words)
    .map(([code, word]) => `WHEN '${code}' THEN '${word}'`)
    .join(' ')} END`;

/**
 * A text, guarded; nothing where it is empty. Few characters can begin a formula, and texts in Chinese begin with none of
 * them: comparing bytes first spares a million regular expressions.
 */
function text(column: string): string {
  const c = `${column} COLLATE "C"`;
  return (
    `CASE WHEN ${c} < '0' OR (${c} >= ':' AND ${c} < 'A') OR (${c} >= '\u3000' AND (${c} < '\u3001' OR ${c} >= '\uff00')) ` +
    `THEN CASE WHEN ${column} = '' THEN NULL WHEN ${column} ~ ${LEAD} THEN '''' || ${column} ELSE ${column} END ELSE ${column} END`
  );
}

const LEAD = `'${FORMULA_LEAD_SOURCE}'`;
const localDate = (instant: string): string => `(${instant} AT TIME ZONE 'Asia/Shanghai')::date`;

/** What each column is, on a local day; the clocks are those of libs/rules/clocks.ts. */
function columnsOn(today: string): Record<keyof LedgerRow, string> {
  const stopped = `i.status IN ('close_requested', 'verified') AND i.requested_late`;
  return {
    number: text('i.number'),
    unitName: 'unit.name',
    unitCode: 'unit.code',
    zone: 'zone.name',
    source: worded('i.source', SOURCES),
    category: text('i.category'),
    itemCode: text('i.item_code'),
    severity: worded('i.severity', SEVERITIES),
    finding: text('i.finding'),
    basis: text('i.basis'),
    standardValue: text('i.standard_value'),
    measuredValue: text('i.measured_value'),
    requirements: text('i.requirements'),
    registeredOn: localDate('i.registered_at'),
    originalDueOn: 'i.original_due_on',
    dueOn: 'i.due_on',
    status: worded('i.status', ISSUE_STATUSES),
    daysOverdue: `CASE WHEN i.status = 'rectifying' AND i.due_on < ${today} THEN ${today} - i.due_on
      WHEN ${stopped} AND i.due_on IS NOT NULL
      THEN greatest(0, coalesce(${localDate('i.close_requested_at')}, ${today}) - i.due_on) ELSE 0 END`,
    officeOverdue: `CASE WHEN i.status IN ('close_requested', 'verified', 'objected') AND i.office_due_on < ${today} THEN '是' ELSE '否' END`,
    escalation: worded('i.escalation', ESCALATION_STEPS),
    returnCount: 'i.return_count',
    foundAgainCount: 'i.found_again_count',
    recurrence: `CASE WHEN i.recurrence_of IS NOT NULL THEN CASE WHEN i.recurrence_confirmed THEN '已认定' ELSE '疑似' END END`,
    closedOn: localDate('i.closed_at'),
    noticeNumber: 'notice.number',
  };
}
