import type { Role } from '#rules/actor.js';
import { type FieldError, invalid, problem } from '#rules/problems.js';
import { active } from '../directory/active.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import type { Inspection, InspectionKind } from './inspection.entity.js';

/** Roles that go on visits anywhere; a zone officer only within the zone. A self-check is the unit's own. */
const INSPECTING: readonly Role[] = ['inspector', 'office_head', 'office_staff'];
const OF_UNIT: readonly Role[] = ['unit_leader', 'unit_clerk'];

type Person = { id: string; name: string; roles: Role[]; unitId: string | null; zoneIds: string[] };
const worksAt = (person: Person, unitId: string): boolean =>
  person.unitId === unitId && person.roles.some((role) => OF_UNIT.includes(role));
const inspects = ({ roles, zoneIds }: Person, zoneId: string | null): boolean =>
  roles.some((role) => INSPECTING.includes(role)) ||
  (roles.includes('zone_officer') && zoneId !== null && zoneIds.includes(zoneId));

/**
 * Refuses a team that may not inspect this unit: every member is a person of the district who can log in and holds an
 * inspecting role (a self-check: leads or works at that unit), the lead is one of them, and nobody belongs to the unit (回避).
 * @throws request.invalid (400), inspection.recused (403)
 */
export async function assertTeam(
  ctx: Ctx,
  unit: Pick<Unit, 'id' | 'name' | 'zoneId'>,
  leadId: string,
  team: readonly string[],
  kind: InspectionKind = 'routine',
): Promise<void> {
  const people: Person[] = await ctx.em.query(
    `SELECT u.id, u.name, u.roles, u.unit_id AS "unitId",
       ARRAY(SELECT z.zone_id FROM user_zones z WHERE z.district_id = u.district_id AND z.user_id = u.id) AS "zoneIds"
     FROM users u WHERE u.district_id = $1 AND u.id = ANY($2::uuid[]) AND ${active('u', '$3')}`,
    [ctx.actor.districtId, team, ctx.today],
  );
  const own = kind === 'self_check';
  const errors: FieldError[] = [];
  const recused: string[] = [];
  for (const [i, id] of team.entries()) {
    const person = people.find((one) => one.id === id);
    const may = person && (own ? worksAt(person, unit.id) : inspects(person, unit.zoneId));
    const pointer = `/team/${i}`;
    if (!person) errors.push({ pointer, code: 'team.unknown', message: '没有这名人员，或账号已停用' });
    else if (!own && person.unitId === unit.id) recused.push(person.name);
    else if (!may) {
      const message = own
        ? `${person.name}不是本单位的填报人员`
        : `${person.name}没有该单位的督导岗位，不能参加检查`;
      errors.push({ pointer, code: 'team.role', message });
    }
  }
  if (!team.includes(leadId))
    errors.push({ pointer: '/leadId', code: 'team.lead', message: '组长应当是检查组成员' });
  if (errors.length) throw invalid(...errors);
  if (recused.length) {
    throw problem('inspection.recused', `${recused.join('、')}是${unit.name}的人员，不能参加对本单位的检查`);
  }
}

export type NewInspection = {
  id?: string;
  unit: Pick<Unit, 'id'>;
  checklist: { id: string };
  planId?: string | null;
  kind: InspectionKind;
  scheduledOn: string;
  leadId: string;
  team: readonly string[];
};

/** Writes an assigned inspection with its team and the event. Who may do so, and on what, is the caller's question (`assertTeam`). */
export async function insertInspection(ctx: Ctx, given: NewInspection): Promise<Inspection> {
  const inspection: Inspection = {
    districtId: ctx.actor.districtId,
    id: given.id ?? newId(ctx.now),
    unitId: given.unit.id,
    checklistId: given.checklist.id,
    planId: given.planId ?? null,
    kind: given.kind,
    status: 'assigned',
    scheduledOn: given.scheduledOn,
    leadId: given.leadId,
    answers: {},
    summary: null,
    strengths: null,
    signatures: [],
    dispositions: [],
    visitedOn: null,
    judged: 0,
    met: 0,
    lateEntry: false,
    createdBy: ctx.actor.userId,
    createdAt: ctx.now,
    submittedBy: null,
    submittedAt: null,
    cancelledBecause: null,
    revision: 1,
    updatedAt: ctx.now,
  };
  await ctx.em.query(
    `WITH head AS (
       INSERT INTO inspections (district_id, id, unit_id, checklist_id, plan_id, kind, status, scheduled_on, lead_id,
         created_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'assigned', $7, $8, $9, $10, $10) RETURNING district_id, id)
     INSERT INTO inspection_members (district_id, inspection_id, user_id)
     SELECT head.district_id, head.id, member FROM head, unnest($11::uuid[]) AS member`,
    [
      inspection.districtId,
      inspection.id,
      inspection.unitId,
      inspection.checklistId,
      inspection.planId,
      inspection.kind,
      inspection.scheduledOn,
      inspection.leadId,
      inspection.createdBy,
      ctx.now,
      given.team,
    ],
  );
  await record(ctx, {
    subjectType: 'inspection',
    subjectId: inspection.id,
    unitId: inspection.unitId,
    action: 'assign',
    data: {
      kind: given.kind,
      checklistId: given.checklist.id,
      planId: inspection.planId,
      scheduledOn: given.scheduledOn,
      leadId: given.leadId,
      team: given.team,
    },
  });
  return inspection;
}
