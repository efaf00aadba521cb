/** Who acts, and over whom: roles and the one function that says where a role reaches. Pure. */

export const ROLES = {
  office_head: '督导室主任',
  office_staff: '督导室工作人员',
  bureau_leader: '分管局领导',
  zone_officer: '片区督导办',
  inspector: '责任督学',
  unit_leader: '被督导单位负责人',
  unit_clerk: '被督导单位填报人员',
  auditor: '审计监督人员',
  system_admin: '系统管理员',
} as const;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export const API_SCOPES = ['compliance:read', 'circulars:read', 'issues:read'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A logged-in person or an API client. `userId` is the person's id, or the key's id for a client. */
export type Actor = {
  kind: 'person' | 'client' | 'system';
  userId: string;
  name: string;
  districtId: string;
  roles: readonly Role[];
  unitId: string | null;
  zoneIds: readonly string[];
  sessionId?: string;
  apiScopes?: readonly ApiScope[];
};

/** The unit something happens at, as far as permission needs to know it. */
export type Place = { unitId: string; zoneId: string | null };

const DISTRICT_WIDE: readonly Role[] = ['office_head', 'office_staff', 'bureau_leader'];
const OF_UNIT: readonly Role[] = ['unit_leader', 'unit_clerk'];
/** Roles a person loses over the unit they belong to: recusal (回避) by itself. */
const RECUSED_AT_OWN_UNIT: readonly Role[] = [
  'office_head',
  'office_staff',
  'bureau_leader',
  'zone_officer',
  'inspector',
];

/**
 * The roles an actor holds over a place. Empty means: does not even see it.
 * `assigned`: the actor is on an inspection team there, which gives an inspector sight beyond the own zones.
 * Recusal takes the office's and inspectors' roles away at the actor's own unit.
 */
export function rolesOver(actor: Actor, place: Place, assigned = false): Role[] {
  const own = actor.unitId !== null && actor.unitId === place.unitId;
  const inZone = place.zoneId !== null && actor.zoneIds.includes(place.zoneId);
  return actor.roles.filter((role) => {
    if (own && RECUSED_AT_OWN_UNIT.includes(role)) return false;
    if (DISTRICT_WIDE.includes(role)) return true;
    if (OF_UNIT.includes(role)) return own;
    if (role === 'zone_officer') return inZone;
    if (role === 'inspector') return inZone || assigned;
    if (role === 'auditor') return actor.zoneIds.length === 0 || inZone;
    return false;
  });
}

/** What an actor may see, for every list, export, report and single read. */
export type Scope =
  | { all: true }
  | { all: false; zoneIds: readonly string[]; unitIds: readonly string[]; assignedTo: string | null };

/** The reach of an actor's reads over units and what hangs on them. The default is nothing. Recusal does not blind: who belongs to a unit sees it as its member. */
export function scopeOf(actor: Actor): Scope {
  const has = (role: Role) => actor.roles.includes(role);
  if (actor.kind !== 'person') return { all: true };
  if (DISTRICT_WIDE.some(has)) return { all: true };
  if (has('auditor') && actor.zoneIds.length === 0) return { all: true };
  const zonal = has('zone_officer') || has('inspector') || has('auditor');
  return {
    all: false,
    zoneIds: zonal ? actor.zoneIds : [],
    unitIds: OF_UNIT.some(has) && actor.unitId ? [actor.unitId] : [],
    assignedTo: has('inspector') ? actor.userId : null,
  };
}
