/** Baseline of P1: the least that writes the same rows. Fastify, pg, one statement that also counts the numbers. */
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
await pool.query(`
  CREATE TABLE bare_counter (district uuid, year int, value int, PRIMARY KEY (district, year));
  CREATE TABLE bare_inspection (district uuid, id uuid DEFAULT gen_random_uuid(), unit uuid, answers jsonb, submitted_at timestamptz, PRIMARY KEY (district, id));
  CREATE TABLE bare_issue (district uuid, id uuid DEFAULT gen_random_uuid(), number text, unit uuid, category text, finding text, severity text, status text, at timestamptz, PRIMARY KEY (district, id), UNIQUE (district, number));
  CREATE INDEX ON bare_issue (district, unit, id); CREATE INDEX ON bare_issue (district, status, id);
  CREATE TABLE bare_event (district uuid, id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, subject uuid, action text, data jsonb, PRIMARY KEY (district, id));
  CREATE TABLE bare_status (district uuid, unit uuid, facts jsonb, PRIMARY KEY (district, unit));`);
const answers = JSON.stringify(
  Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `SJ-ZY-${i}`,
      {
        verdict: i < 5 ? 'non_compliant' : 'compliant',
        note: '抽查三个班，两个班未落实',
        answeredAt: '2026-11-20T03:04:05.678Z',
        answeredBy: '0192f3a0-0000-7000-8000-000000000001',
        revision: 1,
      },
    ]),
  ),
);
const SUBMIT = {
  name: 'submit',
  text: `WITH i AS (INSERT INTO bare_inspection (district, unit, answers, submitted_at) VALUES ($1, $2, $3, now()) RETURNING id),
    s AS (INSERT INTO bare_status VALUES ($1, $2, '{"open": 5}') ON CONFLICT (district, unit) DO UPDATE SET facts = jsonb_build_object('open', (bare_status.facts->>'open')::int + 5)),
    c AS (INSERT INTO bare_counter VALUES ($1, 2026, 5) ON CONFLICT (district, year) DO UPDATE SET value = bare_counter.value + 5 RETURNING value),
    q AS (INSERT INTO bare_issue (district, number, unit, category, finding, severity, status, at)
      SELECT $1, 'WT2026-' || (c.value - n), $2, '作业管理', '抽查三个班，两个班未落实', 'major', 'registered', now() FROM c, generate_series(0, 4) n RETURNING id, number)
    , e AS (INSERT INTO bare_event (district, at, subject, action, data) SELECT $1, now(), q.id, 'register', jsonb_build_object('number', q.number) FROM q UNION ALL SELECT $1, now(), i.id, 'submit', '{}' FROM i)
    SELECT (SELECT id FROM i) AS id, (SELECT json_agg(q) FROM q) AS issues`,
};

const app = Fastify();
app.get('/ready', async () => ({}));
app.post<{ Body: { district: string; unit: string } }>('/submit', async (request) => {
  const { rows } = await pool.query({
    ...SUBMIT,
    values: [request.body.district, request.body.unit, answers],
  });
  return rows[0];
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
