import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';
import { emptyDatabase, type TestDatabase } from '#testkit/database.js';
import { createDataSource, queryPrepared, snake } from './database.js';
import { listen } from './listen.js';

@Entity('things')
class Thing {
  @PrimaryColumn('int') id: number;
  @Column('date') dueOn: string;
  @Column('bigint') sizeInBytes: number;
  @Column('timestamptz') changedAt: Date;
  @Column('text') sha256: string;
}

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await emptyDatabase();
  source = await createDataSource(
    { databaseUrl: database.url, poolSize: 2 },
    { entities: [Thing] },
  ).initialize();
  await source.query(
    'create table things (id int primary key, due_on date, size_in_bytes bigint, changed_at timestamptz, sha256 text)',
  );
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

test('properties are columns in snake case and every type comes back as what it is', async () => {
  const changedAt = new Date('2026-11-20T03:04:05.678Z');
  await source
    .getRepository(Thing)
    .insert({ id: 1, dueOn: '2026-09-30', sizeInBytes: 9_007_199_254_740_991, changedAt, sha256: 'ab' });
  const thing = await source.getRepository(Thing).findOneByOrFail({ dueOn: '2026-09-30' });
  expect(thing).toEqual({
    id: 1,
    dueOn: '2026-09-30',
    sizeInBytes: 9_007_199_254_740_991,
    changedAt,
    sha256: 'ab',
  });
  const [row] = await source.query(
    `select due_on, size_in_bytes, count(*) over () as n, 1.25::numeric as rate,
            array[due_on] as days, array[5::bigint] as sizes, array[0.5] as rates from things`,
  );
  expect(row).toEqual({
    due_on: '2026-09-30',
    size_in_bytes: 9_007_199_254_740_991,
    n: 1,
    rate: 1.25,
    days: ['2026-09-30'],
    sizes: [5],
    rates: [0.5],
  });
});

test('an instant comes back to the millisecond, whatever its form', async () => {
  const texts = [
    '2026-11-20 03:04:05.678999+00',
    '2026-11-20 11:04:05+08',
    '1969-12-31 23:59:59.5+00',
    '12026-01-01 00:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '2026-11-20 03:04:05.6+00',
    '0001-01-01 00:00:00.000001+00',
  ];
  const [row] = await source.query(
    `select ${texts.map((text, i) => `timestamptz '${text}' as t${i}`).join(', ')}, timestamptz 'infinity' as ever`,
  );
  expect(texts.map((_, i) => row[`t${i}`].toISOString())).toEqual([
    '2026-11-20T03:04:05.678Z',
    '2026-11-20T03:04:05.000Z',
    '1969-12-31T23:59:59.500Z',
    '+012026-01-01T00:00:00.000Z',
    '-000043-03-15T12:00:00.000Z',
    '2026-11-20T03:04:05.600Z',
    '0001-01-01T00:00:00.000Z',
  ]);
  for (const [i] of texts.entries()) expect(row[`t${i}`].toJSON()).toBe(row[`t${i}`].toISOString());
  const moved: Date = row.t0;
  moved.setUTCFullYear(2027);
  expect(JSON.stringify(moved)).toBe('"2027-11-20T03:04:05.678Z"');
  expect(row.ever).toBe(Number.POSITIVE_INFINITY);
});

test('a number that JavaScript cannot hold exactly is an error, never a near miss', async () => {
  await expect(source.query('select 9007199254740993::bigint as n')).rejects.toThrow(/9007199254740993/);
});

test('names turn into snake case', () => {
  expect(['districtId', 'officeOverdue', 'sha256', 'returnCount2'].map(snake)).toEqual([
    'district_id',
    'office_overdue',
    'sha256',
    'return_count2',
  ]);
});

test('a listener hears, reconnects by itself, and says when it is deaf and when it hears again', async () => {
  const heard: string[] = [];
  const live: boolean[] = [];
  const listener = await listen(
    { databaseUrl: database.url },
    ['district_status', 'permissions'],
    (channel, payload) => heard.push(`${channel}:${payload}`),
    (again) => live.push(again),
  );
  await source.query(`select pg_notify('district_status', 'a'), pg_notify('elsewhere', 'x')`);
  await until(() => heard.length === 1);
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'dudao-listen' and datname = current_database()`;
  await source.query(cut);
  await until(() => live.length === 2);
  expect(live).toEqual([false, true]);
  await source.query(`select pg_notify('permissions', 'b')`);
  await until(() => heard.length === 2);
  expect(heard).toEqual(['district_status:a', 'permissions:b']);
  await listener.close();
  // A session ends a moment after its client has said good-bye.
  const open = `select count(*) as n from pg_stat_activity
                 where application_name = 'dudao-listen' and datname = current_database()`;
  await until(async () => (await source.query(open))[0].n === 0);
  expect(live).toEqual([false, true]);
});

test('without a database the message says what to set', () => {
  expect(() => createDataSource({ databaseUrl: undefined, poolSize: 1 }, { entities: [] })).toThrow(
    /DATABASE_URL/,
  );
});

test('a statement that runs too long is cancelled by PostgreSQL', async () => {
  const hasty = createDataSource(
    { databaseUrl: database.url, poolSize: 1 },
    { entities: [], statementTimeout: 50 },
  );
  await hasty.initialize();
  await expect(hasty.query('select pg_sleep(20)')).rejects.toThrow(/statement timeout/);
  await hasty.destroy();
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('pg itself keeps its own types: ours do not leak into other users of the driver', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  expect((await client.query('select 5::bigint as n')).rows).toEqual([{ n: '5' }]);
  await client.end();
});

test('a transaction, begun with its first statement, is one: all of it or nothing', async () => {
  const insert = (id: number) => `insert into things (id) values (${id})`;
  await source.transaction(async (em) => {
    const first: [{ id: string }] = await em.query('select pg_current_xact_id()::text as id');
    const second = await queryPrepared<{ id: string }>(em, 'select pg_current_xact_id()::text as id', []);
    expect(second).toEqual(first);
    await em.query(insert(101));
  });
  await expect(
    source.transaction(async (em) => {
      await em.query(insert(102));
      await em.query(insert(101));
    }),
  ).rejects.toThrow(/duplicate key/);
  await expect(
    source.transaction(async (em) => {
      await queryPrepared(em, 'insert into things (id) values ($1)', [103]);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(await source.transaction(async () => 'asks nothing')).toBe('asks nothing');
  expect(await source.query('select id from things where id > 100')).toEqual([{ id: 101 }]);
});

test('a connection that dies before the first statement of a transaction fails that statement, and only that', async () => {
  const runner = source.createQueryRunner();
  const [{ pid }]: [{ pid: number }] = await runner.query('select pg_backend_pid() as pid');
  await runner.startTransaction();
  await source.query('select pg_terminate_backend($1)', [pid]);
  await expect(
    (async () => {
      for (;;) await runner.query('select 1');
    })(),
  ).rejects.toThrow(/terminat|already released|ECONNRESET/i);
  await runner.release();
  expect(await source.query('select 1 as one')).toEqual([{ one: 1 }]);
});
