-- Circulars (督查通报) with their frozen snapshot, their files and receipts; large exports.

CREATE TABLE circulars (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('monthly')),
  period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  cutoff timestamptz NOT NULL,
  cutoff_given boolean NOT NULL,
  corrects uuid,
  status text NOT NULL CHECK (status IN ('queued', 'rendering', 'draft', 'issued', 'failed')),
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  snapshot jsonb,
  snapshot_hash text,
  narrative jsonb NOT NULL DEFAULT '{}',
  document_number text,
  issued_on date,
  issued_by uuid,
  issued_at timestamptz,
  drafted_by uuid NOT NULL,
  error text,
  render_revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, corrects) REFERENCES circulars,
  FOREIGN KEY (district_id, drafted_by) REFERENCES users,
  FOREIGN KEY (district_id, issued_by) REFERENCES users,
  CHECK ((snapshot IS NULL) = (snapshot_hash IS NULL)),
  CHECK (status <> 'issued' OR (document_number IS NOT NULL AND issued_on IS NOT NULL AND issued_by <> drafted_by))
);
-- Asking again for a period answers its existing circular.
CREATE UNIQUE INDEX circulars_of_period ON circulars (district_id, kind, period) WHERE corrects IS NULL AND NOT cutoff_given;
CREATE UNIQUE INDEX circulars_by_number ON circulars (district_id, document_number) WHERE document_number IS NOT NULL;
CREATE INDEX circulars_by_correction ON circulars (district_id, corrects) WHERE corrects IS NOT NULL;
CREATE INDEX circulars_by_drafter ON circulars (district_id, drafted_by);
CREATE INDEX circulars_by_issuer ON circulars (district_id, issued_by);
CREATE INDEX circulars_by_hash ON circulars (snapshot_hash);

-- An issued circular never changes.
CREATE FUNCTION circulars_stay_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.snapshot IS NOT NULL AND NEW.snapshot IS DISTINCT FROM OLD.snapshot THEN
    RAISE EXCEPTION 'a frozen snapshot never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status = 'issued' AND (NEW.status <> 'issued' OR NEW.narrative IS DISTINCT FROM OLD.narrative
     OR NEW.document_number IS DISTINCT FROM OLD.document_number OR NEW.issued_on IS DISTINCT FROM OLD.issued_on
     OR NEW.period <> OLD.period OR NEW.cutoff <> OLD.cutoff OR NEW.render_revision <> OLD.render_revision) THEN
    RAISE EXCEPTION 'an issued circular never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER circulars_stay_issued BEFORE UPDATE ON circulars FOR EACH ROW EXECUTE FUNCTION circulars_stay_issued();

CREATE TABLE circular_files (
  district_id uuid NOT NULL,
  circular_id uuid NOT NULL,
  format text NOT NULL CHECK (format IN ('pdf', 'xlsx')),
  render_revision integer NOT NULL,
  storage_key text NOT NULL,
  sha256 text NOT NULL,
  size integer NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, circular_id, format),
  FOREIGN KEY (district_id, circular_id) REFERENCES circulars
);

-- Neither do its files, once they are those that carry its number.
CREATE FUNCTION circular_files_stay_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM circulars c WHERE c.district_id = OLD.district_id AND c.id = OLD.circular_id
     AND c.status = 'issued' AND c.render_revision = OLD.render_revision) THEN
    RAISE EXCEPTION 'the files of an issued circular never change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER circular_files_stay_issued BEFORE UPDATE OR DELETE ON circular_files FOR EACH ROW EXECUTE FUNCTION circular_files_stay_issued();

CREATE TABLE circular_receipts (
  district_id uuid NOT NULL,
  circular_id uuid NOT NULL,
  unit_id uuid NOT NULL,
  received_by uuid NOT NULL,
  received_at timestamptz NOT NULL,
  note text,
  PRIMARY KEY (district_id, circular_id, unit_id),
  FOREIGN KEY (district_id, circular_id) REFERENCES circulars,
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, received_by) REFERENCES users
);
CREATE INDEX circular_receipts_by_unit ON circular_receipts (district_id, unit_id);
CREATE INDEX circular_receipts_by_receiver ON circular_receipts (district_id, received_by);

CREATE TABLE exports (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('issues')),
  format text NOT NULL CHECK (format IN ('xlsx', 'csv')),
  filter jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'expired')),
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  row_count integer,
  storage_key text,
  size bigint,
  sha256 text,
  error text,
  requested_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, requested_by) REFERENCES users
);
CREATE INDEX exports_by_requester ON exports (district_id, requested_by);
CREATE INDEX exports_to_expire ON exports (finished_at) WHERE status = 'done';
