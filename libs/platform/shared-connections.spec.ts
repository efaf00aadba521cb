import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { emptyDatabase, type TestDatabase } from '#testkit/database.js';
import { SharedConnections } from './shared-connections.js';

let database: TestDatabase;
let shared: SharedConnections;
beforeAll(async () => {
  database = await emptyDatabase();
  shared = new SharedConnections(
    { connectionString: database.url, application_name: 'shared', query_timeout: 2000 },
    2,
  );
});
afterAll(async () => {
  await shared.close();
  await database.drop();
});

const ask = async (text: string, ...values: unknown[]) => (await shared.query({ text, values })).rows[0];
const open = async (): Promise<{ pid: number }[]> => {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  const { rows } = await other.query(
    `select pid from pg_stat_activity where application_name = 'shared' and datname = current_database()`,
  );
  await other.end();
  return rows;
};

test('hundreds of statements at once are each answered their own, on two connections', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => ask('select $1::int as n', n)));
  expect(answers.map((row) => row?.n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  expect(await open()).toHaveLength(2);
});

test('one that fails spoils none of those sent with it, and leaves nothing half done', async () => {
  await ask('create table kept (n int primary key)');
  const answers = await Promise.allSettled(
    [1, 2, 2, 3].map((n) => ask('insert into kept values ($1) returning n', n)),
  );
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await ask('select array_agg(n order by n) as all from kept'))?.all).toEqual([1, 2, 3]);
});

test('a lost connection fails what was under way on it, and the next statement makes it anew', async () => {
  const slow = ask('select pg_sleep(30)').catch((error: Error) => error);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'shared' and datname = current_database()`,
  );
  await other.end();
  expect(await slow).toBeInstanceOf(Error);
  expect((await ask('select 7 as n'))?.n).toBe(7);
});

test('where PostgreSQL says nothing for too long the line is given up and the others on it are told', async () => {
  const silent = ask('select pg_sleep(30)').catch((error: Error) => error.message);
  const behind = ask('select 1').catch((error: Error) => error.message);
  expect(await silent).toMatch(/Query read timeout/);
  expect(await behind).toMatch(/timeout|terminated|ended/);
  expect((await ask('select 8 as n'))?.n).toBe(8);
});
