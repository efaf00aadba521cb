import { rolesOver } from '#rules/actor.js';
import { dayText } from '#rules/local-date.js';
import { permits } from '#rules/permissions.js';
import { type FieldError, invalid, Problem, problem } from '#rules/problems.js';
import type { Checklist } from '../checklists/checklist.entity.js';
import { publishedChecklist } from '../checklists/find.js';
import { SUBJECT_TEXT } from '../checklists/items.js';
import type { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { assertTeam } from '../inspections/create.js';
import type { Assignment, Plan } from './plan.entity.js';

export type PlannedUnit = Pick<Unit, 'id' | 'name' | 'kind' | 'zoneId' | 'stages' | 'closedOn'>;
type Planned = Pick<Plan, 'kind' | 'checklistId' | 'startsOn' | 'endsOn' | 'assignments'>;

/**
 * Whether a plan could be carried out as it stands: asked when it is written and again when it is launched.
 * Answers its checklist and the units by id.
 * @throws request.invalid (400), checklist.not_published (409), access.denied (403) for units beyond one's zones,
 * unit.closed (409), inspection.recused (403); each names every assignment at fault
 */
export async function checkPlan(
  ctx: Ctx,
  plan: Planned,
): Promise<{ checklist: Checklist; units: Map<string, PlannedUnit> }> {
  if (plan.endsOn < plan.startsOn) {
    throw invalid({ pointer: '/endsOn', code: 'too_early', message: '结束日期不能早于开始日期' });
  }
  const checklist = await checklistOf(ctx, plan.checklistId);
  const units = await unitsOf(ctx, plan.assignments);
  const errors = plan.assignments.flatMap((one, i) => assignmentFaults(plan, checklist, units, one, i));
  if (errors.length) throw invalid(...errors);
  requirePlaces(ctx, plan.assignments, units);
  await requireTeams(ctx, plan, units);
  return { checklist, units };
}

async function checklistOf(ctx: Ctx, id: string): Promise<Checklist> {
  return publishedChecklist(ctx, id).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'resource.not_found') {
      throw invalid({ pointer: '/checklistId', code: 'unknown', message: '没有这份清单' });
    }
    throw error;
  });
}

async function unitsOf(ctx: Ctx, assignments: readonly Assignment[]): Promise<Map<string, PlannedUnit>> {
  const where = new Where().and(
    'u.id = ANY(?::uuid[])',
    assignments.map(({ unitId }) => unitId),
  );
  withinScope(where, ctx.actor, { district: 'u.district_id', unit: 'u.id', zone: 'u.zone_id' });
  const rows: PlannedUnit[] = await ctx.em.query(
    `SELECT u.id, u.name, u.kind, u.zone_id AS "zoneId", u.stages, u.closed_on AS "closedOn" FROM units u WHERE ${where}`,
    where.params,
  );
  return new Map(rows.map((unit) => [unit.id, unit]));
}

function assignmentFaults(
  plan: Planned,
  checklist: Checklist,
  units: Map<string, PlannedUnit>,
  one: Assignment,
  i: number,
): FieldError[] {
  const unit = units.get(one.unitId);
  const at = (field: string, code: string, message: string): FieldError[] => [
    { pointer: `/assignments/${i}/${field}`, code, message },
  ];
  const day = one.scheduledOn;
  const twice = plan.assignments.findIndex(
    (other) => other.unitId === one.unitId && (other.scheduledOn ?? plan.startsOn) === (day ?? plan.startsOn),
  );
  if (!unit) return at('unitId', 'unknown', '没有这个单位');
  if (twice < i) return at('unitId', 'duplicate', `${unit.name}在同一天已有安排`);
  if (unit.kind !== checklist.subject) {
    const subject = SUBJECT_TEXT[checklist.subject];
    return at('unitId', 'subject_mismatch', `《${checklist.title}》适用于${subject}，不适用于${unit.name}`);
  }
  if (unit.kind === 'school' && !unit.stages.some((stage) => checklist.stages.includes(stage))) {
    return at('unitId', 'stage_mismatch', `《${checklist.title}》不涉及${unit.name}的学段`);
  }
  if (day !== null && (day < plan.startsOn || day > plan.endsOn)) {
    return at(
      'scheduledOn',
      'outside_plan',
      `检查日期应在${dayText(plan.startsOn)}至${dayText(plan.endsOn)}之间`,
    );
  }
  return [];
}

/**
 * The office plans for the district, a zone officer for the units of the own zones, nobody for the own unit (回避); and
 * nobody visits a unit that has closed.
 */
function requirePlaces(ctx: Ctx, assignments: readonly Assignment[], units: Map<string, PlannedUnit>): void {
  const refused: FieldError[] = [];
  const closed: FieldError[] = [];
  for (const [i, { unitId }] of assignments.entries()) {
    const unit = units.get(unitId)!;
    const pointer = `/assignments/${i}/unitId`;
    if (!permits(rolesOver(ctx.actor, { unitId, zoneId: unit.zoneId }), 'plan.write')) {
      const message =
        unitId === ctx.actor.unitId ? `您是${unit.name}的人员，应当回避` : `${unit.name}不在您的片区`;
      refused.push({ pointer, code: 'access.denied', message });
    }
    if (unit.closedOn !== null && unit.closedOn <= ctx.today) {
      closed.push({ pointer, code: 'unit.closed', message: `${unit.name}已于${dayText(unit.closedOn)}停办` });
    }
  }
  if (refused.length) throw problem('access.denied', { detail: refused[0]!.message, errors: refused });
  if (closed.length) throw problem('unit.closed', { detail: closed[0]!.message, errors: closed });
}

async function requireTeams(ctx: Ctx, plan: Planned, units: Map<string, PlannedUnit>): Promise<void> {
  const found: { refusal: Problem; errors: FieldError[] }[] = [];
  for (const [i, { unitId, leadId, team }] of plan.assignments.entries()) {
    await assertTeam(ctx, units.get(unitId)!, leadId, team, plan.kind).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      const own = error.errors ?? [
        { pointer: '/team', code: error.code, message: error.detail ?? error.title },
      ];
      const errors = own.map((one) => ({ ...one, pointer: `/assignments/${i}${one.pointer}` }));
      found.push({ refusal: error, errors });
    });
  }
  const first = found[0]?.refusal;
  if (first) {
    const errors = found.flatMap((one) => one.errors);
    const recused = found.find(({ refusal }) => refusal.code === 'inspection.recused')?.refusal;
    throw problem((recused ?? first).code, { detail: (recused ?? first).detail, errors });
  }
}
