-- Checklists, plans, inspections and what the tablets sent.

CREATE TABLE checklists (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  code text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  title text NOT NULL CHECK (title <> ''),
  status text NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
  subject text NOT NULL CHECK (subject IN ('school', 'training_institution', 'department')),
  stages text[] NOT NULL,
  policy_profile text NOT NULL,
  coverage text NOT NULL CHECK (coverage IN ('full', 'partial')),
  note text,
  items jsonb NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  published_by uuid,
  published_at timestamptz,
  revision integer NOT NULL DEFAULT 1,
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, code, version),
  CHECK ((status = 'draft') = (published_at IS NULL))
);
-- Of each checklist at most one version is being drafted and one is in force.
CREATE UNIQUE INDEX checklists_one_draft ON checklists (district_id, code) WHERE status = 'draft';
CREATE UNIQUE INDEX checklists_one_published ON checklists (district_id, code) WHERE status = 'published';

-- A published version never changes: the only thing that may still happen to it is retirement.
CREATE FUNCTION checklists_stay_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' AND (OLD.items IS DISTINCT FROM NEW.items OR OLD.title <> NEW.title OR OLD.code <> NEW.code
     OR OLD.version <> NEW.version OR OLD.policy_profile <> NEW.policy_profile OR OLD.coverage <> NEW.coverage OR NEW.status = 'draft') THEN
    RAISE EXCEPTION 'a published checklist never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checklists_stay_published BEFORE UPDATE ON checklists FOR EACH ROW EXECUTE FUNCTION checklists_stay_published();

CREATE TABLE plans (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  title text NOT NULL CHECK (title <> ''),
  kind text NOT NULL CHECK (kind IN ('routine', 'special', 'comprehensive', 'visit', 'look_back', 'self_check')),
  checklist_id uuid NOT NULL,
  starts_on date NOT NULL,
  ends_on date NOT NULL CHECK (ends_on >= starts_on),
  status text NOT NULL CHECK (status IN ('draft', 'launched', 'closed')),
  assignments jsonb NOT NULL,
  note text,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  launched_by uuid,
  launched_at timestamptz,
  revision integer NOT NULL DEFAULT 1,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, checklist_id) REFERENCES checklists,
  FOREIGN KEY (district_id, created_by) REFERENCES users
);
CREATE INDEX plans_by_checklist ON plans (district_id, checklist_id);
CREATE INDEX plans_by_creator ON plans (district_id, created_by);

-- The current answers are one document of the inspection (read and frozen as a whole); every operation that ever came is a row beside it.
CREATE TABLE inspections (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  unit_id uuid NOT NULL,
  checklist_id uuid NOT NULL,
  plan_id uuid,
  kind text NOT NULL CHECK (kind IN ('routine', 'special', 'comprehensive', 'visit', 'look_back', 'self_check')),
  status text NOT NULL CHECK (status IN ('assigned', 'in_progress', 'submitted', 'archived', 'cancelled')),
  scheduled_on date NOT NULL,
  lead_id uuid NOT NULL,
  answers jsonb NOT NULL DEFAULT '{}',
  summary text,
  strengths text,
  signatures jsonb NOT NULL DEFAULT '[]',
  dispositions jsonb NOT NULL DEFAULT '[]',
  visited_on date,
  judged integer NOT NULL DEFAULT 0,
  met integer NOT NULL DEFAULT 0,
  late_entry boolean NOT NULL DEFAULT false,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  submitted_by uuid,
  submitted_at timestamptz,
  cancelled_because text,
  revision integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, checklist_id) REFERENCES checklists,
  FOREIGN KEY (district_id, plan_id) REFERENCES plans,
  FOREIGN KEY (district_id, lead_id) REFERENCES users,
  CHECK ((submitted_at IS NOT NULL) = (status IN ('submitted', 'archived')))
);
CREATE INDEX inspections_by_unit ON inspections (district_id, unit_id, scheduled_on);
CREATE INDEX inspections_by_checklist ON inspections (district_id, checklist_id);
CREATE INDEX inspections_by_plan ON inspections (district_id, plan_id);
CREATE INDEX inspections_by_lead ON inspections (district_id, lead_id);
CREATE INDEX inspections_by_status ON inspections (district_id, status, id);
CREATE INDEX inspections_by_submission ON inspections (district_id, submitted_at) WHERE submitted_at IS NOT NULL;

CREATE TABLE inspection_members (
  district_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (district_id, inspection_id, user_id),
  FOREIGN KEY (district_id, inspection_id) REFERENCES inspections,
  FOREIGN KEY (district_id, user_id) REFERENCES users
);
CREATE INDEX inspection_members_by_user ON inspection_members (district_id, user_id, inspection_id);

CREATE TABLE answer_operations (
  district_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  item_code text NOT NULL,
  body jsonb NOT NULL,
  effective_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('applied', 'superseded', 'conflict', 'rejected')),
  problem text,
  revision integer,
  amendment text,
  PRIMARY KEY (district_id, operation_id),
  FOREIGN KEY (district_id, inspection_id) REFERENCES inspections,
  FOREIGN KEY (district_id, user_id) REFERENCES users
);
CREATE INDEX answer_operations_by_inspection ON answer_operations (district_id, inspection_id, item_code, received_at);
CREATE INDEX answer_operations_by_user ON answer_operations (district_id, user_id);

CREATE TABLE measurements (
  district_id uuid NOT NULL,
  id uuid NOT NULL,
  unit_id uuid NOT NULL,
  inspection_id uuid,
  item_code text NOT NULL,
  metric text NOT NULL,
  unit_of_measure text NOT NULL,
  stage text,
  grade integer,
  label text,
  value numeric NOT NULL,
  numerator numeric,
  denominator numeric,
  self_check boolean NOT NULL DEFAULT false,
  measured_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  superseded_at timestamptz,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, inspection_id) REFERENCES inspections
);
CREATE INDEX measurements_by_metric ON measurements (district_id, metric, measured_on);
CREATE INDEX measurements_by_unit ON measurements (district_id, unit_id, measured_on);
CREATE INDEX measurements_by_inspection ON measurements (district_id, inspection_id);

CREATE TABLE attachments (
  district_id uuid NOT NULL REFERENCES districts,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
  size integer NOT NULL CHECK (size > 0),
  width integer,
  height integer,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, sha256)
);

-- Who brought the bytes: only they may name the hash in a write, so that knowing a hash opens nobody else's evidence.
CREATE TABLE attachment_uploads (
  district_id uuid NOT NULL,
  sha256 text NOT NULL,
  user_id uuid NOT NULL,
  uploaded_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, sha256, user_id),
  FOREIGN KEY (district_id, sha256) REFERENCES attachments,
  FOREIGN KEY (district_id, user_id) REFERENCES users
);
CREATE INDEX attachment_uploads_by_user ON attachment_uploads (district_id, user_id);

-- What a file is attached to; reading it needs the right to read that.
CREATE TABLE attachment_links (
  district_id uuid NOT NULL,
  sha256 text NOT NULL,
  subject_type text NOT NULL CHECK (subject_type IN ('inspection', 'issue', 'notice')),
  subject_id uuid NOT NULL,
  linked_by uuid NOT NULL,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, sha256, subject_type, subject_id),
  FOREIGN KEY (district_id, sha256) REFERENCES attachments,
  FOREIGN KEY (district_id, linked_by) REFERENCES users
);
CREATE INDEX attachment_links_by_subject ON attachment_links (district_id, subject_type, subject_id);
CREATE INDEX attachment_links_by_linker ON attachment_links (district_id, linked_by);
