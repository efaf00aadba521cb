-- The circular desk: what the drafter chooses, what stands behind each figure as frozen, and how the public finds a circular.

-- Which annexes are printed; null recipients: those of the snapshot.
ALTER TABLE circulars
  ADD COLUMN annexes text[] NOT NULL DEFAULT '{issues,closeout,figures}',
  ADD COLUMN recipients text[],
  ADD COLUMN copy_recipients text[],
  ADD CONSTRAINT circulars_annexes_check CHECK (annexes <@ ARRAY['issues', 'closeout', 'figures']);

CREATE OR REPLACE FUNCTION circulars_stay_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.snapshot IS NOT NULL AND (NEW.snapshot IS DISTINCT FROM OLD.snapshot OR NEW.snapshot_hash IS DISTINCT FROM OLD.snapshot_hash) THEN
    RAISE EXCEPTION 'a frozen snapshot never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status = 'issued' AND (NEW.status <> 'issued' OR NEW.narrative IS DISTINCT FROM OLD.narrative
     OR NEW.document_number IS DISTINCT FROM OLD.document_number OR NEW.issued_on IS DISTINCT FROM OLD.issued_on
     OR NEW.period <> OLD.period OR NEW.cutoff <> OLD.cutoff OR NEW.render_revision <> OLD.render_revision
     OR NEW.corrects IS DISTINCT FROM OLD.corrects OR NEW.annexes <> OLD.annexes
     OR NEW.recipients IS DISTINCT FROM OLD.recipients OR NEW.copy_recipients IS DISTINCT FROM OLD.copy_recipients) THEN
    RAISE EXCEPTION 'an issued circular never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- The public page finds an issued circular by its short hash, its whole hash or the hash of one of its files.
CREATE INDEX circulars_by_short_hash ON circulars (left(snapshot_hash, 16)) WHERE status = 'issued';
CREATE INDEX circular_files_by_hash ON circular_files (sha256);

-- Records behind a circular's figures as they stood at the cut-off, some hundreds in a row: they are written once and read
-- a page at a time, and packed together they take a tenth of the room. `chunk` counts from 0.
CREATE TABLE circular_subjects (
  district_id uuid NOT NULL,
  circular_id uuid NOT NULL,
  chunk integer NOT NULL CHECK (chunk >= 0),
  subjects jsonb NOT NULL,
  PRIMARY KEY (district_id, circular_id, chunk),
  FOREIGN KEY (district_id, circular_id) REFERENCES circulars
);

-- Every figure with its rows: `members` are places in the list of subjects (all chunks together, from 0), `weights` what each
-- adds (null: one each), `numerators` what each adds to a rate's numerator (null: no rate).
CREATE TABLE circular_figures (
  district_id uuid NOT NULL,
  circular_id uuid NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  key text NOT NULL,
  figure jsonb NOT NULL,
  aggregate text NOT NULL CHECK (aggregate IN ('sum', 'rate', 'mean', 'min', 'max')),
  -- What its rows are (all of one type); null where there are none.
  row_type text,
  members integer[] NOT NULL,
  weights double precision[],
  numerators double precision[],
  PRIMARY KEY (district_id, circular_id, ordinal),
  UNIQUE (district_id, circular_id, key),
  FOREIGN KEY (district_id, circular_id) REFERENCES circulars,
  CHECK (coalesce(cardinality(weights), cardinality(members)) = cardinality(members)),
  CHECK (coalesce(cardinality(numerators), cardinality(members)) = cardinality(members)),
  CHECK ((numerators IS NULL) = (aggregate <> 'rate')),
  CHECK ((row_type IS NULL) = (cardinality(members) = 0))
);

-- Written in the transaction that freezes the snapshot, before it, and by nobody afterwards.
CREATE FUNCTION lineage_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM circulars c WHERE c.district_id = NEW.district_id AND c.id = NEW.circular_id
     AND c.snapshot IS NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what stands behind frozen figures never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circular_subjects_are_frozen BEFORE INSERT OR UPDATE OR DELETE ON circular_subjects
  FOR EACH ROW EXECUTE FUNCTION lineage_is_frozen();
CREATE TRIGGER circular_figures_are_frozen BEFORE INSERT OR UPDATE OR DELETE ON circular_figures
  FOR EACH ROW EXECUTE FUNCTION lineage_is_frozen();
CREATE TRIGGER circular_subjects_are_not_truncated BEFORE TRUNCATE ON circular_subjects
  FOR EACH STATEMENT EXECUTE FUNCTION lineage_is_frozen();
CREATE TRIGGER circular_figures_are_not_truncated BEFORE TRUNCATE ON circular_figures
  FOR EACH STATEMENT EXECUTE FUNCTION lineage_is_frozen();
