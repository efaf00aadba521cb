import type { EntityManager } from 'typeorm';
import { queryPrepared } from '#platform/database.js';
import type { Actor } from '#rules/actor.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import { Unit } from '../directory/unit.entity.js';
import type { Ctx } from '../foundation/context.js';
import { withinScope } from '../foundation/scope.js';
import { Where } from '../foundation/sql.js';
import { Inspection } from './inspection.entity.js';

function columns(
  em: EntityManager,
  entity: new () => object,
  alias: string,
  { prefix = '', only }: { prefix?: string; only?: readonly string[] } = {},
): string {
  return em.connection
    .getMetadata(entity)
    .columns.filter(({ propertyName }) => !only || only.includes(propertyName))
    .map(({ databaseName, propertyName }) => `${alias}.${databaseName} AS "${prefix}${propertyName}"`)
    .join(', ');
}

/** What of a unit an inspection needs. */
const OF_UNIT = [
  'id',
  'kind',
  'code',
  'name',
  'zoneId',
  'stages',
  'closedOn',
  'revision',
] as const satisfies readonly (keyof Unit)[];
export type UnitVisited = Pick<Unit, (typeof OF_UNIT)[number]>;

/** The inspections that their unit is told of: what was submitted, and its own self-checks. */
export const toldToUnit = (i: string): string =>
  `${i}.status IN ('submitted', 'archived') OR ${i}.kind = 'self_check'`;

/**
 * Which inspections the actor sees. A unit's own people, whatever else they are, see what was submitted there and their
 * own self-checks, never a visit that is being prepared or written.
 */
export function visible(where: Where, actor: Actor): Where {
  withinScope(where, actor, { district: 'i.district_id', unit: 'i.unit_id', zone: 'u.zone_id' });
  if (actor.unitId) {
    where.and(`i.unit_id <> ? OR ${toldToUnit('i')}`, actor.unitId);
  }
  return where;
}

/** An inspection with what every verb on it needs. */
export type Found = {
  inspection: Inspection;
  unit: UnitVisited;
  /** Ids of the members, in order. */
  team: string[];
  members: { id: string; name: string }[];
};

/**
 * An inspection that the actor may see, with its unit and team. `lock` keeps others from changing it until the
 * transaction ends, `'with unit'` also from moving its unit, whose zone new issues are given.
 * @throws resource.not_found where there is none or it is not theirs
 */
export async function findInspection(
  ctx: Ctx,
  id: string,
  { lock = false }: { lock?: boolean | 'with unit' } = {},
): Promise<Found> {
  const locks = lock === 'with unit' ? LOCK_WITH_UNIT : lock ? 'FOR UPDATE OF i' : '';
  const [found] = await findInspections(ctx, new Where().and('i.id = ?', id), locks);
  if (!found) throw problem('resource.not_found', '没有这次检查');
  return found;
}

/** Records before units, units before issues, issues before facts, facts before counters: the order of all locks. */
export const LOCK_WITH_UNIT = 'FOR UPDATE OF i FOR SHARE OF u';

let selected: string | undefined;

/** What is selected of an inspection `i` at unit `u`, for `foundOf`. Made once: the entities of a process never change. */
export function foundSelect(em: EntityManager): string {
  selected ??= `${columns(em, Inspection, 'i')}, ${columns(em, Unit, 'u', { prefix: 'u.', only: OF_UNIT })},
   (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY p.id) FROM inspection_members m
     JOIN users p ON p.district_id = m.district_id AND p.id = m.user_id
     WHERE m.district_id = i.district_id AND m.inspection_id = i.id) AS members`;
  return selected;
}

/** Those of the inspections `i` (at units `u`) that the actor may see, in one statement. */
export async function findInspections(ctx: Ctx, where: Where, tail: string): Promise<Found[]> {
  visible(where, ctx.actor);
  const rows = await queryPrepared(
    ctx.em,
    `SELECT ${foundSelect(ctx.em)}
     FROM inspections i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
     WHERE ${where} ${tail}`,
    where.params,
  );
  return rows.map(foundOf);
}

/** A row of `foundSelect` taken apart; what else it has (`+`) is the caller's. */
export function foundOf(row: Record<string, unknown>): Found {
  const inspection: Record<string, unknown> = {};
  const unit: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith('u.')) unit[name.slice(2)] = value;
    else if (name !== 'members' && name !== '+') inspection[name] = value;
  }
  const members = row.members as Found['members'];
  return {
    inspection: inspection as unknown as Inspection,
    unit: unit as unknown as UnitVisited,
    team: members.map(({ id }) => id),
    members,
  };
}

export type InspectionChecklist = {
  id: string;
  code: string;
  version: number;
  title: string;
  coverage: 'full' | 'partial';
  items: ResolvedItem[];
};

/** Published versions never change, so they are kept in memory: reading and parsing one costs more than a submission. */
const remembered = new Map<string, InspectionChecklist>();
const REMEMBERED = 200;

/** The checklist version of an inspection, which was published when it began. */
export async function checklistOf(ctx: Ctx, id: string): Promise<InspectionChecklist> {
  const key = `${ctx.actor.districtId}/${id}`;
  const known = remembered.get(key);
  if (known) return known;
  const [row]: InspectionChecklist[] = await ctx.em.query(
    `SELECT id, code, version, title, coverage, items FROM checklists
     WHERE district_id = $1 AND id = $2 AND status <> 'draft'`,
    [ctx.actor.districtId, id],
  );
  if (!row) throw problem('checklist.not_published', '这次检查的清单尚未发布');
  remembered.set(key, row);
  const [oldest] = remembered.keys();
  if (remembered.size > REMEMBERED && oldest) remembered.delete(oldest);
  return row;
}

/** Whether the actor works on self-checks for the inspection's unit, to which they belong. */
export const ofOwnUnit = ({ actor }: Ctx, { inspection }: Found): boolean =>
  actor.unitId === inspection.unitId && permits(actor.roles, 'inspection.self_check');

/** What whoever is not of the school is told of its self-check. */
export const schoolsOwn = () => problem('access.denied', '自查由本单位办理');

/** Whether the actor may fill this inspection: a member of the team, for a self-check anybody who works for the unit. */
export function requireTeam(ctx: Ctx, found: Found): void {
  const ofUnit = found.inspection.kind === 'self_check' && ofOwnUnit(ctx, found);
  if (!ofUnit && !found.team.includes(ctx.actor.userId)) {
    throw problem('inspection.not_on_team', '只有检查组成员可以填报');
  }
}

/** @throws inspection.not_lead (403) */
export function requireLead(ctx: Ctx, { inspection }: Found): void {
  if (inspection.leadId !== ctx.actor.userId) {
    throw problem('inspection.not_lead', '请由组长办理');
  }
}
