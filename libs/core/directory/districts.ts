import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import { DEFAULT_SETTINGS, type DistrictSettings, issuerIsSet, issuerOf } from '#rules/settings.js';
import type { Ctx } from '../foundation/context.js';
import { District } from './district.entity.js';

export type DistrictView = {
  id: string;
  code: string;
  name: string;
  demo: boolean;
  settings: DistrictSettings;
  /** Whether the office has named itself; else `issuer` is made from the district's name. */
  ownIssuer: boolean;
  revision: number;
};

const remembered = new WeakMap<Ctx, Promise<DistrictView>>();

/** The actor's district with its settings (defaults filled in), read once a request. */
export function districtOf(ctx: Ctx): Promise<DistrictView> {
  let found = remembered.get(ctx);
  if (!found) {
    found = readDistrict(ctx.em, ctx.actor.districtId);
    remembered.set(ctx, found);
  }
  return found;
}

/** @throws resource.not_found */
export async function readDistrict(em: EntityManager, id: string): Promise<DistrictView> {
  const row = await em.findOneBy(District, { id });
  if (!row) throw problem('resource.not_found', '没有这个区县');
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    demo: row.demo,
    settings: withDefaults(row.settings, row.name),
    ownIssuer: issuerIsSet(row.settings.documents?.issuer),
    revision: row.revision,
  };
}

/** What a district has set, over the defaults of libs/rules/settings.ts. */
export function withDefaults(given: Partial<DistrictSettings>, district: string): DistrictSettings {
  const documents = { ...DEFAULT_SETTINGS.documents, ...given.documents };
  return {
    ...DEFAULT_SETTINGS,
    ...given,
    daysAllowed: { ...DEFAULT_SETTINGS.daysAllowed, ...given.daysAllowed },
    officeDays: { ...DEFAULT_SETTINGS.officeDays, ...given.officeDays },
    objectionDays: { ...DEFAULT_SETTINGS.objectionDays, ...given.objectionDays },
    orders: { ...DEFAULT_SETTINGS.orders, ...given.orders },
    passwords: { ...DEFAULT_SETTINGS.passwords, ...given.passwords },
    documents: {
      ...documents,
      issuer: issuerIsSet(documents.issuer) ? documents.issuer : issuerOf(district),
    },
  };
}
