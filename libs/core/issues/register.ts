import { queryPrepared } from '#platform/database.js';
import type { TalliedVisit, UnitFacts } from '#rules/compliance.js';
import type { Severity, Source } from '#rules/issue-lifecycle.js';
import { addMonths, type Day, startOfDay } from '#rules/local-date.js';
import type { DistrictSettings } from '#rules/settings.js';
import { factsChanged } from '../compliance/changed.js';
import { changedFacts, takeFacts } from '../compliance/unit-facts.js';
import { withDefaults } from '../directory/districts.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import type { Issue } from './issue.entity.js';
import { ISSUE_STATEMENT, issueValues } from './register-statement.js';
import { tallied } from './state.js';

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

/** What stands at a unit before something new is registered there. */
export type UnitStanding = {
  /** Null where the unit has no row of facts yet. */
  facts: Partial<UnitFacts> | null;
  settings: Partial<DistrictSettings>;
  /** The latest closed issue of each item asked for. */
  closed: { itemCode: string; id: string; closedAt: string }[];
};

/** Issues ready to be written, and the unit's facts with them and the visit they come from. */
export type Prepared = { issues: Issue[]; facts: UnitFacts };

/**
 * Registers findings in the ledger (登记) and brings the unit's facts up to date.
 * Call it last in the transaction: its final statement takes the numbers, and from there to the commit everybody else of
 * the district waits. Self-check findings are the school's own list: series ZC, no recurrence, no facts.
 */
export async function registerIssues(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
): Promise<Issue[]> {
  const prepared = prepareIssues(ctx, where, drafts, await lockStanding(ctx, where, drafts));
  const [row] = await queryPrepared<{ numbers: string[] }>(
    ctx.em,
    ISSUE_STATEMENT,
    issueValues(ctx, where, drafts, prepared),
  );
  return numbered(ctx, where, prepared, row!.numbers);
}

/** The issues with the numbers they were given; whoever waits for the unit's facts hears of it after the commit. */
export function numbered(
  ctx: Ctx,
  { unit }: IssueOrigin,
  { issues }: Prepared,
  numbers: readonly string[],
): Issue[] {
  for (const [i, number] of numbers.entries()) issues[i]!.number = number;
  ctx.afterCommit(() => factsChanged(ctx.actor.districtId, unit.id));
  return issues;
}

/** Which items may recur: a self-check's findings are the school's own. */
const recurring = ({ source }: IssueOrigin, drafts: readonly IssueDraft[]): string[] =>
  source === 'self_check' ? [] : drafts.flatMap(({ itemCode }) => itemCode ?? []);

/** The latest issue closed on each item of $items at $unit, for suspected recurrence. */
export const closedBefore = (district: string, unit: string, items: string): string =>
  `coalesce((SELECT jsonb_agg(c) FROM (
     SELECT DISTINCT ON (item_code) item_code AS "itemCode", id, closed_at AS "closedAt" FROM issues
     WHERE district_id = ${district} AND unit_id = ${unit} AND item_code = ANY(${items}) AND status = 'closed'
       AND source <> 'self_check'
     ORDER BY item_code, closed_at DESC) c), '[]')`;

/** Locks the unit's facts until the commit and reads what stands there. One statement, as everything on a tablet's way. */
export async function lockStanding(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
): Promise<UnitStanding> {
  const [row] = await queryPrepared<UnitStanding>(
    ctx.em,
    `WITH taken AS (${takeFacts('$1', '$2', '$3')})
     SELECT taken.facts, d.settings, ${closedBefore('$1', '$2', '$4')} AS closed
     FROM taken, districts d WHERE d.id = $1`,
    [ctx.actor.districtId, where.unit.id, ctx.now, recurring(where, drafts)],
  );
  return row!;
}

/**
 * Makes the issues, without numbers yet. Suspected recurrence: the latest issue on the same item that was closed at this unit
 * within the district's months (default 12).
 */
export function prepareIssues(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
  standing: UnitStanding,
  visit?: TalliedVisit,
): Prepared {
  const since = startOfDay(addMonths(ctx.today, -withDefaults(standing.settings).recurrenceMonths));
  const items = new Set(recurring(where, drafts));
  const recent = standing.closed.filter(
    ({ itemCode, closedAt }) => items.has(itemCode) && new Date(closedAt) >= since,
  );
  const earlier = new Map(recent.map(({ itemCode, id }) => [itemCode, id]));
  const ids = drafts.map(() => newId(ctx.now)).sort();
  const issues = drafts.map((draft, i) => newIssue(ctx, where, draft, ids[i]!, earlier));
  const facts = changedFacts(standing.facts ?? {}, {
    issues: issues.map((issue) => ({ before: null, after: tallied(issue) })),
    ...(visit ? { visit } : {}),
  });
  return { issues, facts };
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
