/**
 * What registering writes (facts, numbers, issues, events, links), as parts of one statement for any number of units: the
 * districts' counters are then held for one round trip and the commit, for at 16 clients the waiting for each other is most
 * of the time (docs/ARCHITECTURE.md). $1: a JSON list of `RegisterRow`, one a unit; $2: one of `IssueLine`.
 */
import { yearOf } from '#rules/local-date.js';
import { FACTS_SET } from '../compliance/unit-facts.js';
import type { Ctx } from '../foundation/context.js';
import type { IssueDraft, IssueOrigin, Prepared } from './register.js';
import { keptState } from './state.js';

export type RegisterRow = ReturnType<typeof registerRow>;
export type IssueLine = ReturnType<typeof issueLines>[number];

/** The columns of `RegisterRow`, for jsonb_to_recordset. */
export const REGISTER_COLUMNS = `n integer, district uuid, unit uuid, zone uuid, source text, inspection uuid, late boolean, now timestamptz,
  by uuid, "feedbackOn" date, actor uuid, "actorName" text, request text, facts jsonb, series text, year integer, prefix text, count integer`;

const ISSUE_COLUMNS = `of integer, n integer, id uuid, "itemCode" text, category text, basis text, "standardValue" text,
  "measuredValue" text, finding text, requirements text, "evidenceRequired" boolean, severity text, "recurrenceOf" uuid,
  attachments text[], after jsonb`;

/**
 * The parts `taken` (numbers), `given`, `registered`, `told` and `linked`, for those rows of $1 that the part `put` has.
 * `also`: a SELECT of more events (of, n, district, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id),
 * told in the order of `of` and `n`; the issues' events have n from 1.
 */
export const issueParts = (also = ''): string => `taken AS (
    INSERT INTO counters (district_id, series, year, value)
    SELECT district, series, year, sum(count) FROM put WHERE count > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (district_id, series, year) DO UPDATE SET value = counters.value + excluded.value
    RETURNING district_id, series, year, value
  ), given AS (
    SELECT s.district, s.unit, s.zone, s.source, s.inspection, s.late, s.now, s.by, s."feedbackOn", s.actor, s."actorName", s.request,
      d.*, s.prefix || lpad(ordinal::text, greatest(5, length(ordinal::text)), '0') AS number
    FROM jsonb_to_recordset($2::jsonb) AS d(${ISSUE_COLUMNS})
    JOIN put s ON s.n = d.of
    JOIN taken t ON t.district_id = s.district AND t.series = s.series AND t.year = s.year
    CROSS JOIN LATERAL (SELECT t.value - (SELECT sum(o.count) FROM put o WHERE o.n >= s.n AND o.district = s.district
      AND o.series = s.series AND o.year = s.year) + d.n AS ordinal) numbered
  ), registered AS (
    INSERT INTO issues (district_id, id, number, unit_id, zone_id, source, inspection_id, item_code, category, basis,
      standard_value, measured_value, finding, requirements, evidence_required, severity, severity_given, status,
      recurrence_of, late_entry, registered_at, registered_by, feedback_on, changed_at)
    SELECT district, id, number, unit, zone, source, inspection, "itemCode", category, basis, "standardValue", "measuredValue",
      finding, requirements, "evidenceRequired", severity, severity, 'registered', "recurrenceOf", late, now, by, "feedbackOn", now
    FROM given ORDER BY of, n
  ), told AS (
    INSERT INTO events (district_id, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id)
    SELECT district, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id
    FROM (${also ? `${also} UNION ALL ` : ''}SELECT of, n, district, now AS at, actor AS actor_id, "actorName" AS actor_name,
        'issue' AS subject_type, id AS subject_id, unit AS unit_id, 'register' AS action,
        jsonb_build_object('number', number, 'after', after) AS data, request AS request_id FROM given) told
    ORDER BY of, n
  ), linked AS (
    INSERT INTO attachment_links (district_id, sha256, subject_type, subject_id, linked_by, linked_at)
    SELECT district, hash, 'issue', id, by, now FROM given, unnest(attachments) hash ON CONFLICT DO NOTHING
  )`;

/** What was written, a row of $1 each (`n`), with the numbers given, in the order of the issues. */
export const WRITTEN = `SELECT n, ARRAY(SELECT g.number FROM given g WHERE g.of = put.n ORDER BY g.n) AS numbers FROM put`;
export type Written = { n: number; numbers: string[] };

/** Registers issues at a unit whose facts the transaction has locked. */
export const ISSUE_STATEMENT = `WITH put AS (
    UPDATE unit_facts f SET ${FACTS_SET}
    FROM jsonb_to_recordset($1::jsonb) AS s(${REGISTER_COLUMNS}) WHERE f.district_id = s.district AND f.unit_id = s.unit RETURNING s.*
  ), ${issueParts()} ${WRITTEN}`;

/** A row of $1, the first one unless `n` says another place. */
export function registerRow(ctx: Ctx, where: IssueOrigin, { issues, facts }: Prepared) {
  const year = yearOf(ctx.today);
  const own = where.source === 'self_check';
  return {
    n: 0,
    district: ctx.actor.districtId,
    unit: where.unit.id,
    zone: where.unit.zoneId,
    source: where.source,
    inspection: where.inspectionId ?? null,
    late: where.lateEntry,
    now: ctx.now,
    by: ctx.actor.userId,
    feedbackOn: where.feedbackOn,
    actor: ctx.actor.kind === 'system' ? null : ctx.actor.userId,
    actorName: ctx.actor.name,
    request: ctx.requestId ?? null,
    facts,
    series: own ? 'self_check' : 'issue',
    year,
    prefix: `${own ? 'ZC' : 'WT'}${year}-`,
    count: issues.length,
  };
}

/** The rows of $2 for one row of $1, in the order of `drafts`, whose files travel with them. */
export function issueLines(drafts: readonly IssueDraft[], { issues }: Prepared) {
  return issues.map((issue, i) => ({
    of: 0,
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
}
