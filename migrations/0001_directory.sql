-- Districts, zones, units, people, their sessions, and the clients of the API.
-- District first in every key: nothing crosses from one district to another, and tables can be partitioned by it.

CREATE TABLE districts (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{6}$'),
  name text NOT NULL CHECK (name <> ''),
  demo boolean NOT NULL DEFAULT false,
  settings jsonb NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A district's own edition of a year of the working-day calendar; without a row the national notice in data/calendars holds.
CREATE TABLE calendars (
  district_id uuid NOT NULL REFERENCES districts,
  year integer NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  data jsonb NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  updated_by uuid,
  PRIMARY KEY (district_id, year)
);

CREATE TABLE zones (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  closed_on date,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, code)
);

CREATE TABLE units (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('school', 'training_institution', 'department')),
  code text NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  zone_id uuid,
  stages text[] NOT NULL DEFAULT '{}' CHECK (stages <@ ARRAY['primary', 'junior', 'senior']),
  ownership text CHECK (ownership IN ('public', 'private')),
  boarding boolean NOT NULL DEFAULT false,
  pupils jsonb NOT NULL DEFAULT '{}',
  address text,
  opened_on date,
  closed_on date,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, code),
  FOREIGN KEY (district_id, zone_id) REFERENCES zones,
  CHECK (kind <> 'school' OR (code ~ '^[0-9]{10}$' AND zone_id IS NOT NULL AND cardinality(stages) > 0))
);
CREATE INDEX units_by_zone ON units (district_id, zone_id, id);
CREATE INDEX units_by_kind ON units (district_id, kind, id);

CREATE TABLE users (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  username text NOT NULL CHECK (username = lower(username) AND username ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
  name text NOT NULL CHECK (name <> ''),
  password_hash text NOT NULL,
  roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['office_head', 'office_staff', 'bureau_leader',
    'zone_officer', 'inspector', 'unit_leader', 'unit_clerk', 'auditor', 'system_admin']),
  unit_id uuid,
  phone text,
  valid_until date,
  disabled_at timestamptz,
  must_change_password boolean NOT NULL DEFAULT false,
  password_changed_at timestamptz NOT NULL DEFAULT now(),
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, unit_id) REFERENCES units
);
CREATE UNIQUE INDEX users_by_username ON users (username);
CREATE INDEX users_by_unit ON users (district_id, unit_id);

CREATE TABLE user_zones (
  district_id uuid NOT NULL,
  user_id uuid NOT NULL,
  zone_id uuid NOT NULL,
  PRIMARY KEY (district_id, user_id, zone_id),
  FOREIGN KEY (district_id, user_id) REFERENCES users,
  FOREIGN KEY (district_id, zone_id) REFERENCES zones
);
CREATE INDEX user_zones_by_zone ON user_zones (district_id, zone_id);

CREATE TABLE sessions (
  district_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_because text,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, user_id) REFERENCES users
);
CREATE INDEX sessions_by_user ON sessions (district_id, user_id);

-- Only SHA-256 hashes of tokens are kept. A refresh token that comes a second time ends its whole session.
CREATE TABLE session_tokens (
  hash bytea PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('access', 'refresh')),
  district_id uuid NOT NULL,
  session_id uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  FOREIGN KEY (district_id, session_id) REFERENCES sessions
);
CREATE INDEX session_tokens_by_session ON session_tokens (district_id, session_id);
CREATE INDEX session_tokens_by_expiry ON session_tokens (expires_at);

-- Failed logins by the name that was typed, whether or not such a person exists (unknown names answer alike).
CREATE TABLE login_failures (
  username text PRIMARY KEY,
  failures integer NOT NULL,
  first_at timestamptz NOT NULL,
  locked_until timestamptz
);

CREATE TABLE api_keys (
  district_id uuid NOT NULL REFERENCES districts,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  hash bytea NOT NULL UNIQUE,
  prefix text NOT NULL,
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['compliance:read', 'circulars:read', 'issues:read']),
  rate_per_minute integer NOT NULL CHECK (rate_per_minute > 0),
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (district_id, id),
  FOREIGN KEY (district_id, created_by) REFERENCES users
);
CREATE INDEX api_keys_by_creator ON api_keys (district_id, created_by);

-- Quota of API keys per minute, leased by processes in small slices so that the hot path stays in memory.
CREATE TABLE rate_windows (
  district_id uuid NOT NULL,
  api_key_id uuid NOT NULL,
  minute timestamptz NOT NULL,
  taken integer NOT NULL,
  PRIMARY KEY (district_id, api_key_id, minute),
  FOREIGN KEY (district_id, api_key_id) REFERENCES api_keys
);
