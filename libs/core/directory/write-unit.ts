import { dayText } from '#rules/local-date.js';
import { type FieldError, invalid, problem } from '#rules/problems.js';
import {
  gradesOfStage,
  gradeText,
  type SchoolSystem,
  STAGE_TEXT,
  STAGES,
  type Stage,
  stageOfGrade,
} from '#rules/stages.js';
import { recountFacts } from '../compliance/rebuild.js';
import { touchFacts } from '../compliance/unit-facts.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import { districtOf } from './districts.js';
import { changesOf } from './reach.js';
import { findEntry, noSuchUnit, type Pupils, type UnitKind, type UnitView } from './units.js';

export type NewUnit = {
  code?: string;
  name: string;
  stages?: Stage[];
  ownership?: 'public' | 'private' | null;
  boarding?: boolean;
  zoneId?: string | null;
  pupils?: Pupils;
  address?: string | null;
  openedOn?: string | null;
};
export type UnitChange = Partial<NewUnit> & { closedOn?: string | null };

/** Where nothing is said: training out of school is 民办 as a rule, and a department is nobody's. */
const OWNERSHIP: Record<UnitKind, UnitView['ownership']> = {
  school: 'public',
  training_institution: 'private',
  department: null,
};

/**
 * Enters a unit in the directory. A code that is not given (institution, department) is taken from its id.
 * @throws request.invalid (400), resource.conflict (409) where the code is taken
 */
export async function createUnit(ctx: Ctx, kind: UnitKind, given: NewUnit): Promise<UnitView> {
  const id = newId();
  const unit: UnitView = {
    id,
    kind,
    code: given.code ?? id.slice(-8),
    name: given.name.trim(),
    stages: inOrderOfAge(given.stages ?? []),
    ownership: given.ownership ?? OWNERSHIP[kind],
    boarding: given.boarding ?? false,
    zoneId: given.zoneId ?? null,
    pupils: given.pupils ?? {},
    address: given.address ?? null,
    openedOn: given.openedOn ?? null,
    closedOn: null,
  };
  await requireSound(ctx, unit);
  const inserted: unknown[] = await ctx.em.query(
    `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership, boarding, pupils, address, opened_on, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) ON CONFLICT (district_id, code) DO NOTHING RETURNING id`,
    [
      ctx.actor.districtId,
      id,
      kind,
      unit.code,
      unit.name,
      unit.zoneId,
      unit.stages,
      unit.ownership,
      unit.boarding,
      JSON.stringify(unit.pupils),
      unit.address,
      unit.openedOn,
      ctx.now,
    ],
  );
  if (inserted.length === 0) throw codeTaken(unit.code);
  await record(ctx, {
    subjectType: 'unit',
    subjectId: id,
    unitId: id,
    action: 'created',
    data: { unit },
  });
  await touchFacts(ctx, id);
  return unit;
}

/**
 * Changes an entry; closing it is a date, nothing is deleted.
 * @throws resource.not_found (404), request.stale (412), request.invalid (400), resource.conflict (409)
 */
export async function changeUnit(ctx: Ctx, kind: UnitKind, id: string, given: UnitChange): Promise<UnitView> {
  const present = await findEntry(ctx, kind, id, true);
  if (!present) throw noSuchUnit(kind);
  await requireFresh(ctx, () => present);
  const changes = changesOf(present, {
    ...given,
    ...(given.name !== undefined ? { name: given.name.trim() } : {}),
    ...(given.stages ? { stages: inOrderOfAge(given.stages) } : {}),
  });
  if (Object.keys(changes).length === 0) return present;
  const unit = {
    ...present,
    ...Object.fromEntries(Object.entries(changes).map(([key, { to }]) => [key, to])),
  };
  await requireSound(ctx, unit, Object.keys(changes) as (keyof UnitChange)[]);
  if (changes.code) await requireFreeCode(ctx, unit.code);
  await ctx.em.query(
    `UPDATE units SET code = $3, name = $4, zone_id = $5, stages = $6, ownership = $7, boarding = $8, pupils = $9,
       address = $10, opened_on = $11, closed_on = $12, updated_at = $13, revision = revision + 1
     WHERE district_id = $1 AND id = $2`,
    [
      ctx.actor.districtId,
      id,
      unit.code,
      unit.name,
      unit.zoneId,
      unit.stages,
      unit.ownership,
      unit.boarding,
      JSON.stringify(unit.pupils),
      unit.address,
      unit.openedOn,
      unit.closedOn,
      ctx.now,
    ],
  );
  // The ledger goes with the school: its issues are seen by the zone it is in now.
  if (changes.zoneId) {
    await ctx.em.query(`UPDATE issues SET zone_id = $3 WHERE district_id = $1 AND unit_id = $2`, [
      ctx.actor.districtId,
      id,
      unit.zoneId,
    ]);
  }
  await record(ctx, {
    subjectType: 'unit',
    subjectId: id,
    unitId: id,
    action: changes.closedOn ? (unit.closedOn ? 'closed' : 'reopened') : 'updated',
    data: { changes },
  });
  // Whether a visit covered the whole school is told by the stages that the school has.
  if (changes.stages) await recountFacts(ctx, id);
  else await touchFacts(ctx, id);
  return unit;
}

/** Each stage once, the youngest first. */
export const inOrderOfAge = (stages: readonly Stage[]): Stage[] =>
  STAGES.filter((stage) => stages.includes(stage));
const codeTaken = (code: string) => problem('resource.conflict', `代码 ${code} 已被其他单位使用`);

/** Another request with the same code at this moment waits on the unique index and is refused there. */
async function requireFreeCode(ctx: Ctx, code: string): Promise<void> {
  const taken: unknown[] = await ctx.em.query(`SELECT 1 FROM units WHERE district_id = $1 AND code = $2`, [
    ctx.actor.districtId,
    code,
  ]);
  if (taken.length) throw codeTaken(code);
}

/**
 * What the table's own constraints cannot word: the zone is the district's and open, pupils are of the unit's stages. Of a
 * change only what it is about: what has stood since before (the district then taught six primary years) does not bar it.
 */
async function requireSound(
  ctx: Ctx,
  unit: UnitView,
  changed?: readonly (keyof UnitChange)[],
): Promise<void> {
  const { settings } = await districtOf(ctx);
  const errors: FieldError[] = unitFaults(unit, settings.schoolSystem, changed);
  const zoneAsked = !changed || changed.includes('zoneId');
  if (zoneAsked && unit.zoneId !== null && !(await openZones(ctx)).has(unit.zoneId)) {
    errors.push({ pointer: '/zoneId', code: 'zone.unknown', message: '没有这个责任区，或责任区已撤销' });
  }
  if (errors.length) throw invalid(...errors);
}

/** The district's zones that have not closed: name and code by id. */
export async function openZones(ctx: Ctx): Promise<Map<string, { code: string; name: string }>> {
  const rows: { id: string; code: string; name: string }[] = await ctx.em.query(
    `SELECT id, code, name FROM zones WHERE district_id = $1 AND (closed_on IS NULL OR closed_on > $2)`,
    [ctx.actor.districtId, ctx.today],
  );
  return new Map(rows.map(({ id, ...zone }) => [id, zone]));
}

/** Faults of an entry in itself, with JSON pointers. `changed`: the fields that a change is about; all of a new entry. */
export function unitFaults(
  unit: UnitView,
  system: SchoolSystem,
  changed?: readonly (keyof UnitChange)[],
): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (pointer: string, code: string, message: string) => errors.push({ pointer, code, message });
  const asked = (...fields: (keyof UnitChange)[]) => !changed || fields.some((one) => changed.includes(one));
  if (unit.kind === 'school') {
    if (asked('code') && !/^[0-9]{10}$/.test(unit.code)) fault('/code', 'matches', '学校代码应为 10 位数字');
    if (asked('stages') && unit.stages.length === 0) fault('/stages', 'array_min_size', '请选择学段');
    if (asked('zoneId') && unit.zoneId === null) fault('/zoneId', 'is_missing', '请选择责任区');
  }
  const grades = new Set(unit.stages.flatMap((stage) => gradesOfStage(stage, system)));
  if (asked('stages', 'pupils') && typeof unit.pupils === 'object' && unit.kind === 'school') {
    for (const grade of Object.keys(unit.pupils)) {
      if (grades.has(Number(grade))) continue;
      const stage = stageOfGrade(Number(grade), system);
      const named = stage ? `${gradeText(Number(grade))}在本区属${STAGE_TEXT[stage]}` : `没有“${grade}”年级`;
      fault(`/pupils/${grade}`, 'grade_unknown', `${named}，不属于所选学段`);
    }
  }
  if (asked('openedOn', 'closedOn') && unit.openedOn && unit.closedOn && unit.closedOn < unit.openedOn) {
    if (changed && !changed.includes('closedOn')) {
      fault('/openedOn', 'after_closing', `开办日期不能晚于停办日期（${dayText(unit.closedOn)}）`);
    } else fault('/closedOn', 'before_opening', `停办日期不能早于开办日期（${dayText(unit.openedOn)}）`);
  }
  return errors;
}
