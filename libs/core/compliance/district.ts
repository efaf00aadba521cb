import { COMPLIANCE_STATUSES, type ComplianceStatus, type UnitStatus } from '#rules/compliance.js';
import { problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { openUnits } from './read.js';
import { complianceView } from './unit-status.js';

export type Sums = {
  units: number;
  statuses: Record<ComplianceStatus, number>;
  open: number;
  overdue: number;
  metRate: { met: number; judged: number };
};

const noSums = (): Sums => ({
  units: 0,
  statuses: Object.fromEntries(Object.keys(COMPLIANCE_STATUSES).map((s) => [s, 0])) as Sums['statuses'],
  open: 0,
  overdue: 0,
  metRate: { met: 0, judged: 0 },
});

function add(sums: Sums, one: Pick<UnitStatus, 'status' | 'open' | 'overdue' | 'metRate'>): void {
  sums.units += 1;
  sums.statuses[one.status] += 1;
  sums.open += one.open;
  sums.overdue += one.overdue;
  sums.metRate.met += one.metRate.met;
  sums.metRate.judged += one.metRate.judged;
}

/**
 * Sums over the units of the actor's scope, by status, zone and category (a unit counts in a category once it was
 * inspected or has had an issue there). Only the own district. @throws compliance.subject_unknown
 */
export async function districtCompliance(ctx: Ctx, code: string) {
  const district = await districtOf(ctx);
  if (district.code !== code)
    throw problem('compliance.subject_unknown', '没有这个区县，或不是您所在的区县；请核对行政区划代码');
  const total = noSums();
  let closed = 0;
  const zones = new Map<string | null, Sums>();
  const categories = new Map<string, Sums>();
  const of = <K>(sums: Map<K, Sums>, key: K) => sums.get(key) ?? sums.set(key, noSums()).get(key)!;
  for (const row of await openUnits(ctx, {})) {
    const view = complianceView(row, ctx.today);
    add(total, view);
    closed += view.closed;
    add(of(zones, row.zoneId), view);
    for (const category of view.categories) add(of(categories, category.category), category);
  }
  const names: { id: string; name: string }[] = await ctx.em.query(
    `SELECT id, name FROM zones WHERE district_id = $1 ORDER BY code`,
    [ctx.actor.districtId],
  );
  const named: { id: string | null; name: string }[] = [...names, { id: null, name: '未划片' }];
  return {
    district: { code: district.code, name: district.name },
    asOfDate: ctx.today,
    ...total,
    closed,
    zones: named
      .filter(({ id }) => zones.has(id))
      .map(({ id, name }) => ({ zoneId: id, name, ...zones.get(id)! })),
    categories: [...categories]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([category, sums]) => ({ category, ...sums })),
  };
}
