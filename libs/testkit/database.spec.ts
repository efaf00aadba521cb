import { expect, test } from '@jest/globals';
import pg from 'pg';
import { migrationFiles } from '#platform/migrations.js';
import { freshDatabase } from './database.js';

test('each test file gets a migrated database of its own and leaves nothing behind', async () => {
  const one = await freshDatabase();
  const two = await freshDatabase();
  expect(one.url).not.toBe(two.url);
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  // drop() cuts this connection on purpose.
  client.on('error', () => undefined);
  const applied = await client.query('select name from schema_migrations order by name');
  expect(applied.rows.map((row) => row.name)).toEqual(migrationFiles().map((file) => file.name));
  await Promise.all([one.drop(), two.drop()]);
  await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow(/does not exist/);
});
