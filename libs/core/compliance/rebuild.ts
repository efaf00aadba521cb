import type { ResolvedItem } from '#rules/checklist.js';
import { emptyFacts, type TalliedIssue, tally, tallyVisit, type UnitFacts } from '#rules/compliance.js';
import { type Answers, isWhole, stagesOf, tallyAnswers } from '#rules/inspection-result.js';
import type { Day } from '#rules/local-date.js';
import type { Stage } from '#rules/stages.js';
import type { Ctx } from '../foundation/context.js';
import { factsChanged } from './changed.js';
import { putFacts, takeFacts, touchFacts } from './unit-facts.js';

type IssueRow = TalliedIssue & { unitId: string };
type VisitRow = {
  unitId: string;
  unit: { kind: string; stages: Stage[] };
  on: Day;
  coverage: 'full' | 'partial';
  items: ResolvedItem[];
  answers: Answers;
};

/**
 * The order in which visits were tallied, for the latest decides a met rate: the submission's place in the history, which is
 * taken while the unit's facts are locked. Its instant is that of the request, and of two at once the later may come first.
 */
const SUBMITTED = `(SELECT max(e.id) FROM events e WHERE e.district_id = x.district_id AND e.subject_id = x.id
  AND e.subject_type = 'inspection' AND e.action = 'submit')`;

/** The facts of one unit, or of every unit, counted anew from ledger and inspections alone. */
async function factsFromScratch(ctx: Ctx, unitId?: string): Promise<Map<string, UnitFacts>> {
  const params = unitId ? [ctx.actor.districtId, unitId] : [ctx.actor.districtId];
  const facts = new Map<string, UnitFacts>();
  const at = (unitId: string) => facts.get(unitId) ?? facts.set(unitId, emptyFacts()).get(unitId)!;
  const issues: IssueRow[] = await ctx.em.query(
    `SELECT unit_id AS "unitId", category, status, source, escalation, due_on AS "dueOn", requested_late AS "requestedLate"
     FROM issues WHERE district_id = $1 ${unitId ? 'AND unit_id = $2' : ''}`,
    params,
  );
  for (const issue of issues) tally(at(issue.unitId), null, issue);
  const visits: VisitRow[] = await ctx.em.query(
    `SELECT x.unit_id AS "unitId", json_build_object('kind', u.kind, 'stages', u.stages) AS unit, x.visited_on AS on,
       c.coverage, c.items, x.answers
     FROM inspections x JOIN checklists c ON c.district_id = x.district_id AND c.id = x.checklist_id
     JOIN units u ON u.district_id = x.district_id AND u.id = x.unit_id
     WHERE x.district_id = $1 AND x.status IN ('submitted', 'archived') AND x.kind <> 'self_check' AND x.visited_on IS NOT NULL
       ${unitId ? 'AND x.unit_id = $2' : ''}
     ORDER BY ${SUBMITTED} NULLS FIRST, x.submitted_at, x.id`,
    params,
  );
  for (const { unitId, unit, on, coverage, items, answers } of visits) {
    const full = coverage === 'full' && isWhole(items, answers, stagesOf(unit));
    tallyVisit(at(unitId), { on, full, categories: tallyAnswers(items, answers).categories });
  }
  return facts;
}

/**
 * Sets one unit's facts to what ledger and inspections say, in the transaction that changed an old record: an amended visit
 * may be full no longer, and what the visits before it gave cannot be had back from the facts themselves. The unit's row is
 * locked first, so whoever submits there meanwhile adds to what was counted.
 */
export async function recountFacts(ctx: Ctx, unitId: string): Promise<void> {
  const { districtId } = ctx.actor;
  await ctx.em.query(takeFacts('$1', '$2', '$3'), [districtId, unitId, ctx.now]);
  const facts = (await factsFromScratch(ctx, unitId)).get(unitId) ?? emptyFacts();
  await ctx.em.query(putFacts('$1', '$2', '$3'), [districtId, unitId, JSON.stringify(facts)]);
  ctx.afterCommit(() => factsChanged(districtId, unitId));
}

/** Units whose kept facts differ from those counted anew; categories in which nothing stands do not count as a difference. */
export async function factsThatDiffer(
  ctx: Ctx,
): Promise<{ unitId: string; kept: UnitFacts; counted: UnitFacts }[]> {
  const counted = await factsFromScratch(ctx);
  const rows: { unitId: string; facts: Partial<UnitFacts> }[] = await ctx.em.query(
    `SELECT unit_id AS "unitId", facts FROM unit_facts WHERE district_id = $1`,
    [ctx.actor.districtId],
  );
  const kept = new Map(rows.map((row) => [row.unitId, { ...emptyFacts(), ...row.facts }]));
  return [...new Set([...counted.keys(), ...kept.keys()])]
    .map((unitId) => ({
      unitId,
      kept: kept.get(unitId) ?? emptyFacts(),
      counted: counted.get(unitId) ?? emptyFacts(),
    }))
    .filter((pair) => comparable(pair.kept) !== comparable(pair.counted));
}

function comparable(facts: UnitFacts): string {
  const categories = Object.entries(facts.categories)
    .map(([name, { due, judgedOn, ...numbers }]) => {
      return [name, Object.entries(numbers).sort(), Object.entries(due).sort(), judgedOn ?? null] as const;
    })
    .filter(([, numbers]) => numbers.some(([, n]) => n !== 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([facts.lastInspectionOn, facts.lastFullInspectionOn, categories]);
}

/** Sets every differing unit's facts to what ledger and inspections say; answers the ids of the units put right. For operators. */
export async function rebuildFacts(ctx: Ctx): Promise<string[]> {
  // Whoever changes the ledger meanwhile waits here and then adds to what was counted: nothing is lost or counted twice.
  await ctx.em.query('LOCK TABLE unit_facts IN EXCLUSIVE MODE');
  const differing = await factsThatDiffer(ctx);
  for (const { unitId, counted } of differing) {
    await touchFacts(ctx, unitId);
    await ctx.em.query(putFacts('$1', '$2', '$3'), [ctx.actor.districtId, unitId, JSON.stringify(counted)]);
  }
  return differing.map(({ unitId }) => unitId);
}
