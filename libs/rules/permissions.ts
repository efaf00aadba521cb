/**
 * What each role may do, beside the actions on issues (those stand in issue-lifecycle.ts). *Where* is the actor's scope.
 * The default is no.
 */
import type { Role } from './actor.js';

const DISTRICT: readonly Role[] = ['office_head', 'office_staff', 'bureau_leader', 'auditor'];
const OFFICE: readonly Role[] = ['office_head', 'office_staff'];
const OFFICE_AND_ZONE: readonly Role[] = [...OFFICE, 'zone_officer'];
const FIELD: readonly Role[] = [...OFFICE_AND_ZONE, 'inspector'];
const UNIT: readonly Role[] = ['unit_leader', 'unit_clerk'];
const ALL_BUT_ADMIN: readonly Role[] = [...FIELD, 'bureau_leader', 'auditor', ...UNIT];

const table = {
  'unit.read': [...ALL_BUT_ADMIN, 'system_admin'],
  'unit.write': [...OFFICE, 'system_admin'],
  'unit.import': [...OFFICE, 'system_admin'],
  'zone.write': [...OFFICE, 'system_admin'],
  'user.read': [...OFFICE, 'system_admin', 'zone_officer', 'inspector', 'bureau_leader', 'auditor'],
  // Accounts with all that stands in them; and whoever is of the district. Others see whom they may put on a team.
  'user.read_accounts': [...OFFICE, 'system_admin'],
  'user.read_colleagues': ['bureau_leader', 'auditor'],
  'user.write': ['system_admin'],
  'apikey.manage': ['system_admin'],
  'library.read': ALL_BUT_ADMIN,
  'checklist.read': ALL_BUT_ADMIN,
  'checklist.read_drafts': [...DISTRICT, 'zone_officer'],
  'checklist.write': OFFICE,
  'plan.read': [...FIELD, 'bureau_leader', 'auditor'],
  'plan.write': OFFICE_AND_ZONE,
  'inspection.read': ALL_BUT_ADMIN,
  'inspection.write': [...FIELD],
  'inspection.self_check': UNIT,
  'inspection.fill': [...FIELD, ...UNIT],
  'inspection.arrange': OFFICE_AND_ZONE,
  // Beside its lead.
  'inspection.amend': OFFICE,
  'inspection.archive': OFFICE,
  'attachment.write': [...FIELD, 'bureau_leader', ...UNIT],
  // The technician may ask and is told that there is nothing (core/attachments/read.ts).
  'attachment.read': [...ALL_BUT_ADMIN, 'system_admin'],
  'attachment.original': [...OFFICE, 'auditor'],
  'issue.read': ALL_BUT_ADMIN,
  'issue.register': FIELD,
  'notice.read': ALL_BUT_ADMIN,
  'notice.receive': UNIT,
  'export.create': [...FIELD, 'bureau_leader', 'auditor', ...UNIT],
  'circular.draft': OFFICE,
  'circular.read_drafts': DISTRICT,
  'circular.read_issued': ALL_BUT_ADMIN,
  'circular.issue': ['office_head', 'bureau_leader'],
  'circular.receive': UNIT,
  // The office records it for a unit that nobody leads in the system.
  'circular.record_receipt': [...OFFICE, ...UNIT],
  'compliance.read': ALL_BUT_ADMIN,
  'measurement.read': ALL_BUT_ADMIN,
  'calendar.read': [...ALL_BUT_ADMIN, 'system_admin'],
  'calendar.write': ['office_head', 'system_admin'],
  'settings.read': [...ALL_BUT_ADMIN, 'system_admin'],
  'settings.write': ['office_head'],
  'audit.read': ['office_head', 'auditor'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof table;
export const PERMISSIONS: Readonly<Record<Permission, readonly Role[]>> = table;

/** Whether any of these roles (all of an actor's, or those held over one unit: `rolesOver`) has the permission. */
export function permits(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => PERMISSIONS[permission].includes(role));
}
