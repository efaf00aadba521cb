-- Assignments in the change feed, and limits: failed logins an address, uploads a day, exports that a person waits for.

-- What the change feed owes to people: who came to reach a unit, or ceased to, by being put on a team or taken off it.
-- A row a person and unit; numbered in one series with the units' own changes (unit_facts.change_seq), and like them null from
-- a change until the next reader numbers it.
CREATE TABLE assignment_changes (
  district_id uuid NOT NULL,
  user_id uuid NOT NULL,
  unit_id uuid NOT NULL,
  change_seq bigint,
  PRIMARY KEY (district_id, user_id, unit_id),
  FOREIGN KEY (district_id, user_id) REFERENCES users,
  FOREIGN KEY (district_id, unit_id) REFERENCES units
);
CREATE INDEX assignment_changes_by_unit ON assignment_changes (district_id, unit_id);
CREATE INDEX assignment_changes_unnumbered ON assignment_changes (district_id) WHERE change_seq IS NULL;

INSERT INTO assignment_changes (district_id, user_id, unit_id)
SELECT DISTINCT m.district_id, m.user_id, x.unit_id FROM inspection_members m
JOIN inspections x ON x.district_id = m.district_id AND x.id = m.inspection_id;

CREATE FUNCTION members_tell_the_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO assignment_changes (district_id, user_id, unit_id)
  SELECT DISTINCT m.district_id, m.user_id, x.unit_id FROM changed m
  JOIN inspections x ON x.district_id = m.district_id AND x.id = m.inspection_id ORDER BY 1, 2, 3
  ON CONFLICT (district_id, user_id, unit_id) DO UPDATE SET change_seq = NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER members_join AFTER INSERT ON inspection_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION members_tell_the_feed();
CREATE TRIGGER members_leave AFTER DELETE ON inspection_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION members_tell_the_feed();

CREATE FUNCTION inspections_tell_the_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO assignment_changes (district_id, user_id, unit_id)
  SELECT m.district_id, m.user_id, place FROM inspection_members m CROSS JOIN (VALUES (OLD.unit_id), (NEW.unit_id)) AS p(place)
  WHERE m.district_id = NEW.district_id AND m.inspection_id = NEW.id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (district_id, user_id, unit_id) DO UPDATE SET change_seq = NULL;
  RETURN NULL;
END $$;
-- Told apart here and not in the function, which would be called for every submission.
CREATE TRIGGER inspections_move AFTER UPDATE ON inspections FOR EACH ROW
  WHEN (OLD.unit_id <> NEW.unit_id OR (OLD.status = 'cancelled') <> (NEW.status = 'cancelled'))
  EXECUTE FUNCTION inspections_tell_the_feed();

-- Failed logins by the network they came from, across all names.
CREATE TABLE login_addresses (
  network text PRIMARY KEY,
  failures integer NOT NULL,
  first_at timestamptz NOT NULL,
  locked_until timestamptz
);

-- What a person brought within a day is summed; the index that it replaces is the beginning of this one.
CREATE INDEX attachment_uploads_by_user_and_time ON attachment_uploads (district_id, user_id, uploaded_at);
DROP INDEX attachment_uploads_by_user;

-- Exports that a person still waits for are counted.
CREATE INDEX exports_unfinished ON exports (district_id, requested_by) WHERE status IN ('queued', 'running');
