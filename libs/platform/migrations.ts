import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, QueryRunner } from 'typeorm';
import { packagePath } from './package-root.js';

export interface Migration {
  /** File name without `.sql`, e.g. `0001_directory`. */
  name: string;
  sha256: string;
  sql: string;
}

/** The database and the files of `migrations/` do not fit together. One line that says which and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Several processes may start at once: whoever holds this advisory lock migrates, the others wait and find it done. */
const LOCK = 0x64756461; // 'duda'

/** The files of `migrations/`, in the order of their numbers. */
export function migrationFiles(dir: string = packagePath('migrations')): Migration[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.sql'));
  const numbers = new Set<string>();
  return files.sort().map((file) => {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
    if (!number || numbers.has(number)) {
      throw new MigrationError(
        `数据库迁移文件名有误或编号重复：${file} (migration ${file}: name must be a unique NNNN_name.sql)`,
      );
    }
    numbers.add(number);
    const sql = readFileSync(join(dir, file), 'utf8');
    return { name: file.slice(0, -4), sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

/**
 * Brings the database to the state of `migrations/`, each file in a transaction of its own, once.
 * @returns the names applied now.
 * @throws MigrationError when an applied file has changed, or the database is newer than this program.
 */
export async function migrate(
  dataSource: DataSource,
  files: Migration[] = migrationFiles(),
): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('set statement_timeout = 0');
    await runner.query('set lock_timeout = 0');
    await runner.query('select pg_advisory_lock($1)', [LOCK]);
    try {
      return await applyPending(runner, files);
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [LOCK]);
      await runner.query('reset statement_timeout');
      await runner.query('reset lock_timeout');
    }
  } finally {
    await runner.release();
  }
}

async function applyPending(runner: QueryRunner, files: Migration[]): Promise<string[]> {
  await runner.query(
    `create table if not exists schema_migrations (
       name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp())`,
  );
  const applied: { name: string; sha256: string }[] = await runner.query(
    'select name, sha256 from schema_migrations order by name',
  );
  const pending = compare(files, applied);
  for (const file of pending) {
    await runner.startTransaction();
    try {
      await runner.query(file.sql);
      await runner.query('insert into schema_migrations (name, sha256) values ($1, $2)', [
        file.name,
        file.sha256,
      ]);
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      const why = error instanceof Error ? error.message : String(error);
      throw new MigrationError(
        `数据库迁移 ${file.name} 失败，已回滚：${why} (migration ${file.name} failed: ${why})`,
        {
          cause: error,
        },
      );
    }
  }
  return pending.map((file) => file.name);
}

/** The files not applied yet. @throws MigrationError where history and files differ */
function compare(files: Migration[], applied: { name: string; sha256: string }[]): Migration[] {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const { name, sha256 } of applied) {
    const file = known.get(name);
    if (!file) {
      throw new MigrationError(
        `数据库比本程序新：含有本程序没有的迁移 ${name}，请使用更新的版本 (the database has migration ${name}, unknown to this version)`,
      );
    }
    if (file.sha256 !== sha256) {
      throw new MigrationError(
        `迁移文件 ${name}.sql 在执行之后被改动，请恢复原文件 (migration ${name}.sql was changed after it had been applied)`,
      );
    }
  }
  const done = new Set(applied.map((one) => one.name));
  const pending = files.filter((file) => !done.has(file.name));
  const last = applied.at(-1)?.name ?? '';
  const late = pending.find((file) => file.name < last);
  if (late) {
    throw new MigrationError(
      `迁移 ${late.name} 的编号早于已执行的 ${last}，请重新编号 (migration ${late.name} is older than ${last}, already applied)`,
    );
  }
  return pending;
}

/**
 * Names of the files that this database lacks; `/readyz` is ready when there are none.
 * A database that is newer is no reason to be unready: during a rolling upgrade the old processes still serve.
 */
export async function pendingMigrations(
  dataSource: DataSource,
  files: Migration[] = migrationFiles(),
): Promise<string[]> {
  const exists: { there: boolean }[] = await dataSource.query(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (!exists[0]?.there) return files.map((file) => file.name);
  const rows: { name: string }[] = await dataSource.query('select name from schema_migrations');
  const done = new Set(rows.map((row) => row.name));
  return files.filter((file) => !done.has(file.name)).map((file) => file.name);
}
