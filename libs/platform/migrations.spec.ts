import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { emptyDatabase, type TestDatabase } from '#testkit/database.js';
import { createDataSource } from './database.js';
import { type Migration, migrate, migrationFiles, pendingMigrations } from './migrations.js';

const dir = mkdtempSync(join(tmpdir(), 'dudao-migrations-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const open: DataSource[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.destroy()));
  await database.drop();
});
async function connect(): Promise<DataSource> {
  const source = createDataSource({ databaseUrl: database.url, poolSize: 2 }, { entities: [] });
  open.push(source);
  return source.initialize();
}
function write(files: Record<string, string>): Migration[] {
  const folder = mkdtempSync(join(dir, 'set-'));
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), sql);
  return migrationFiles(folder);
}

test('files are applied once, in order, and several starting processes share the work', async () => {
  const files = write({
    '0002_more': 'insert into a values (1); insert into a values (2);',
    '0001_first': 'create table a (n int);',
  });
  const sources = await Promise.all([connect(), connect(), connect(), connect()]);
  expect(await pendingMigrations(sources[0]!, files)).toEqual(['0001_first', '0002_more']);
  const applied = await Promise.all(sources.map((source) => migrate(source, files)));
  expect(applied.flat().sort()).toEqual(['0001_first', '0002_more']);
  expect(await sources[0]!.query('select n from a order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await migrate(sources[0]!, files)).toEqual([]);
  expect(await pendingMigrations(sources[0]!, files)).toEqual([]);
});

test('a file that fails leaves nothing of itself, keeps those before it and can be applied once mended', async () => {
  const source = await connect();
  const bad = write({
    '0001_a': 'create table a (n int);',
    '0002_b': 'create table b (n int); select 1 / 0;',
  });
  await expect(migrate(source, bad)).rejects.toThrow(/^数据库迁移 0002_b 失败，已回滚：division by zero/);
  expect(
    await source.query(`select to_regclass('a') is not null as a, to_regclass('b') is not null as b`),
  ).toEqual([{ a: true, b: false }]);
  const mended = write({ '0001_a': 'create table a (n int);', '0002_b': 'create table b (n int);' });
  expect(await migrate(source, mended)).toEqual(['0002_b']);
});

test('a changed file, a newer database and a late number each stop with one line that names the migration', async () => {
  const source = await connect();
  await migrate(source, write({ '0001_a': 'select 1;', '0003_c': 'select 3;' }));
  const changed = write({ '0001_a': 'select 2;', '0003_c': 'select 3;' });
  await expect(migrate(source, changed)).rejects.toThrow(/^迁移文件 0001_a\.sql 在执行之后被改动[^\n]*$/);
  const older = write({ '0001_a': 'select 1;' });
  await expect(migrate(source, older)).rejects.toThrow(
    /^数据库比本程序新：含有本程序没有的迁移 0003_c[^\n]*$/,
  );
  expect(await pendingMigrations(source, older)).toEqual([]);
  const late = write({ '0001_a': 'select 1;', '0002_b': 'select 2;', '0003_c': 'select 3;' });
  await expect(migrate(source, late)).rejects.toThrow(/^迁移 0002_b 的编号早于已执行的 0003_c[^\n]*$/);
});

test('two files with one number are refused', () => {
  expect(() => write({ '0001_a': '', '0001_b': '' })).toThrow(/编号重复：0001_b\.sql/);
});
