import type { Actor } from '#rules/actor.js';
import { DEFAULT_SETTINGS } from '#rules/settings.js';
import type { FrozenChecklist } from '../checklists/checklist.entity.js';
import { seedChecklists } from '../checklists/publish.js';
import { createPerson } from '../directory/write-person.js';
import { createUnit } from '../directory/write-unit.js';
import { createZone } from '../directory/zones.js';
import type { Ctx } from '../foundation/context.js';
import { type DemoPlan, termsAround } from './plan.js';

/** The people and places of the demo district, by username and by school code. */
export type DemoDistrict = {
  actors: Map<string, Actor>;
  /** Unit ids by code, and the unit that has a key by that key. */
  units: Map<string, string>;
  zones: Map<string, string>;
  checklists: Map<string, FrozenChecklist>;
};

/** Enters the demo district: settings, zones, units, people and the seven published checklists. */
export async function seedDirectory(ctx: Ctx, plan: DemoPlan, password: string): Promise<DemoDistrict> {
  const settings = { ...DEFAULT_SETTINGS, ...plan.settings, terms: termsAround(ctx.today) };
  await ctx.em.query(
    `INSERT INTO districts (id, code, name, demo, settings, created_at) VALUES ($1, $2, $3, true, $4, $5)`,
    [ctx.actor.districtId, plan.code, plan.name, JSON.stringify(settings), ctx.now],
  );
  const zones = new Map<string, string>();
  for (const { key, code, name } of plan.zones) zones.set(key, (await createZone(ctx, { code, name })).id);
  const units = new Map<string, string>();
  const kinds = [
    ['school', plan.schools],
    ['training_institution', plan.institutions],
    ['department', plan.departments],
  ] as const;
  for (const [kind, entries] of kinds) {
    for (const { key, zone, ...given } of entries) {
      const unit = await createUnit(ctx, kind, { ...given, zoneId: zone ? zones.get(zone) : null });
      units.set(unit.code, unit.id);
      if (key) units.set(key, unit.id);
    }
  }
  const actors = new Map<string, Actor>();
  for (const { zones: keys, unit, ...given } of plan.people) {
    const zoneIds = (keys ?? []).map((key) => zones.get(key)!);
    const unitId = unit ? units.get(unit)! : null;
    const { id } = await createPerson(ctx, { ...given, password, zoneIds, unitId });
    actors.set(given.username, {
      kind: 'person',
      userId: id,
      name: given.name,
      districtId: ctx.actor.districtId,
      roles: given.roles,
      unitId,
      zoneIds,
    });
  }
  return { actors, units, zones, checklists: await seedChecklists(ctx) };
}
