/** Many leads submit at the same moment: their submissions go to the database together and stay each its own. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { factsThatDiffer, recountFacts } from '#core/compliance/rebuild.js';
import { startWorld, type World } from '#testkit/world.js';
import { visitChecklist, visitHands } from './inspection-hands.js';

let world: World;
let checklistId: string;
let schools: string[];
beforeAll(async () => {
  world = await startWorld();
  checklistId = await visitChecklist(world);
  // As many schools as leads, all in the zone of the one inspector who plays them.
  const made = await world.dataSource.query(
    `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership, pupils)
     SELECT u.district_id, gen_random_uuid(), u.kind, (4000000000 + n)::text, '第' || n || '小学', u.zone_id, u.stages, u.ownership, u.pupils
     FROM units u, generate_series(1, 16) n WHERE u.id = $1 RETURNING id`,
    [world.cast.units.schoolLiu],
  );
  schools = made.map(({ id }: { id: string }) => id);
  // Each has been visited before: a first submission goes alone.
  world.setNow('2026-03-10');
  for (const school of schools) expect((await submit(await answeredVisit(school, pass()))).status).toBe(200);
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const { visit, send, fail, pass } = visitHands(
  () => world,
  () => checklistId,
);
const submit = (id: string) => world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' });
const answeredVisit = async (unitId: string, operations = fail()) => {
  const id = await visit({ unitId });
  expect((await send('wang', id, operations)).status).toBe(200);
  return id;
};
const count = async (sql: string, ...params: unknown[]): Promise<number> =>
  Number((await world.dataSource.query(`SELECT ${sql} AS n`, params))[0].n);
/** Somebody who works on rows of the database for as long as `meanwhile` takes. */
async function whileHeld<T>(sql: string, params: unknown[], meanwhile: () => Promise<T>): Promise<T> {
  const holder = new pg.Client({ connectionString: String(Reflect.get(world.dataSource.options, 'url')) });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(sql, params);
    return await meanwhile();
  } finally {
    await holder.query('COMMIT');
    await holder.end();
  }
}

test('all go through, in fewer commits than submissions, with numbers without gap or double', async () => {
  const ids = [];
  for (const school of schools) ids.push(await answeredVisit(school, ids.length % 4 === 3 ? pass() : fail()));
  const before = await count(`coalesce((SELECT value FROM counters WHERE series = 'issue'), 0)`);
  const answers = await Promise.all(ids.map(submit));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
  const numbers = answers.flatMap(({ body }) => body.issues.map((issue: { number: string }) => issue.number));
  expect([...numbers].sort()).toEqual(
    Array.from({ length: 36 }, (_, i) => `WT2026-${String(before + i + 1).padStart(5, '0')}`),
  );
  for (const [i, { body }] of answers.entries()) {
    expect(body.inspection.id).toBe(ids[i]);
    expect(body.issues.every((issue: { unit: { id: string } }) => issue.unit.id === schools[i])).toBe(true);
    // One submission's numbers follow each other, in the order of the checklist.
    expect(body.issues.map((issue: { number: string }) => issue.number)).toEqual(
      [...body.issues.map((issue: { number: string }) => issue.number)].sort(),
    );
    expect((await submit(ids[i]!)).body).toEqual(body);
  }
  expect(
    await count(
      `(SELECT count(DISTINCT xmin::text) FROM events WHERE action = 'submit' AND subject_id = ANY($1))`,
      ids,
    ),
  ).toBeLessThan(ids.length);
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});

test('a unit that somebody works on holds up its own submission alone', async () => {
  const [held, free, record] = [
    await answeredVisit(schools[0]!),
    await answeredVisit(schools[1]!),
    await answeredVisit(schools[2]!),
  ];
  let heldAnswered = false;
  const waiting = await whileHeld(
    `SELECT 1 FROM unit_facts f, inspections i WHERE f.unit_id = $1 AND i.id = $2 FOR UPDATE`,
    [schools[0], record],
    async () => {
      const late = [submit(held), submit(record)];
      for (const one of late)
        void one.then(() => {
          heldAnswered = true;
        });
      expect((await submit(free)).status).toBe(200);
      expect(heldAnswered).toBe(false);
      return late;
    },
  );
  for (const one of waiting) expect((await one).status).toBe(200);
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});

test('a school visited for the first time, whose facts somebody else is making, holds up nobody', async () => {
  const [fresh]: { id: string }[] = await world.dataSource.query(
    `INSERT INTO units (district_id, id, kind, code, name, zone_id, stages, ownership, pupils)
     SELECT district_id, gen_random_uuid(), kind, '4000000099', '新建小学', zone_id, stages, ownership, pupils FROM units WHERE id = $1
     RETURNING id`,
    [schools[0]],
  );
  const first = await answeredVisit(fresh!.id);
  const others: string[] = [];
  for (const school of schools.slice(0, 5)) others.push(await answeredVisit(school));
  const [waiting] = await whileHeld(
    `INSERT INTO unit_facts (district_id, unit_id, facts, changed_at) SELECT district_id, id, '{}', now() FROM units WHERE id = $1`,
    [fresh!.id],
    async () => {
      const late = submit(first);
      const answers = await Promise.all(others.map(submit));
      expect(answers.map(({ status }) => status)).toEqual(others.map(() => 200));
      return [late];
    },
  );
  expect((await waiting!).status).toBe(200);
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});

test('somebody who works on an earlier issue of the school holds up nobody, and the recurrence is suspected', async () => {
  const issue = (await submit(await answeredVisit(schools[7]!))).body.issues[0];
  await world.dataSource.query(
    `UPDATE issues SET status = 'closed', closed_at = '2026-03-01T00:00:00Z' WHERE id = $1`,
    [issue.id],
  );
  await recountFacts(await world.ctx('zhao'), schools[7]!);
  const id = await answeredVisit(schools[7]!);
  const answer = await whileHeld(`SELECT 1 FROM issues WHERE id = $1 FOR UPDATE`, [issue.id], () =>
    submit(id),
  );
  expect(answer.status).toBe(200);
  const suspected = await world.dataSource.query(
    `SELECT recurrence_of AS of FROM issues WHERE inspection_id = $1 AND item_code = $2`,
    [id, issue.itemCode],
  );
  expect(suspected).toEqual([{ of: issue.id }]);
});

test('one that the database refuses spoils none of those it went with, and nothing of it is kept', async () => {
  const ids = [];
  for (const school of schools.slice(0, 8)) ids.push(await answeredVisit(school));
  await world.dataSource.query(
    `CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'spoilt' USING ERRCODE = 'check_violation'; END $$;
     CREATE TRIGGER spoilt BEFORE INSERT ON issues FOR EACH ROW WHEN (NEW.inspection_id = '${ids[3]}') EXECUTE FUNCTION spoilt()`,
  );
  const answers = await Promise.all(ids.map(submit));
  expect(answers.map(({ status }) => status)).toEqual(ids.map((_, i) => (i === 3 ? 500 : 200)));
  const written = `(SELECT count(*) FROM events WHERE subject_id = $1) + (SELECT count(*) FROM issues WHERE inspection_id = $1)
    + (SELECT count(*) FROM inspections WHERE id = $1 AND status = 'submitted')`;
  const events = await count(`(SELECT count(*) FROM events WHERE subject_id = $1)`, ids[3]);
  expect(await count(written, ids[3])).toBe(events);
  await world.dataSource.query(`DROP TRIGGER spoilt ON issues`);
  expect((await submit(ids[3]!)).status).toBe(200);
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
  const gaps = await count(
    `(SELECT max(value) FROM counters WHERE series = 'issue') - (SELECT count(*) FROM issues WHERE number LIKE 'WT%')`,
  );
  expect(gaps).toBe(0);
});

test('two visits of one school submitted at the same moment both count', async () => {
  const ids = [
    await answeredVisit(schools[5]!),
    await answeredVisit(schools[5]!),
    await answeredVisit(schools[6]!),
  ];
  const answers = await Promise.all(ids.map(submit));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
});

test('what issues stand on is never deleted', async () => {
  for (const table of ['units', 'inspections', 'issues']) {
    await expect(world.dataSource.query(`DELETE FROM ${table} WHERE id = $1`, [schools[0]])).rejects.toThrow(
      /never deleted/,
    );
    await expect(world.dataSource.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never deleted/);
  }
});
