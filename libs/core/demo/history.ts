import type { EntityManager } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { addDays, type Day, startOfDay, weekday } from '#rules/local-date.js';
import { workingDayAfterOrNull } from '../directory/calendars.js';
import { makeCtx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { putInspection } from '../inspections/put.js';
import { submitInspection } from '../inspections/submit.js';
import { type SyncAnswer, syncAnswers } from '../inspections/sync.js';
import { transitionMany } from '../issues/bulk.js';
import { transition } from '../issues/transition.js';
import { receiveNotice } from '../notices/receive.js';
import type { DemoDistrict } from './directory.js';
import type { DemoPlan } from './plan.js';
import { dice } from './plan.js';
import { visitOperations } from './visits.js';

type Told = { em: EntityManager; district: DemoDistrict; plan: DemoPlan; today: Day };

/** A local time of a day. */
const at = (day: Day, hour: number): Date => new Date(startOfDay(day).getTime() + hour * 3_600_000);

/**
 * Some months of made-up history up to yesterday, lived through the product's own verbs at made-up times: a full visit at
 * most schools, a routine visit at some, and each visit's issues at every stage between the notice and the close-out.
 */
export async function seedHistory(told: Told): Promise<void> {
  const roll = dice(20_260_901);
  const { plan, today } = told;
  for (const [i, school] of plan.schools.entries()) {
    // Two schools stay without a full visit this term, so that every status is there to be seen.
    if (i % 6 === 5) continue;
    const first = addDays(today, -75 + i * 3);
    await visit(
      told,
      school.code,
      school.stages ?? [],
      school.zone!,
      first,
      'special',
      'CL-SJ',
      1 + roll(3),
      roll,
    );
    if (i % 3 === 0) {
      await visit(
        told,
        school.code,
        school.stages ?? [],
        school.zone!,
        addDays(today, -12 + i),
        'routine',
        'CL-REG',
        1 + roll(2),
        roll,
      );
    }
  }
  for (const [i, place] of plan.institutions.entries()) {
    await visit(
      told,
      place.code,
      place.stages ?? [],
      place.zone!,
      addDays(today, -40 + i * 9),
      'special',
      'CL-PX',
      2,
      roll,
    );
  }
  await selfCheck(told, roll);
}

const INSPECTOR_OF: Record<string, string> = {
  east: 'demo_inspector',
  west: 'demo_inspector2',
  south: 'demo_inspector3',
};

async function visit(
  told: Told,
  code: string,
  stages: NonNullable<DemoPlan['schools'][number]['stages']>,
  zone: string,
  given: Day,
  kind: 'routine' | 'special',
  checklistCode: string,
  failing: number,
  roll: (sides: number) => number,
): Promise<void> {
  const { em, district, plan, today } = told;
  const day = given < today ? given : addDays(today, -1);
  const unitId = district.units.get(code)!;
  const checklist = district.checklists.get(checklistCode)!;
  const inspector = district.actors.get(INSPECTOR_OF[zone]!)!;
  const as = (actor: Actor, when: Date) => makeCtx(em, actor, when);
  const id = newId(at(day, 8));
  const team = [inspector.userId];
  const head = { unitId, checklistId: checklist.id, kind, scheduledOn: day, team, leadId: inspector.userId };
  await putInspection(as(inspector, at(day, 8)), id, head);
  const operations = visitOperations(checklist.items, stages, failing, at(day, 9), plan.notes, roll);
  requireTaken(await syncAnswers(as(inspector, at(day, 16)), id, { operations }));
  const school = plan.schools.some((one) => one.code === code);
  const strengths = school ? plan.notes.strengths : plan.notes.institutionStrengths;
  const { issues } = await submitInspection(as(inspector, at(day, 17)), id, {
    summary: school
      ? '到校查看课堂、作业和课后服务，查阅资料并随机访谈学生。'
      : '到场查看课堂和公示，查阅收费、备案和教师资料，随机访谈学员家长。',
    strengths: strengths[roll(strengths.length)]!,
  });
  if (issues.length) await follow(told, { unitId, inspector, issues, day: addDays(day, 1) }, roll);
}

type Visited = { unitId: string; inspector: Actor; issues: { id: string; severity: string }[]; day: Day };

/** The notice of a visit, its receipt, and each issue as far as its time and luck have taken it. */
async function follow(told: Told, visited: Visited, roll: (sides: number) => number): Promise<void> {
  const { em, district, plan, today } = told;
  const { unitId, inspector, issues, day } = visited;
  if (day >= today) return;
  const staff = district.actors.get('demo_staff')!;
  const head = district.actors.get('demo_head')!;
  const own = [...district.actors.values()].find(
    (actor) => actor.unitId === unitId && actor.roles.includes('unit_leader'),
  );
  // Where a unit has no user, the office acts on its behalf and the record says so.
  const unit = own ?? staff;
  const as = (actor: Actor, when: Date) => makeCtx(em, actor, when);
  const computable = await workingDayAfterOrNull(as(staff, at(day, 10)), day, 30);
  // The calendar may not reach as far as a minor issue has time: then one date for all, such as the gravest of them bears.
  const fewer = issues.some(({ severity }) => severity === 'serious') ? 5 : 15;
  const soon = await workingDayAfterOrNull(as(staff, at(day, 10)), day, fewer);
  const { results } = await transitionMany(
    as(staff, at(day, 10)),
    issues.map((issue) => issue.id),
    {
      action: 'issue_notice',
      requirements: '对照问题逐项整改，举一反三，按期报送佐证材料。',
      ...(computable ? {} : { dueOn: soon ?? thursdayAfter(day, fewer) }),
    },
  );
  const first = results.find((result) => result.ok);
  if (first?.ok && first.issue.noticeId && addDays(day, 1) < today) {
    await receiveNotice(as(unit, at(addDays(day, 1), 9)), first.issue.noticeId, { receivedBy: unit.name });
  }
  for (const [i, { id, severity }] of issues.entries()) {
    const step = async (actor: Actor, after: number, given: Record<string, unknown>) => {
      const when = addDays(day, after);
      if (when >= today) return false;
      await transition(as(actor, at(when, 10 + (i % 6))), id, given);
      return true;
    };
    const luck = roll(10);
    if (
      !(await step(unit, 2, {
        action: 'plan',
        responsiblePerson: '教导主任',
        plan: '成立专班，逐班排查，限期完成。',
      }))
    )
      continue;
    if (luck === 0) {
      await step(unit, 3, {
        action: 'object',
        grounds: '所列情况为个别班级临时安排，已提供说明材料，请予复核。',
      });
      continue;
    }
    if (luck === 1) {
      await step(head, 40, {
        action: 'escalate',
        step: 'supervision_order',
        note: '逾期未报送整改情况，列入督办。',
      });
      continue;
    }
    if (luck === 2) continue;
    const measures = plan.notes.measures[roll(plan.notes.measures.length)]!;
    if (!(await step(unit, 4, { action: 'request_close', measures }))) continue;
    if (luck === 3) continue;
    const grave = severity === 'serious';
    const second = district.actors.get('demo_zone')!;
    const co = grave && inspector.zoneIds[0] === second.zoneIds[0] ? { coVerifierId: second.userId } : {};
    if (grave && !('coVerifierId' in co)) continue;
    if (
      !(await step(inspector, 7, {
        action: 'verify',
        finding: '现场复核，整改属实。',
        method: 'on_site',
        ...co,
      }))
    )
      continue;
    if (luck === 4) {
      await step(grave ? head : staff, 9, { action: 'return', reason: '佐证材料不足，请补充后重新申请。' });
      continue;
    }
    // Who asked for the close-out, be it on a unit's behalf, does not grant it.
    const closer = grave || unit === staff ? head : staff;
    await step(closer, 10, { action: 'close', note: '同意销号。' });
  }
}

/** A Thursday some working days on, where no calendar says more. */
const thursdayAfter = (day: Day, workingDays: number): Day => {
  const on = addDays(day, Math.ceil((workingDays * 7) / 5));
  return addDays(on, (4 - weekday(on) + 7) % 7);
};

/** A school that looks at itself: its findings are its own list. */
async function selfCheck(told: Told, roll: (sides: number) => number): Promise<void> {
  const { em, district, plan, today } = told;
  const leader = district.actors.get('demo_school')!;
  const checklist = district.checklists.get('CL-JF')!;
  const day = addDays(today, -20);
  const as = (hour: number) => makeCtx(em, leader, at(day, hour));
  const id = newId(at(day, 8));
  const team = [leader.userId];
  const head = {
    unitId: leader.unitId!,
    checklistId: checklist.id,
    kind: 'self_check' as const,
    scheduledOn: day,
    team,
    leadId: leader.userId,
  };
  await putInspection(as(8), id, head);
  const operations = visitOperations(checklist.items, ['primary'], 2, at(day, 9), plan.notes, roll);
  requireTaken(await syncAnswers(as(15), id, { operations }));
  await submitInspection(as(16), id, { summary: '对照减负三十条逐条自查。' });
}

/** Made-up answers that the product refuses are a fault of this file, to be seen at once. */
function requireTaken({ results }: SyncAnswer): void {
  const refused = results.filter((result) => result.outcome !== 'applied');
  if (refused.length) throw new Error(`demo answers refused: ${JSON.stringify(refused)}`);
}
