import { invalid } from '#rules/problems.js';
import type { DistrictSettings } from '#rules/settings.js';
import { settingsFaults } from '#rules/settings-check.js';
import { touchAllFacts } from '../compliance/unit-facts.js';
import { readDistrict } from '../directory/districts.js';
import { changesOf } from '../directory/reach.js';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { record } from '../history/events.js';
import { library } from '../library/load.js';

export type SettingsView = DistrictSettings & {
  district: { id: string; code: string; name: string; demo: boolean };
};
type Nested = 'daysAllowed' | 'officeDays' | 'objectionDays' | 'orders' | 'passwords' | 'documents';
type ByItem = 'localLimits' | 'veto' | 'severities';
/** Figures are set one by one, entries by item too (null takes one away); the list of terms is given whole. */
export type SettingsChange = Partial<Omit<DistrictSettings, Nested | ByItem>> & {
  [K in Nested]?: Partial<DistrictSettings[K]>;
} & { [K in ByItem]?: Record<string, unknown> } & { district?: { code?: string; name?: string } };

/** The settings in force, defaults filled in. */
export async function showSettings(ctx: Ctx): Promise<SettingsView> {
  const { id, code, name, demo, settings } = await readDistrict(ctx.em, ctx.actor.districtId);
  return { district: { id, code, name, demo }, ...settings };
}

/**
 * Changes settings of the actor's district; every process hears of it. What was judged or set a deadline under the old
 * ones stays as it was. @throws request.invalid (400) with every fault, request.stale (412), resource.conflict (409) for another district's code
 */
export async function changeSettings(ctx: Ctx, given: SettingsChange): Promise<SettingsView> {
  const { districtId } = ctx.actor;
  await ctx.em.query(`SELECT 1 FROM districts WHERE id = $1 FOR UPDATE`, [districtId]);
  const before = await showSettings(ctx);
  await requireFresh(ctx, () => before);
  const { district, ...present } = before;
  const settings = { ...present } as DistrictSettings;
  const { district: named = {}, ...figures } = given;
  for (const [key, value] of Object.entries(figures)) {
    if (value === undefined) continue;
    const old: unknown = settings[key as keyof DistrictSettings];
    Object.assign(settings, { [key]: isMap(old) && isMap(value) ? merged(old, value) : value });
  }
  const { ownIssuer } = await readDistrict(ctx.em, districtId);
  const names = given.documents?.issuer !== undefined;
  const changes = { ...changesOf(present, settings), ...changesOf(district, named) };
  // The name that stood there by default is the office's own once it is given.
  if (names && !ownIssuer) changes.documents = { from: present.documents, to: settings.documents };
  if (Object.keys(changes).length === 0) return before;
  const faults = settingsFaults(settings, (code) => library().itemByCode.get(code));
  if (faults.length) throw invalid(...faults);
  // An office that has named none goes by the district's name, also when that changes.
  const issuer = names || ownIssuer ? settings.documents.issuer : undefined;
  const kept = { ...settings, documents: { ...settings.documents, issuer } };
  await ctx.em.query(
    `UPDATE districts SET settings = $2, code = $3, name = $4, revision = revision + 1 WHERE id = $1`,
    [districtId, JSON.stringify(kept), named.code ?? district.code, named.name?.trim() ?? district.name],
  );
  await record(ctx, {
    subjectType: 'settings',
    subjectId: districtId,
    action: 'updated',
    data: { changes },
  });
  // What counts as inspected this term follows the terms: for the change feed every unit has changed.
  if (changes.terms) await touchAllFacts(ctx);
  await announce(ctx, 'district', districtId);
  return showSettings(ctx);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(old: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  const entries = Object.entries({ ...old, ...Object.fromEntries(told) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
