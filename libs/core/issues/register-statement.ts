/**
 * What registering writes (facts, numbers, issues, events, links), as parts of one statement: the district's counter is then
 * held for one round trip and the commit, for at 16 clients the waiting for each other is most of the time
 * (docs/ARCHITECTURE.md). Its values are $1 to $18.
 */
import { yearOf } from '#rules/local-date.js';
import { putFacts } from '../compliance/unit-facts.js';
import type { Ctx } from '../foundation/context.js';
import type { IssueDraft, IssueOrigin, Prepared } from './register.js';
import { keptState } from './state.js';

/** A row for the history, in the order of `n`; `n` 0 stands before the issues. */
const EVENT = `actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id`;

/**
 * The parts `taken` (numbers), `given`, `registered`, `told` and `linked`. Nothing is written unless the part `gate` has a row.
 * `also`: a SELECT of one more event (n, action, subject_type, subject_id, data), told before those of the issues.
 */
export const issueParts = (gate: string, also = ''): string => `taken AS (
    INSERT INTO counters (district_id, series, year, value) SELECT $1, $2, $3::integer, $4::integer FROM ${gate} WHERE $4 > 0
    ON CONFLICT (district_id, series, year) DO UPDATE SET value = counters.value + excluded.value
    RETURNING value - $4 AS base
  ), given AS (
    SELECT d.*, $5 || lpad((base + n)::text, greatest(5, length((base + n)::text)), '0') AS number
    FROM taken, jsonb_to_recordset($6::jsonb) AS d(n integer, id uuid, "itemCode" text, category text, basis text,
      "standardValue" text, "measuredValue" text, finding text, requirements text, "evidenceRequired" boolean,
      severity text, "recurrenceOf" uuid, attachments text[], after jsonb)
  ), registered AS (
    INSERT INTO issues (district_id, id, number, unit_id, zone_id, source, inspection_id, item_code, category, basis,
      standard_value, measured_value, finding, requirements, evidence_required, severity, severity_given, status,
      recurrence_of, late_entry, registered_at, registered_by, feedback_on, changed_at)
    SELECT $1, id, number, $7, $8, $9, $10, "itemCode", category, basis, "standardValue", "measuredValue", finding,
      requirements, "evidenceRequired", severity, severity, 'registered', "recurrenceOf", $11, $12, $13, $14, $12
    FROM given ORDER BY n
  ), told AS (
    INSERT INTO events (district_id, at, ${EVENT})
    SELECT $1, $12, $15, $16, subject_type, subject_id, $7, action, data, $17
    FROM (${also ? `${also} UNION ALL ` : ''}SELECT n, 'register' AS action, 'issue' AS subject_type, id AS subject_id,
        jsonb_build_object('number', number, 'after', after) AS data FROM given) told ORDER BY n
  ), linked AS (
    INSERT INTO attachment_links (district_id, sha256, subject_type, subject_id, linked_by, linked_at)
    SELECT $1, hash, 'issue', id, $13, $12 FROM given, unnest(attachments) hash ON CONFLICT DO NOTHING
  )`;

/** The numbers given, in the order of the issues. */
export const NUMBERS = 'ARRAY(SELECT number FROM given ORDER BY n) AS numbers';

/** Registers issues at a unit whose facts the transaction has locked. */
export const ISSUE_STATEMENT = `WITH tallied AS (${putFacts('$1', '$7', '$18')} RETURNING 1), ${issueParts('tallied')}
  SELECT ${NUMBERS}`;

/** $1 to $18 of the statements. The rows of $6 are in the order of `drafts`, whose files travel with them. */
export function issueValues(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
  { issues, facts }: Prepared,
): unknown[] {
  const year = yearOf(ctx.today);
  const own = where.source === 'self_check';
  const rows = issues.map((issue, i) => ({
    n: i + 1,
    id: issue.id,
    itemCode: issue.itemCode,
    category: issue.category,
    basis: issue.basis,
    standardValue: issue.standardValue,
    measuredValue: issue.measuredValue,
    finding: issue.finding,
    requirements: issue.requirements,
    evidenceRequired: issue.evidenceRequired,
    severity: issue.severity,
    recurrenceOf: issue.recurrenceOf,
    attachments: drafts[i]!.attachments,
    after: keptState(issue),
  }));
  return [
    ctx.actor.districtId,
    own ? 'self_check' : 'issue',
    year,
    issues.length,
    `${own ? 'ZC' : 'WT'}${year}-`,
    JSON.stringify(rows),
    where.unit.id,
    where.unit.zoneId,
    where.source,
    where.inspectionId ?? null,
    where.lateEntry,
    ctx.now,
    ctx.actor.userId,
    where.feedbackOn,
    ctx.actor.kind === 'system' ? null : ctx.actor.userId,
    ctx.actor.name,
    ctx.requestId ?? null,
    JSON.stringify(facts),
  ];
}
