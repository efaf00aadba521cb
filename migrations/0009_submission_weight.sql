-- What every submission pays for and nobody needs: checks that other keys imply, and index entries without a value.

-- An issue's unit stands in its district and was given its zone by the registering statement; a row of the history is written
-- for whoever acts there. Each of these checks locked the same few parents once a row, and shared locks of many transactions
-- on one row cost more than the check.
ALTER TABLE issues DROP CONSTRAINT issues_district_id_fkey;
ALTER TABLE issues DROP CONSTRAINT issues_district_id_zone_id_fkey;
ALTER TABLE issues DROP CONSTRAINT issues_district_id_registered_by_fkey;
DROP INDEX issues_by_registrar;
ALTER TABLE events DROP CONSTRAINT events_district_id_fkey;

DROP INDEX issues_by_notice;
CREATE INDEX issues_by_notice ON issues (district_id, notice_id) WHERE notice_id IS NOT NULL;
DROP INDEX inspections_by_plan;
CREATE INDEX inspections_by_plan ON inspections (district_id, plan_id) WHERE plan_id IS NOT NULL;

-- Only numbered rows: the planner took the whole index of a district for the primary key.
DROP INDEX unit_facts_by_seq;
CREATE INDEX unit_facts_by_seq ON unit_facts (district_id, change_seq) WHERE change_seq IS NOT NULL;
