import { ROLES, type Role } from '#rules/actor.js';
import { type FieldError, invalid, problem } from '#rules/problems.js';
import { clearTries, usernameOf } from '../auth/lockout.js';
import { hashPassword, requireStrong } from '../auth/passwords.js';
import { endSessionsOf } from '../auth/sessions.js';
import { expireExportsOf } from '../exports/expire.js';
import { announce } from '../foundation/announce.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import { active } from './active.js';
import { districtOf } from './districts.js';
import { noSuchPerson, type PersonView, showPerson } from './people.js';
import { type Changes, changesOf, inOrder } from './reach.js';
import { openZones } from './write-unit.js';

type Assignment = {
  name: string;
  roles: Role[];
  unitId: string | null;
  zoneIds: string[];
  phone: string | null;
  validUntil: string | null;
};
export type NewPerson = Partial<Assignment> & {
  username: string;
  name: string;
  roles: Role[];
  password: string;
  mustChangePassword?: boolean;
};
export type PersonChange = Partial<Assignment> & {
  disabled?: boolean;
  password?: string;
  mustChangePassword?: boolean;
};

const OF_UNIT: readonly Role[] = ['unit_leader', 'unit_clerk'];
const OF_ZONES: readonly Role[] = ['zone_officer', 'inspector'];
/** Roles that stand alone: who keeps the accounts or watches over the others does not take part in what they watch. */
const ALONE: readonly Role[] = ['system_admin', 'auditor'];

/**
 * Enters a person. The name is one for all districts and all ways of writing it.
 * @throws request.invalid (400), auth.password_weak (400), resource.conflict (409) where the name is taken
 */
export async function createPerson(ctx: Ctx, given: NewPerson): Promise<PersonView> {
  const id = newId();
  const username = usernameOf(given.username);
  const person: Assignment = {
    name: given.name.trim(),
    roles: inOrder(given.roles),
    unitId: given.unitId ?? null,
    zoneIds: given.zoneIds ?? [],
    phone: given.phone ?? null,
    validUntil: given.validUntil ?? null,
  };
  await requireSound(ctx, person);
  const { settings } = await districtOf(ctx);
  requireStrong(given.password, { username, name: person.name }, settings.passwords, '/password');
  const inserted: unknown[] = await ctx.em.query(
    `INSERT INTO users (district_id, id, username, name, password_hash, roles, unit_id, phone, valid_until,
       must_change_password, password_changed_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11) ON CONFLICT (username) DO NOTHING RETURNING id`,
    [
      ctx.actor.districtId,
      id,
      username,
      person.name,
      await hashPassword(given.password),
      person.roles,
      person.unitId,
      person.phone,
      person.validUntil,
      given.mustChangePassword ?? false,
      ctx.now,
    ],
  );
  if (inserted.length === 0) throw problem('resource.conflict', `用户名 ${username} 已被使用`);
  await putZones(ctx, id, person.zoneIds);
  await record(ctx, {
    subjectType: 'user',
    subjectId: id,
    unitId: person.unitId,
    action: 'created',
    data: { username, ...person },
  });
  return account(ctx, id);
}

/**
 * Changes a person's account. New roles, a new password and disabling end all sessions at once; nobody changes the own
 * roles or disables the own account, and a district keeps one technician.
 * @throws resource.not_found (404), request.stale (412), request.invalid, auth.password_weak (400), resource.conflict (409)
 */
export async function changePerson(ctx: Ctx, id: string, given: PersonChange): Promise<PersonView> {
  await lockAccounts(ctx, id);
  const present = await account(ctx, id);
  await requireFresh(ctx, () => present);
  const { password, mustChangePassword, ...rest } = given;
  const changes = changesOf(present, {
    ...rest,
    ...(rest.name !== undefined ? { name: rest.name.trim() } : {}),
    ...(rest.roles ? { roles: inOrder(rest.roles) } : {}),
    ...(rest.zoneIds ? { zoneIds: [...rest.zoneIds].sort() } : {}),
    ...(mustChangePassword !== undefined ? { mustChangePassword } : {}),
  });
  if (Object.keys(changes).length === 0 && password === undefined) return present;
  const person: PersonView = {
    ...present,
    ...Object.fromEntries(Object.entries(changes).map(([key, { to }]) => [key, to])),
  };
  if (id === ctx.actor.userId && (changes.roles || changes.disabled)) {
    throw problem('resource.conflict', '不能改动自己的岗位或停用自己的账号，请由另一名系统管理员办理');
  }
  await requireSound(ctx, person, present);
  if (changes.roles || changes.disabled || changes.validUntil) await requireTechnician(ctx, person);
  if (password !== undefined) {
    const { settings } = await districtOf(ctx);
    requireStrong(password, person, settings.passwords, '/password');
  }
  await write(ctx, person, password);
  await recordChanges(ctx, person, changes, password !== undefined);
  if (changes.roles || changes.unitId || changes.zoneIds) await expireExportsOf(ctx, id);
  if (changes.disabled?.to === true) await endSessionsOf(ctx, id, 'disabled');
  else if (password !== undefined) await endSessionsOf(ctx, id, 'password_reset');
  else if (changes.roles) await endSessionsOf(ctx, id, 'roles_changed');
  else await announce(ctx, 'auth', id);
  return account(ctx, id);
}

async function account(ctx: Ctx, id: string): Promise<PersonView> {
  const found = await showPerson(ctx, id);
  // Only who keeps accounts may write them, and sees them whole.
  if (!('username' in found)) throw noSuchPerson();
  return found;
}

/** The person and all technicians, in one order: two of them cannot disable each other at the same moment. */
async function lockAccounts(ctx: Ctx, id: string): Promise<void> {
  await ctx.em.query(
    `SELECT 1 FROM users WHERE district_id = $1 AND (id = $2 OR 'system_admin' = ANY(roles)) ORDER BY id FOR UPDATE`,
    [ctx.actor.districtId, id],
  );
}

async function write(ctx: Ctx, person: PersonView, password: string | undefined): Promise<void> {
  const hash = password === undefined ? null : await hashPassword(password);
  await ctx.em.query(
    `UPDATE users SET name = $3, roles = $4, unit_id = $5, phone = $6, valid_until = $7, must_change_password = $8,
       disabled_at = CASE WHEN $9 THEN coalesce(disabled_at, $10) END, password_hash = coalesce($11, password_hash),
       password_changed_at = CASE WHEN $11::text IS NULL THEN password_changed_at ELSE $10 END, updated_at = $10, revision = revision + 1
     WHERE district_id = $1 AND id = $2`,
    [
      ctx.actor.districtId,
      person.id,
      person.name,
      person.roles,
      person.unitId,
      person.phone,
      person.validUntil,
      person.mustChangePassword,
      person.disabled,
      ctx.now,
      hash,
    ],
  );
  await putZones(ctx, person.id, person.zoneIds);
  if (hash !== null) await clearTries(ctx.em, person.username);
}

async function putZones(ctx: Ctx, userId: string, zoneIds: readonly string[]): Promise<void> {
  const { districtId } = ctx.actor;
  await ctx.em.query(
    `DELETE FROM user_zones WHERE district_id = $1 AND user_id = $2 AND zone_id <> ALL($3::uuid[])`,
    [districtId, userId, zoneIds],
  );
  await ctx.em.query(
    `INSERT INTO user_zones (district_id, user_id, zone_id) SELECT $1, $2, zone FROM unnest($3::uuid[]) zone ON CONFLICT DO NOTHING`,
    [districtId, userId, zoneIds],
  );
}

async function recordChanges(
  ctx: Ctx,
  person: PersonView,
  { disabled, ...changes }: Changes,
  password: boolean,
): Promise<void> {
  const subject = { subjectType: 'user' as const, subjectId: person.id, unitId: person.unitId };
  if (disabled) await record(ctx, { ...subject, action: disabled.to ? 'disabled' : 'enabled' });
  if (password) await record(ctx, { ...subject, action: 'password_reset' });
  if (Object.keys(changes).length) await record(ctx, { ...subject, action: 'updated', data: { changes } });
}

/** Roles and places must fit each other, and the places must be the district's own. `present`: what stood before is not asked again. */
async function requireSound(ctx: Ctx, person: Assignment, present?: Assignment): Promise<void> {
  const errors: FieldError[] = [];
  const fault = (pointer: string, code: string, message: string) => errors.push({ pointer, code, message });
  const has = (roles: readonly Role[]) => person.roles.find((role) => roles.includes(role));
  const [ofUnit, ofZones, alone] = [has(OF_UNIT), has(OF_ZONES), has(ALONE)];
  if (ofUnit && !person.unitId) fault('/unitId', 'is_missing', `${ROLES[ofUnit]}须指定所在单位`);
  if (ofZones && person.zoneIds.length === 0)
    fault('/zoneIds', 'is_missing', `${ROLES[ofZones]}须指定责任区`);
  if (alone && person.roles.length > 1)
    fault('/roles', 'role.alone', `${ROLES[alone]}不能兼任其他岗位（不相容职责分离）`);
  if (person.unitId && person.unitId !== present?.unitId && !(await isOpenUnit(ctx, person.unitId))) {
    fault('/unitId', 'unit.unknown', '没有这个单位，或单位已停办');
  }
  const zones = await openZones(ctx);
  for (const [i, zone] of person.zoneIds.entries()) {
    if (!zones.has(zone) && !present?.zoneIds.includes(zone)) {
      fault(`/zoneIds/${i}`, 'zone.unknown', '没有这个责任区，或责任区已撤销');
    }
  }
  if (person.validUntil && person.validUntil !== present?.validUntil && person.validUntil < ctx.today) {
    fault('/validUntil', 'in_the_past', '截止日期不能早于今天；要立即停止使用，请停用账号');
  }
  if (errors.length) throw invalid(...errors);
}

async function isOpenUnit(ctx: Ctx, id: string): Promise<boolean> {
  const found: unknown[] = await ctx.em.query(
    `SELECT 1 FROM units WHERE district_id = $1 AND id = $2 AND (closed_on IS NULL OR closed_on > $3)`,
    [ctx.actor.districtId, id, ctx.today],
  );
  return found.length > 0;
}

/** @throws resource.conflict (409) where no usable technician would be left who could undo it */
async function requireTechnician(ctx: Ctx, person: PersonView): Promise<void> {
  if (person.roles.includes('system_admin') && !person.disabled && person.validUntil === null) return;
  const others: unknown[] = await ctx.em.query(
    `SELECT 1 FROM users u WHERE u.district_id = $1 AND u.id <> $2 AND 'system_admin' = ANY(u.roles) AND ${active('u', '$3')} LIMIT 1`,
    [ctx.actor.districtId, person.id, ctx.today],
  );
  if (others.length === 0) throw problem('resource.conflict', '区县至少要保留一名可用的系统管理员');
}
