import { type Actor, ROLE_NAMES, type Role, rolesOver, scopeOf } from './actor.js';

const actor = (roles: Role[], more: Partial<Actor> = {}): Actor => ({
  kind: 'person',
  userId: 'u',
  name: '某人',
  districtId: 'd',
  roles,
  unitId: null,
  zoneIds: [],
  ...more,
});
const here = { unitId: 'school', zoneId: 'east' };

/** Who holds a role where, as a picture: own unit, own zone, assigned beyond the zone, elsewhere in the district. */
test('the reach of each role', () => {
  const picture = ROLE_NAMES.map((role) => {
    const holds = (more: Partial<Actor>, assigned = false) =>
      rolesOver(actor([role], more), here, assigned).length ? 'yes' : ' – ';
    return [
      role.padEnd(14),
      `own unit ${holds({ unitId: 'school', zoneIds: ['east'] })}`,
      `zone ${holds({ zoneIds: ['east'] })}`,
      `assigned ${holds({ zoneIds: ['west'] }, true)}`,
      `elsewhere ${holds({ zoneIds: ['west'], unitId: 'other' })}`,
    ].join('  ');
  });
  expect(picture).toEqual([
    'office_head     own unit  –   zone yes  assigned yes  elsewhere yes',
    'office_staff    own unit  –   zone yes  assigned yes  elsewhere yes',
    'bureau_leader   own unit  –   zone yes  assigned yes  elsewhere yes',
    'zone_officer    own unit  –   zone yes  assigned  –   elsewhere  – ',
    'inspector       own unit  –   zone yes  assigned yes  elsewhere  – ',
    'unit_leader     own unit yes  zone  –   assigned  –   elsewhere  – ',
    'unit_clerk      own unit yes  zone  –   assigned  –   elsewhere  – ',
    'auditor         own unit yes  zone yes  assigned  –   elsewhere  – ',
    'system_admin    own unit  –   zone  –   assigned  –   elsewhere  – ',
  ]);
});

test('a head teacher who is also an inspector is recused at the own school and an inspector elsewhere', () => {
  const wu = actor(['unit_leader', 'inspector'], { unitId: 'school', zoneIds: ['east'] });
  expect(rolesOver(wu, here)).toEqual(['unit_leader']);
  expect(rolesOver(wu, { unitId: 'other', zoneId: 'east' })).toEqual(['inspector']);
});

test('what nobody granted is not seen: the default is nothing', () => {
  expect(scopeOf(actor(['system_admin'], { unitId: 'school', zoneIds: ['east'] }))).toEqual({
    all: false,
    zoneIds: [],
    unitIds: [],
    assignedTo: null,
  });
  expect(scopeOf(actor(['unit_leader']))).toEqual({ all: false, zoneIds: [], unitIds: [], assignedTo: null });
});
