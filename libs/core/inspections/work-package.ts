import type { StoredAnswer } from '#rules/answers.js';
import type { Ctx } from '../foundation/context.js';
import { Where } from '../foundation/sql.js';
import { type OpenIssue, openIssuesOf } from '../issues/found-again.js';
import { checklistOf, findInspections, type InspectionChecklist } from './find.js';
import { type Conflict, type InspectionView, listAnswers, listConflicts, showInspection } from './show.js';

export type WorkPackage = {
  /** The local day: deadlines and what is overdue are of that day. */
  today: string;
  inspections: (InspectionView & { answers: StoredAnswer[]; conflicts: Conflict[] })[];
  checklists: InspectionChecklist[];
  units: InspectionView['unit'][];
  issues: OpenIssue[];
};

/** All that a tablet needs to work offline: the actor's own open inspections with lists, limits, units and their open issues. */
export async function workPackage(ctx: Ctx): Promise<WorkPackage> {
  const where = new Where().and(`i.status IN ('assigned', 'in_progress')`);
  const member = `EXISTS (SELECT 1 FROM inspection_members m
    WHERE m.district_id = i.district_id AND m.inspection_id = i.id AND m.user_id = ?)`;
  // A self-check is open to everybody who works for the unit.
  if (ctx.actor.unitId) {
    where.and(`${member} OR (i.kind = 'self_check' AND i.unit_id = ?)`, ctx.actor.userId, ctx.actor.unitId);
  } else {
    where.and(member, ctx.actor.userId);
  }
  const found = await findInspections(ctx, where, 'ORDER BY i.scheduled_on, i.id');
  const checklists = new Map<string, InspectionChecklist>();
  const inspections: WorkPackage['inspections'] = [];
  for (const one of found) {
    const checklist = await checklistOf(ctx, one.inspection.checklistId);
    checklists.set(checklist.id, checklist);
    const answers = listAnswers(one.inspection.answers, checklist.items);
    inspections.push({
      ...(await showInspection(ctx, one)),
      answers,
      conflicts: listConflicts(answers),
    });
  }
  const units = new Map(inspections.map(({ unit }) => [unit.id, unit]));
  return {
    today: ctx.today,
    inspections,
    checklists: [...checklists.values()],
    units: [...units.values()],
    issues: await openIssuesOf(ctx, [...units.keys()]),
  };
}
