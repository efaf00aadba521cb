/** The columns of `users u` that make an actor. */
export const PERSON_COLUMNS = `u.id AS "userId", u.name, u.district_id AS "districtId", u.roles, u.unit_id AS "unitId",
  ARRAY(SELECT z.zone_id FROM user_zones z WHERE z.district_id = u.district_id AND z.user_id = u.id) AS "zoneIds"`;
