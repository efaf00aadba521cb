import { queryPrepared } from '#platform/database.js';
import type { TalliedVisit, UnitFacts } from '#rules/compliance.js';
import type { Severity, Source } from '#rules/issue-lifecycle.js';
import { addMonths, type Day, startOfDay, yearOf } from '#rules/local-date.js';
import type { DistrictSettings } from '#rules/settings.js';
import { factsChanged } from '../compliance/changed.js';
import { changedFacts, putFacts, takeFacts } from '../compliance/unit-facts.js';
import { withDefaults } from '../directory/districts.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import type { Issue } from './issue.entity.js';
import { stateOf, tallied } from './state.js';

/** Where issues come from. `feedbackOn`: the local day the unit was told on site. */
export type IssueOrigin = {
  unit: Unit;
  source: Source;
  inspectionId?: string | null;
  feedbackOn: Day;
  lateEntry: boolean;
};

/** `attachments`: SHA-256 of files whose right to be named was checked already (answers, checkUploaded). */
export type IssueDraft = {
  itemCode: string | null;
  category: string;
  finding: string;
  severity: Severity;
  basis: string | null;
  standardValue: string | null;
  measuredValue: string | null;
  evidenceRequired: boolean;
  requirements?: string | null;
  attachments: string[];
};

/**
 * Registers findings in the ledger (登记) and brings the unit's facts up to date, with the visit they come from.
 * Call it last in the transaction: its final statement takes the numbers, and from there to the commit everybody else of
 * the district waits. Self-check findings are the school's own list: series ZC, no recurrence, no facts.
 */
export async function registerIssues(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
  visit?: TalliedVisit,
): Promise<Issue[]> {
  const { facts, earlier } = await prepare(ctx, where, drafts);
  const ids = drafts.map(() => newId(ctx.now)).sort();
  const issues = drafts.map((draft, i) => newIssue(ctx, where, draft, ids[i]!, earlier));
  const changed = changedFacts(facts, {
    issues: issues.map((issue) => ({ before: null, after: tallied(issue) })),
    ...(visit ? { visit } : {}),
  });
  await insert(ctx, where, issues, drafts, changed);
  ctx.afterCommit(() => factsChanged(ctx.actor.districtId, where.unit.id));
  return issues;
}

/**
 * Locks the unit's facts and looks for suspected recurrence: the latest issue on the same item that was closed at this
 * unit within the district's months (default 12). One statement, as everything on the way of a submission.
 */
async function prepare(
  ctx: Ctx,
  { unit, source }: IssueOrigin,
  drafts: readonly IssueDraft[],
): Promise<{ facts: Partial<UnitFacts>; earlier: Map<string, string> }> {
  const items = source === 'self_check' ? [] : drafts.flatMap(({ itemCode }) => itemCode ?? []);
  const [row] = await queryPrepared<{
    facts: Partial<UnitFacts>;
    settings: Partial<DistrictSettings>;
    closed: { itemCode: string; id: string; closedAt: string }[];
  }>(
    ctx.em,
    `WITH taken AS (${takeFacts('$1', '$2', '$3')})
     SELECT taken.facts, d.settings, coalesce((SELECT jsonb_agg(c) FROM (
         SELECT DISTINCT ON (item_code) item_code AS "itemCode", id, closed_at AS "closedAt" FROM issues
         WHERE district_id = $1 AND item_code = ANY($4) AND unit_id = $2 AND status = 'closed' AND source <> 'self_check'
         ORDER BY item_code, closed_at DESC) c), '[]') AS closed
     FROM taken, districts d WHERE d.id = $1`,
    [ctx.actor.districtId, unit.id, ctx.now, items],
  );
  const since = startOfDay(addMonths(ctx.today, -withDefaults(row!.settings).recurrenceMonths));
  const recent = row!.closed.filter(({ closedAt }) => new Date(closedAt) >= since);
  return { facts: row!.facts, earlier: new Map(recent.map(({ itemCode, id }) => [itemCode, id])) };
}

function newIssue(
  ctx: Ctx,
  where: IssueOrigin,
  draft: IssueDraft,
  id: string,
  earlier: ReadonlyMap<string, string>,
): Issue {
  return {
    districtId: ctx.actor.districtId,
    id,
    number: '',
    unitId: where.unit.id,
    zoneId: where.unit.zoneId,
    source: where.source,
    inspectionId: where.inspectionId ?? null,
    noticeId: null,
    itemCode: draft.itemCode,
    category: draft.category,
    basis: draft.basis,
    standardValue: draft.standardValue,
    measuredValue: draft.measuredValue,
    finding: draft.finding,
    requirements: draft.requirements ?? null,
    evidenceRequired: draft.evidenceRequired,
    severity: draft.severity,
    severityGiven: draft.severity,
    mode: 'time_limited',
    status: 'registered',
    escalation: null,
    dueOn: null,
    originalDueOn: null,
    requestedLate: false,
    officeDueOn: null,
    returnCount: 0,
    foundAgainCount: 0,
    extensionCount: 0,
    extensionPending: false,
    recurrenceOf: (draft.itemCode !== null && earlier.get(draft.itemCode)) || null,
    recurrenceConfirmed: false,
    mergedInto: null,
    lateEntry: where.lateEntry,
    process: {},
    registeredAt: ctx.now,
    registeredBy: ctx.actor.userId,
    feedbackOn: where.feedbackOn,
    servedOn: null,
    closeRequestedAt: null,
    verifiedAt: null,
    verifiedBy: null,
    closedAt: null,
    closedBy: null,
    revision: 1,
    changedAt: ctx.now,
  };
}

/**
 * Facts, numbers, issues, their events and attachments in one statement, so that the district's counter is held for one round
 * trip and the commit: at 16 clients the waiting for each other is most of the time (docs/ARCHITECTURE.md).
 */
async function insert(
  ctx: Ctx,
  where: IssueOrigin,
  issues: Issue[],
  drafts: readonly IssueDraft[],
  facts: UnitFacts,
): Promise<void> {
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
    after: stateOf(issue),
  }));
  const numbered = await queryPrepared<{ number: string }>(
    ctx.em,
    `WITH tallied AS (${putFacts('$1', '$7', '$18')}), taken AS (
       INSERT INTO counters (district_id, series, year, value) SELECT $1, $2, $3::integer, $4::integer WHERE $4 > 0
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
       INSERT INTO events (district_id, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, data, request_id)
       SELECT $1, $12, $15, $16, 'issue', id, $7, 'register', jsonb_build_object('number', number, 'after', after), $17
       FROM given ORDER BY n
     ), linked AS (
       INSERT INTO attachment_links (district_id, sha256, subject_type, subject_id, linked_by, linked_at)
       SELECT $1, hash, 'issue', id, $13, $12 FROM given, unnest(attachments) hash ON CONFLICT DO NOTHING
     )
     SELECT number FROM given ORDER BY n`,
    [
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
    ],
  );
  for (const [i, { number }] of numbered.entries()) issues[i]!.number = number;
}
