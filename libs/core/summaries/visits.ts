import type { Answers } from '#rules/inspection-result.js';
import { INSPECTION_KIND_TEXT, tallyAnswers } from '#rules/inspection-result.js';
import type { Day } from '#rules/local-date.js';
import type { Ctx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { checklistOf, visible } from '../inspections/find.js';
import type { InspectionKind } from '../inspections/inspection.entity.js';

export type SummaryVisit = {
  on: Day;
  kind: InspectionKind;
  kindTitle: string;
  checklist: string;
  lead: string;
  judged: number;
  met: number;
  categories: Record<string, { met: number; judged: number }>;
  /** Issues registered by it. */
  issues: number;
};

type Row = {
  on: Day;
  kind: InspectionKind;
  checklistId: string;
  lead: string;
  answers: Answers;
  issues: number;
};

/** Submitted visits and self-checks of the unit in the period, oldest first, as far as the actor may read them. */
export async function summaryVisits(
  ctx: Ctx,
  unitId: string,
  { from, to }: { from: Day; to: Day },
): Promise<SummaryVisit[]> {
  const where = visible(new Where().and('i.unit_id = ?', unitId), ctx.actor);
  where.and(`i.status IN ('submitted', 'archived') AND i.visited_on BETWEEN ? AND ?`, from, to);
  const rows: Row[] = await ctx.em.query(
    `SELECT i.visited_on AS on, i.kind, i.checklist_id AS "checklistId", l.name AS lead, i.answers,
       (SELECT count(*)::integer FROM issues x WHERE x.district_id = i.district_id AND x.inspection_id = i.id) AS issues
     FROM inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
     JOIN users l ON l.district_id = i.district_id AND l.id = i.lead_id
     WHERE ${where} ORDER BY i.visited_on, i.submitted_at, i.id`,
    where.params,
  );
  const visits: SummaryVisit[] = [];
  for (const { answers, checklistId, ...row } of rows) {
    const { title, version, items } = await checklistOf(ctx, checklistId);
    visits.push({
      ...row,
      kindTitle: INSPECTION_KIND_TEXT[row.kind],
      checklist: `${title}第${version}版`,
      ...tallyAnswers(items, answers),
    });
  }
  return visits;
}
