-- The issue ledger (问题台账), its notices, its history and what the history starts.

-- Numbers without gaps: a counter is taken inside the writing transaction, as late as possible, and rolled back with it.
CREATE TABLE counters (
  district_id uuid NOT NULL REFERENCES districts,
  series text NOT NULL CHECK (series IN ('issue', 'self_check', 'notice', 'circular')),
  year integer NOT NULL,
  value integer NOT NULL CHECK (value >= 0),
  PRIMARY KEY (district_id, series, year)
) WITH (fillfactor = 50);

CREATE TABLE notices (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  number text NOT NULL,
  unit_id uuid NOT NULL,
  inspection_id uuid,
  issued_on date NOT NULL,
  signed_by uuid NOT NULL,
  served_at timestamptz NOT NULL,
  receipt jsonb,
  lines jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, number),
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, inspection_id) REFERENCES inspections,
  FOREIGN KEY (district_id, signed_by) REFERENCES users
);
CREATE INDEX notices_by_unit ON notices (district_id, unit_id, id);
CREATE INDEX notices_by_inspection ON notices (district_id, inspection_id);
CREATE INDEX notices_by_signer ON notices (district_id, signed_by);

-- `process` holds what each step brought (plan, objection, extension, rectification, verification, referral, closing):
-- it is shown and printed, never filtered by. What is filtered, counted or timed has a column.
CREATE TABLE issues (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  number text NOT NULL,
  unit_id uuid NOT NULL,
  zone_id uuid,
  source text NOT NULL CHECK (source IN ('visit', 'self_check', 'complaint', 'assigned', 'upper_inspection')),
  inspection_id uuid,
  notice_id uuid,
  item_code text,
  category text NOT NULL,
  basis text,
  standard_value text,
  measured_value text,
  finding text NOT NULL CHECK (finding <> ''),
  requirements text,
  evidence_required boolean NOT NULL DEFAULT false,
  severity text NOT NULL CHECK (severity IN ('minor', 'major', 'serious')),
  severity_given text NOT NULL CHECK (severity_given IN ('minor', 'major', 'serious')),
  mode text NOT NULL DEFAULT 'time_limited' CHECK (mode IN ('immediate', 'time_limited', 'long_term')),
  status text NOT NULL CHECK (status IN ('registered', 'rectifying', 'objected', 'close_requested', 'verified', 'referred',
    'closed', 'withdrawn', 'merged')),
  escalation text CHECK (escalation IN ('reminder', 'urging', 'supervision_order', 'interview', 'circular', 'accountability')),
  due_on date,
  original_due_on date,
  requested_late boolean NOT NULL DEFAULT false,
  office_due_on date,
  return_count integer NOT NULL DEFAULT 0,
  found_again_count integer NOT NULL DEFAULT 0,
  extension_count integer NOT NULL DEFAULT 0,
  extension_pending boolean NOT NULL DEFAULT false,
  recurrence_of uuid,
  recurrence_confirmed boolean NOT NULL DEFAULT false,
  merged_into uuid,
  late_entry boolean NOT NULL DEFAULT false,
  process jsonb NOT NULL DEFAULT '{}',
  registered_at timestamptz NOT NULL,
  registered_by uuid NOT NULL,
  feedback_on date NOT NULL,
  served_on date,
  close_requested_at timestamptz,
  verified_at timestamptz,
  verified_by uuid,
  closed_at timestamptz,
  closed_by uuid,
  revision integer NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, number),
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, zone_id) REFERENCES zones,
  FOREIGN KEY (district_id, inspection_id) REFERENCES inspections,
  FOREIGN KEY (district_id, notice_id) REFERENCES notices,
  FOREIGN KEY (district_id, registered_by) REFERENCES users,
  FOREIGN KEY (district_id, recurrence_of) REFERENCES issues,
  FOREIGN KEY (district_id, merged_into) REFERENCES issues,
  CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
  CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
-- Each filter of the ledger has an index that gives its rows newest first, so that a page costs the same at any depth and size.
-- The partial ones hold few rows and are not touched when an issue is registered.
CREATE INDEX issues_by_unit ON issues (district_id, unit_id, id);
CREATE INDEX issues_by_zone ON issues (district_id, zone_id, id);
CREATE INDEX issues_by_status ON issues (district_id, status, id);
CREATE INDEX issues_by_severity ON issues (district_id, severity, id);
CREATE INDEX issues_by_category ON issues (district_id, category, id);
CREATE INDEX issues_by_item ON issues (district_id, item_code, id);
CREATE INDEX issues_by_source ON issues (district_id, source, id) WHERE source <> 'visit';
CREATE INDEX issues_by_due ON issues (district_id, due_on, id) WHERE due_on IS NOT NULL;
CREATE INDEX issues_of_unit_clock ON issues (district_id, id) WHERE status IN ('rectifying', 'close_requested', 'verified');
CREATE INDEX issues_of_unit_clock_by_due ON issues (district_id, due_on, id) WHERE status IN ('rectifying', 'close_requested', 'verified');
CREATE INDEX issues_of_office_clock ON issues (district_id, id, office_due_on) WHERE status IN ('close_requested', 'verified', 'objected');
CREATE INDEX issues_recurring ON issues (district_id, id) WHERE recurrence_of IS NOT NULL;
CREATE INDEX issues_by_escalation ON issues (district_id, escalation, id) WHERE escalation IS NOT NULL;
CREATE INDEX issues_closed_by_item ON issues (district_id, unit_id, item_code, closed_at) WHERE status = 'closed';
CREATE INDEX issues_by_inspection ON issues (district_id, inspection_id);
CREATE INDEX issues_by_notice ON issues (district_id, notice_id);
CREATE INDEX issues_by_registrar ON issues (district_id, registered_by);
CREATE INDEX issues_by_recurrence ON issues (district_id, recurrence_of) WHERE recurrence_of IS NOT NULL;
CREATE INDEX issues_by_merge ON issues (district_id, merged_into) WHERE merged_into IS NOT NULL;

-- The history: one row an action, never edited or deleted. `seal` is the one column that is filled in later, once, when the row's batch is sealed.
CREATE TABLE events (
  district_id uuid NOT NULL REFERENCES districts,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  unit_id uuid,
  action text NOT NULL,
  reason text,
  data jsonb NOT NULL DEFAULT '{}',
  request_id text,
  seal bigint,
  PRIMARY KEY (district_id, id)
);
CREATE INDEX events_by_subject ON events (district_id, subject_id, id);
CREATE INDEX events_by_time ON events (district_id, at, id);
CREATE INDEX events_unsealed ON events (district_id, id) WHERE seal IS NULL;

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history is never edited or deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
-- Sealing is the one change allowed. It is told apart here and not in the function, which would be called for every event there is.
CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events FOR EACH ROW
  WHEN (OLD.seal IS NOT NULL OR NEW.seal IS NULL
    OR (NEW.district_id, NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.subject_type, NEW.subject_id, NEW.unit_id, NEW.action,
        NEW.reason, NEW.data, NEW.request_id)
       IS DISTINCT FROM
       (OLD.district_id, OLD.id, OLD.at, OLD.actor_id, OLD.actor_name, OLD.subject_type, OLD.subject_id, OLD.unit_id, OLD.action,
        OLD.reason, OLD.data, OLD.request_id))
  EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();

-- A sealed batch of the history: the ids and digests of its events, chained to the batch before and signed with a key kept outside the database.
CREATE TABLE seals (
  district_id uuid NOT NULL REFERENCES districts,
  n bigint NOT NULL,
  event_ids bigint[] NOT NULL,
  digests bytea NOT NULL,
  previous_mac bytea NOT NULL,
  mac bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, n)
);

-- Work that follows an event: written in the same transaction, gone when its effect is committed.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  district_id uuid NOT NULL REFERENCES districts,
  job text NOT NULL,
  key text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  last_error text
);
CREATE INDEX outbox_due ON outbox (not_before, id);
CREATE INDEX outbox_by_district ON outbox (district_id);
CREATE INDEX outbox_by_key ON outbox (key);

-- What a unit's compliance follows from, apart from the date: kept in the ledger's own transactions.
-- `change_seq` is null from a change until the next reader of the change feed numbers it: numbered only once committed, nothing is skipped.
CREATE TABLE unit_facts (
  district_id uuid NOT NULL,
  unit_id uuid NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL,
  change_seq bigint,
  -- Zones the unit has left: whoever saw it there is told by the feed that it is gone.
  former_zone_ids uuid[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (district_id, unit_id),
  FOREIGN KEY (district_id, unit_id) REFERENCES units
) WITH (fillfactor = 70);
CREATE INDEX unit_facts_unnumbered ON unit_facts (district_id) WHERE change_seq IS NULL;
CREATE INDEX unit_facts_by_seq ON unit_facts (district_id, change_seq);
CREATE SEQUENCE unit_facts_change_seq;

CREATE FUNCTION units_remember_zones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO unit_facts (district_id, unit_id, changed_at, former_zone_ids)
  VALUES (NEW.district_id, NEW.id, NEW.updated_at, ARRAY[OLD.zone_id])
  ON CONFLICT (district_id, unit_id) DO UPDATE
    SET former_zone_ids = array_append(array_remove(unit_facts.former_zone_ids, OLD.zone_id), OLD.zone_id), change_seq = NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER units_remember_zones AFTER UPDATE OF zone_id ON units FOR EACH ROW
  WHEN (OLD.zone_id IS NOT NULL AND OLD.zone_id IS DISTINCT FROM NEW.zone_id) EXECUTE FUNCTION units_remember_zones();

-- How far the change feed has numbered what changes with the date alone: midnights up to a local day, under these terms.
CREATE TABLE compliance_feeds (
  district_id uuid PRIMARY KEY REFERENCES districts,
  flipped_through date,
  terms jsonb
);

CREATE TABLE idempotency_keys (
  person_id uuid NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status integer NOT NULL,
  headers jsonb NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
