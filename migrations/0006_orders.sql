-- Supervision orders (督办单): one order for one matter, numbered without gaps, kept as it was told when a person signed it.
ALTER TABLE counters
  DROP CONSTRAINT counters_series_check,
  ADD CONSTRAINT counters_series_check CHECK (series IN ('issue', 'self_check', 'notice', 'circular', 'order'));

CREATE TABLE supervision_orders (
  district_id uuid NOT NULL,
  id uuid NOT NULL,
  number text NOT NULL,
  issue_id uuid NOT NULL,
  unit_id uuid NOT NULL,
  step text NOT NULL CHECK (step IN ('supervision_order', 'interview')),
  colour text NOT NULL CHECK (colour IN ('blue', 'orange', 'red')),
  issued_on date NOT NULL,
  signed_by uuid NOT NULL,
  -- Null where the working-day calendar does not reach that far and nobody named a date.
  complete_by date,
  content jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (district_id, id),
  UNIQUE (district_id, number),
  FOREIGN KEY (district_id, issue_id) REFERENCES issues,
  FOREIGN KEY (district_id, unit_id) REFERENCES units,
  FOREIGN KEY (district_id, signed_by) REFERENCES users
);
CREATE INDEX supervision_orders_by_issue ON supervision_orders (district_id, issue_id, id);
CREATE INDEX supervision_orders_by_unit ON supervision_orders (district_id, unit_id);
CREATE INDEX supervision_orders_by_signer ON supervision_orders (district_id, signed_by);

CREATE FUNCTION supervision_orders_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signed order never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER supervision_orders_stay BEFORE UPDATE OR DELETE ON supervision_orders
  FOR EACH ROW EXECUTE FUNCTION supervision_orders_stay();
