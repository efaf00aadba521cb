import { permits } from '#rules/permissions.js';
import { invalid, Problem, problem } from '#rules/problems.js';
import { publishedChecklist } from '../checklists/find.js';
import { findUnit, requireOpen } from '../directory/find-unit.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { rolesAt } from '../foundation/scope.js';
import { record } from '../history/events.js';
import { assertTeam, insertInspection } from './create.js';
import { type Found, findInspection, schoolsOwn } from './find.js';
import type { InspectionKind } from './inspection.entity.js';
import { readInspection } from './read.js';
import { showInspection } from './show.js';

export type Head = {
  unitId: string;
  checklistId: string;
  kind: InspectionKind;
  scheduledOn: string;
  team: string[];
  leadId: string;
};

/**
 * Creates an inspection under the client's id or changes its head; the same head again changes nothing.
 * Office and zone arrange any in their scope, an inspector a visit of their own, a unit its self-check.
 * @throws inspection.id_taken, head_locked, not_open (409), recused (403); resource.not_found for a unit that is not theirs
 */
export async function putInspection(
  ctx: Ctx,
  id: string,
  head: Head,
): Promise<{ created: boolean; found: Found }> {
  // Two first requests with one id follow each other; without a row there is nothing else to lock.
  await ctx.em.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 11))`, [
    `${ctx.actor.districtId}/${id}`,
  ]);
  const [taken]: unknown[] = await ctx.em.query(
    `SELECT 1 FROM inspections WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id],
  );
  if (taken) return { created: false, found: await changeHead(ctx, id, head) };
  const unit = await allowedUnit(ctx, head);
  await fittingChecklist(ctx, unit, head.checklistId);
  await assertTeam(ctx, unit, head.leadId, head.team, head.kind);
  await insertInspection(ctx, { id, unit, checklist: { id: head.checklistId }, ...head });
  return { created: true, found: await findInspection(ctx, id) };
}

async function changeHead(ctx: Ctx, id: string, head: Head): Promise<Found> {
  const found = await findInspection(ctx, id, { lock: true }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'resource.not_found') throw error;
    // Whose it is stays hidden: all that is said is that the number cannot be used.
    throw problem('inspection.id_taken', '请换一个新的检查编号');
  });
  const { inspection, team } = found;
  await requireFresh(
    ctx,
    () => showInspection(ctx, found),
    () => readInspection(ctx, id),
  );
  const before: Head = {
    unitId: inspection.unitId,
    checklistId: inspection.checklistId,
    kind: inspection.kind,
    scheduledOn: inspection.scheduledOn,
    team,
    leadId: inspection.leadId,
  };
  const after: Head = { ...head, team: [...head.team].sort() };
  const changed = (Object.keys(before) as (keyof Head)[]).filter(
    (name) => String(before[name]) !== String(after[name]),
  );
  if (changed.length === 0) return found;
  if (inspection.status !== 'assigned' && inspection.status !== 'in_progress') {
    throw problem('inspection.not_open', '检查已提交或取消，不能再改动');
  }
  await requireArranger(ctx, found);
  const moved = changed.some((name) => name === 'unitId' || name === 'checklistId' || name === 'kind');
  if (moved && Object.keys(inspection.answers).length > 0) {
    throw problem('inspection.head_locked', '已有填报内容，不能再更换单位、清单或检查类型');
  }
  const unit = await allowedUnit(ctx, head);
  if (changed.includes('checklistId') || changed.includes('unitId')) {
    await fittingChecklist(ctx, unit, head.checklistId);
  }
  await assertTeam(ctx, unit, head.leadId, head.team, head.kind);
  // Who leaves the team leaves before the visit moves: the change feed tells them of the unit they knew.
  await ctx.em.query(
    `DELETE FROM inspection_members WHERE district_id = $1 AND inspection_id = $2 AND user_id <> ALL($3::uuid[])`,
    [ctx.actor.districtId, id, after.team],
  );
  await ctx.em.query(
    `WITH head AS (
       UPDATE inspections SET unit_id = $3, checklist_id = $4, kind = $5, scheduled_on = $6, lead_id = $7,
         revision = revision + 1, updated_at = $8 WHERE district_id = $1 AND id = $2)
     INSERT INTO inspection_members (district_id, inspection_id, user_id)
     SELECT $1, $2, member FROM unnest($9::uuid[]) AS member ON CONFLICT DO NOTHING`,
    [
      ctx.actor.districtId,
      id,
      head.unitId,
      head.checklistId,
      head.kind,
      head.scheduledOn,
      head.leadId,
      ctx.now,
      after.team,
    ],
  );
  const pick = (from: Head) => Object.fromEntries(changed.map((name) => [name, from[name]]));
  await record(ctx, {
    subjectType: 'inspection',
    subjectId: id,
    unitId: head.unitId,
    action: 'change',
    data: { before: pick(before), after: pick(after) },
  });
  return findInspection(ctx, id);
}

/** Who may arrange: office and zone there; the lead or maker of a visit; for a self-check the unit's people. */
async function requireArranger(ctx: Ctx, { inspection, unit }: Found): Promise<void> {
  const { actor } = ctx;
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  if (inspection.kind === 'self_check') {
    if (permits(roles, 'inspection.self_check')) return;
    throw schoolsOwn();
  }
  if (permits(roles, 'inspection.arrange')) return;
  if (inspection.leadId === actor.userId || inspection.createdBy === actor.userId) return;
  throw problem('inspection.not_lead', '请由组长或督导室改动');
}

/** The unit of the head, where the actor may arrange such an inspection there. */
async function allowedUnit(ctx: Ctx, head: Head): Promise<Unit> {
  const { actor } = ctx;
  const unit = await findUnit(ctx, head.unitId);
  requireOpen(unit, ctx.today);
  const roles = await rolesAt(ctx, { unitId: unit.id, zoneId: unit.zoneId });
  if (head.kind === 'self_check') {
    if (permits(roles, 'inspection.self_check')) return unit;
    throw schoolsOwn();
  }
  if (permits(roles, 'inspection.arrange')) return unit;
  if (permits(roles, 'inspection.write')) {
    if (head.team.includes(actor.userId)) return unit;
    throw problem('access.denied', '督学自行安排的检查应由本人参加');
  }
  const recused = actor.unitId === unit.id && permits(actor.roles, 'inspection.write');
  if (recused) throw problem('inspection.recused', `您是${unit.name}的人员，不能检查本单位`);
  throw problem('access.denied', '本单位只能办理自查');
}

/** @throws checklist.not_published; request.invalid where there is no such list, or for another kind of unit */
async function fittingChecklist(ctx: Ctx, unit: Unit, id: string): Promise<void> {
  const checklist = await publishedChecklist(ctx, id);
  if (checklist.subject !== unit.kind) {
    throw invalid({
      pointer: '/checklistId',
      code: 'checklist.subject',
      message: `《${checklist.title}》不适用于这类单位`,
    });
  }
}
