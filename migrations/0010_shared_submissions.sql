-- A submission writes issues at a unit and for an inspection that the same statement has just locked, and may name an earlier
-- issue of that unit. What the three keys kept from happening is that one of these is deleted; that is refused where it would
-- happen, and not asked for with every issue: asking waits for whoever works on the row, with the district's numbers held.
ALTER TABLE issues DROP CONSTRAINT issues_district_id_unit_id_fkey;
ALTER TABLE issues DROP CONSTRAINT issues_district_id_inspection_id_fkey;
ALTER TABLE issues DROP CONSTRAINT issues_district_id_recurrence_of_fkey;

CREATE FUNCTION is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
END $$;
CREATE TRIGGER units_are_not_deleted BEFORE DELETE OR TRUNCATE ON units FOR EACH STATEMENT EXECUTE FUNCTION is_never_deleted();
CREATE TRIGGER inspections_are_not_deleted BEFORE DELETE OR TRUNCATE ON inspections FOR EACH STATEMENT EXECUTE FUNCTION is_never_deleted();
CREATE TRIGGER issues_are_not_deleted BEFORE DELETE OR TRUNCATE ON issues FOR EACH STATEMENT EXECUTE FUNCTION is_never_deleted();

-- What was closed at a unit of late, for suspected recurrence: without knowing the items first.
DROP INDEX issues_closed_by_item;
CREATE INDEX issues_closed_at_unit ON issues (district_id, unit_id, closed_at) WHERE status = 'closed';
