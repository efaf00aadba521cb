import type { Role } from '#rules/actor.js';
import { permits } from '#rules/permissions.js';
import { problem } from '#rules/problems.js';
import { ZONE_IDS } from '../auth/account.js';
import type { Ctx } from '../foundation/context.js';
import {
  COUNT_LIMIT,
  cursorId,
  type Page,
  type PageQuery,
  pageOf,
  shownCount,
} from '../foundation/paging.js';
import { Where } from '../foundation/sql.js';
import { active } from './active.js';
import { containing } from './reach.js';

/** A colleague: what is needed to choose a team. */
export type PersonBrief = {
  id: string;
  name: string;
  roles: Role[];
  unitId: string | null;
  zoneIds: string[];
};
/** An account, for the office and the technician. */
export type PersonView = PersonBrief & {
  username: string;
  phone: string | null;
  validUntil: string | null;
  disabled: boolean;
  mustChangePassword: boolean;
  createdAt: Date;
};
export type PersonFilter = { role?: Role; zoneId?: string; unitId?: string; q?: string; disabled?: boolean };

const BRIEF = `u.id, u.name, u.roles, u.unit_id AS "unitId", ${ZONE_IDS} AS "zoneIds"`;
const WHOLE = `${BRIEF}, u.username, u.phone, u.valid_until AS "validUntil", u.disabled_at IS NOT NULL AS disabled,
  u.must_change_password AS "mustChangePassword", u.created_at AS "createdAt"`;
const IN_ZONE = (zones: string) =>
  `EXISTS (SELECT 1 FROM user_zones z WHERE z.district_id = u.district_id AND z.user_id = u.id AND z.zone_id = ANY(${zones}::uuid[]))`;
export const noSuchPerson = () => problem('resource.not_found', '没有这名人员');

const seesAccounts = ({ actor }: Ctx): boolean => permits(actor.roles, 'user.read_accounts');
const seesColleagues = ({ actor }: Ctx): boolean => permits(actor.roles, 'user.read_colleagues');

/**
 * Office and technician see every account of their district, leaders and auditors every colleague; zone officers and
 * inspectors see whom they may put on a team (libs/core/inspections/create.ts): who inspects, and officers of their zones.
 */
function withinReach(ctx: Ctx): Where {
  const { actor } = ctx;
  const where = new Where().and('u.district_id = ?', actor.districtId);
  if (seesAccounts(ctx)) return where;
  where.and(active('u', where.param(ctx.today)));
  if (seesColleagues(ctx)) return where;
  const zones = where.param(actor.zoneIds);
  return where.and(
    `u.id = ? OR u.roles && ARRAY['inspector', 'office_head', 'office_staff'] OR ('zone_officer' = ANY(u.roles) AND ${IN_ZONE(zones)})`,
    actor.userId,
  );
}

/** People within the actor's reach, in the order of their entry. */
export async function listPeople(
  ctx: Ctx,
  query: PersonFilter & PageQuery,
): Promise<Page<PersonBrief | PersonView>> {
  const limit = query.limit ?? 50;
  const where = withinReach(ctx);
  if (query.role) where.and('? = ANY(u.roles)', query.role);
  if (query.zoneId) where.and(IN_ZONE(where.param([query.zoneId])));
  if (query.unitId) where.and('u.unit_id = ?', query.unitId);
  if (query.disabled !== undefined) where.and(`(u.disabled_at IS NOT NULL) = ?`, query.disabled);
  if (query.q) {
    const pattern = containing(query.q);
    if (seesAccounts(ctx)) where.and('u.name ILIKE ? OR u.username ILIKE ?', pattern, pattern);
    else where.and('u.name ILIKE ?', pattern);
  }
  const counted = query.count ? await countPeople(ctx, where) : undefined;
  if (query.cursor) where.and('u.id > ?', cursorId(query.cursor));
  const rows: PersonView[] = await ctx.em.query(
    `SELECT ${seesAccounts(ctx) ? WHOLE : BRIEF} FROM users u WHERE ${where} ORDER BY u.id LIMIT ${limit + 1}`,
    where.params,
  );
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.id],
  );
  return counted === undefined ? page : { ...page, count: shownCount(counted) };
}

async function countPeople(ctx: Ctx, where: Where): Promise<number> {
  const [row]: [{ n: number }] = await ctx.em.query(
    `SELECT count(*) AS n FROM (SELECT 1 FROM users u WHERE ${where} LIMIT ${COUNT_LIMIT + 1}) found`,
    where.params,
  );
  return row.n;
}

/** @throws resource.not_found */
export async function showPerson(ctx: Ctx, id: string): Promise<PersonBrief | PersonView> {
  const where = withinReach(ctx).and('u.id = ?', id);
  const [row]: PersonView[] = await ctx.em.query(
    `SELECT ${seesAccounts(ctx) ? WHOLE : BRIEF} FROM users u WHERE ${where}`,
    where.params,
  );
  if (!row) throw noSuchPerson();
  return row;
}
