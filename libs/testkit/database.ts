import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** Connection string of a migrated, otherwise empty database of the caller's own. */
  url: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** A migrated database for one test file: a copy of the run's template. */
export async function freshDatabase(): Promise<TestDatabase> {
  return makeDatabase('template dudao_template');
}

/** A database with nothing in it, not even the tables: for tests of migrations and of restoring. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('');
}

/** The run's real Redis. Use a key prefix of your own: other test files share it. */
export function redisUrl(): string {
  return given('DUDAO_TEST_REDIS');
}

async function makeDatabase(how: string): Promise<TestDatabase> {
  const server = given('DUDAO_TEST_DATABASE');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(server, `create database ${name} ${how}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(server, `drop database if exists ${name} with (force)`) };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function given(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests with npm test, whose global setup starts the servers`);
  return value;
}
