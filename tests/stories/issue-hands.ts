/** What the stories of issues share: findings registered, served and put right, and the visit behind them. */
import { expect } from '@jest/globals';
import { newId } from '#core/foundation/ids.js';
import type { PersonName, PlaceName } from '#testkit/cast.js';
import { bringPhoto } from '#testkit/hands.js';
import type { Response, World } from '#testkit/world.js';

export type Made = { id: string; number: string; allowedActions: string[]; [field: string]: unknown };

/** Hands in a world that starts later: they reach for it when they are used. */
export function issueHands(world: () => World) {
  const act = (who: PersonName, id: string, action: string, body: object = {}) =>
    world()
      .as(who)
      .post(`/issues/${id}/transitions`, { action, ...body });

  async function register(who: PersonName, unit: PlaceName = 'schoolLiu', more: object = {}): Promise<Made> {
    const answer = await world()
      .as(who)
      .post('/issues', {
        unitId: world().cast.units[unit],
        category: '作业管理',
        finding: '三年级书面作业超过60分钟',
        severity: 'minor',
        ...more,
      });
    expect(answer.status).toBe(201);
    return answer.body;
  }
  async function served(
    unit: PlaceName = 'schoolLiu',
    more: object = {},
    notice: object = {},
  ): Promise<Made> {
    const issue = await register('li', unit, more);
    const answer = await act('li', issue.id, 'issue_notice', { requirements: '立即压减', ...notice });
    expect(answer.status).toBe(200);
    return answer.body;
  }
  async function asked(unit: PlaceName = 'schoolLiu', more: object = {}): Promise<Made> {
    const issue = await served(unit, more);
    const answer = await act('liu', issue.id, 'request_close', { measures: '已调整作业量' });
    expect(answer.status).toBe(200);
    return answer.body;
  }
  /** A visit of the school with a lead and further members, as the schedule of the office has it. */
  async function visit(lead: PersonName, others: PersonName[]): Promise<string> {
    const [district, id, checklist] = [world().cast.districts.A, newId(), newId()];
    await world().dataSource.query(
      `INSERT INTO checklists (district_id, id, code, version, title, status, subject, stages, policy_profile, coverage, items, created_at, published_at)
       VALUES ($1, $2, $3, 1, '作业督导', 'published', 'school', '{primary}', 'current', 'partial', '[]', now(), now())`,
      [district, checklist, id],
    );
    await world().dataSource.query(
      `INSERT INTO inspections (district_id, id, unit_id, checklist_id, kind, status, scheduled_on, lead_id, created_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'special', 'in_progress', '2026-03-10', $5, $5, now(), now())`,
      [district, id, world().cast.units.schoolLiu, checklist, world().cast.people[lead]],
    );
    for (const member of [lead, ...others]) {
      await world().dataSource.query(
        `INSERT INTO inspection_members (district_id, inspection_id, user_id) VALUES ($1, $2, $3)`,
        [district, id, world().cast.people[member]],
      );
    }
    return id;
  }
  const photo = (who: PersonName, name: string) => bringPhoto(world(), who, name);
  return { act, register, served, asked, visit, photo };
}

/** What a refusal for missing needs says: status, code and every pointer. */
export const missing = ({ status, body }: Response) => [
  status,
  body.code,
  ...body.errors.map((e: { pointer: string }) => e.pointer),
];
