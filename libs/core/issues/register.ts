import { queryPrepared } from '#platform/database.js';
import type { TalliedVisit, UnitFacts } from '#rules/compliance.js';
import type { Severity, Source } from '#rules/issue-lifecycle.js';
import { addMonths, type Day, startOfDay } from '#rules/local-date.js';
import { DEFAULT_SETTINGS, MOST_RECURRENCE_MONTHS } from '#rules/settings.js';
import { factsChanged } from '../compliance/changed.js';
import { changedFacts, takeFacts } from '../compliance/unit-facts.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import type { Issue } from './issue.entity.js';
import { ISSUE_STATEMENT, issueLines, registerRow, type Written } from './register-statement.js';
import { FRESH, tallied } from './state.js';

/** Where issues come from. `feedbackOn`: the local day the unit was told on site. */
export type IssueOrigin = {
  unit: Pick<Unit, 'id' | 'zoneId'>;
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
  /** As the district has set it, if it has. */
  recurrenceMonths: number | null;
  /** The latest closed issue of each item. */
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
  const prepared = prepareIssues(ctx, where, drafts, await lockStanding(ctx, where));
  const [row] = await queryPrepared<Written>(ctx.em, ISSUE_STATEMENT, [
    JSON.stringify([registerRow(ctx, where, prepared)]),
    JSON.stringify(issueLines(drafts, prepared)),
  ]);
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

/**
 * The latest issue closed on each item at a unit, for suspected recurrence: within a month more than can count, for the exact
 * cut is made by days. Asked only where the unit's `facts` know of closed ones. The unit's own are gathered first: an index in
 * the order of items would be read for the whole district.
 */
export const closedBefore = (district: string, unit: string, now: string, facts: string): string =>
  `coalesce(CASE WHEN jsonb_path_exists(${facts}, '$.categories.*.closed ? (@ > 0)') THEN (WITH own AS MATERIALIZED (
       SELECT item_code, id, closed_at FROM issues
       WHERE district_id = ${district} AND unit_id = ${unit} AND status = 'closed' AND source <> 'self_check'
         AND closed_at > ${now}::timestamptz - interval '${MOST_RECURRENCE_MONTHS + 1} months')
     SELECT jsonb_agg(c) FROM (SELECT DISTINCT ON (item_code) item_code AS "itemCode", id, closed_at AS "closedAt" FROM own
       ORDER BY item_code, closed_at DESC) c) END, '[]')`;

/** Locks the unit's facts until the commit and reads what stands there. One statement, as everything on a tablet's way. */
export async function lockStanding(ctx: Ctx, where: IssueOrigin): Promise<UnitStanding> {
  const [row] = await queryPrepared<UnitStanding>(
    ctx.em,
    `WITH taken AS (${takeFacts('$1', '$2', '$3', where.source === 'self_check')})
     SELECT taken.facts, d.settings->'recurrenceMonths' AS "recurrenceMonths", ${closedBefore('$1', '$2', '$3', 'taken.facts')} AS closed
     FROM taken, districts d WHERE d.id = $1`,
    [ctx.actor.districtId, where.unit.id, ctx.now],
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
  const earlier = closedOfLate(ctx, where, drafts, standing);
  const ids = drafts.map(() => newId(ctx.now)).sort();
  const issues = drafts.map((draft, i) => newIssue(ctx, where, draft, ids[i]!, earlier));
  const facts = changedFacts(standing.facts ?? {}, {
    issues: issues.map((issue) => ({ before: null, after: tallied(issue) })),
    ...(visit ? { visit } : {}),
  });
  return { issues, facts };
}

/** The issue of each item that was closed within the district's months. */
function closedOfLate(
  ctx: Ctx,
  where: IssueOrigin,
  drafts: readonly IssueDraft[],
  { closed, recurrenceMonths }: UnitStanding,
): ReadonlyMap<string, string> {
  if (closed.length === 0) return new Map();
  const since = startOfDay(addMonths(ctx.today, -(recurrenceMonths ?? DEFAULT_SETTINGS.recurrenceMonths)));
  const items = new Set(recurring(where, drafts));
  const recent = closed.filter(
    ({ itemCode, closedAt }) => items.has(itemCode) && new Date(closedAt) >= since,
  );
  return new Map(recent.map(({ itemCode, id }) => [itemCode, id]));
}

function newIssue(
  ctx: Ctx,
  where: IssueOrigin,
  draft: IssueDraft,
  id: string,
  earlier: ReadonlyMap<string, string>,
): Issue {
  // Spelt out: an object of fifty properties that begins with another's is slow to make and to read.
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
    mode: FRESH.mode,
    status: 'registered',
    escalation: null,
    dueOn: null,
    originalDueOn: null,
    requestedLate: FRESH.requestedLate,
    officeDueOn: null,
    returnCount: FRESH.returnCount,
    foundAgainCount: FRESH.foundAgainCount,
    extensionCount: FRESH.extensionCount,
    extensionPending: FRESH.extensionPending,
    recurrenceOf: (draft.itemCode !== null && earlier.get(draft.itemCode)) || null,
    recurrenceConfirmed: FRESH.recurrenceConfirmed,
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
