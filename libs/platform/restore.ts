import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BackupError, type BackupTable, fileHash, type Manifest, type StoredFile } from './backup-format.js';
import { type FileStore, fileBody } from './file-store.js';
import { type Migration, migrationFiles } from './migrations.js';
import { connectClient } from './start.js';

export interface RestoreTarget {
  databaseUrl: string;
  files: FileStore;
  /** Called when everything is loaded and nothing is final yet, e.g. to put the key of the history into place. */
  beforeCommit?: () => Promise<void>;
}

/** The manifest of a backup. @throws BackupError where there is none of ours */
export async function readManifest(from: string): Promise<Manifest> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8'));
  } catch {
    throw new BackupError(`${from} 中没有完整的备份：缺少 manifest.json (no finished backup there)`);
  }
  if (manifest.format === 1) return manifest;
  throw new BackupError('备份由更新的版本生成，请使用新版本恢复 (the backup was made by a newer version)');
}

/**
 * Fills an empty database and an empty file store from a backup: first every byte is checked against the manifest,
 * then everything is loaded in one transaction, so that it is there whole or not at all.
 * A backup of an older version is loaded as it was; the next start applies the newer migrations.
 * @throws BackupError when the target is not empty, the backup is damaged or newer than this program
 */
export async function restore(target: RestoreTarget, from: string): Promise<Manifest> {
  const manifest = await readManifest(from);
  const migrations = knownMigrations(manifest);
  await checkBackup(manifest, from);
  await refuseFiles(target.files, from);
  const client = await connectClient(target.databaseUrl, 'dudao-restore');
  try {
    await client.query('begin');
    await refuseTables(client);
    await applyMigrations(client, migrations);
    await load(client, manifest, from);
    for await (const file of storedFiles(from)) {
      await target.files.put(file.key, await fileBody(join(from, 'files', file.key)));
    }
    await target.beforeCommit?.();
    await client.query('commit');
    await client.query('analyze');
  } finally {
    // Ends an unfinished transaction too: nothing of it stays.
    await client.end();
  }
  return manifest;
}

function knownMigrations(manifest: Manifest): Migration[] {
  const files = migrationFiles();
  return manifest.migrations.map(({ name, sha256 }, at) => {
    const file = files[at];
    if (file?.name === name && file.sha256 === sha256) return file;
    throw new BackupError(
      `备份含有本程序没有的迁移 ${name}，请用生成备份的版本或更新的版本恢复 (migration ${name} of the backup is unknown here)`,
    );
  });
}

async function checkBackup(manifest: Manifest, from: string): Promise<void> {
  const damaged = (what: string) =>
    new BackupError(`备份已损坏：${what} 与清单不符 (the backup is damaged: ${what})`);
  const hashOf = (path: string) => fileHash(join(from, path)).catch(() => '');
  for (const table of manifest.tables) {
    const path = `tables/${table.name}.copy.gz`;
    if ((await hashOf(path)) !== table.sha256) throw damaged(path);
  }
  if ((await hashOf('files.jsonl')) !== manifest.files.sha256) throw damaged('files.jsonl');
  for await (const file of storedFiles(from)) {
    if ((await hashOf(`files/${file.key}`)) !== file.sha256) throw damaged(`files/${file.key}`);
  }
}

async function* storedFiles(from: string): AsyncIterable<StoredFile> {
  const lines = createInterface({ input: createReadStream(join(from, 'files.jsonl')) });
  for await (const line of lines) yield JSON.parse(line);
}

/** Files of this very backup are what an earlier try left behind; any other means that the store is in use. */
async function refuseFiles(store: FileStore, from: string): Promise<void> {
  const sizes = new Map<string, number>();
  for await (const file of storedFiles(from)) sizes.set(file.key, file.size);
  for await (const { key, size } of store.list('')) {
    if (sizes.get(key) === size) continue;
    throw new BackupError(
      `附件存储不是空的（已有 ${key}），恢复只能写入空的存储 (the file store is not empty)`,
    );
  }
}

async function refuseTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') limit 1`,
  );
  if (rows.length === 0) return;
  throw new BackupError(
    `目标数据库不是空的（已有表 ${rows[0].relname}），恢复只能写入空的数据库 (the database is not empty)`,
  );
}

async function applyMigrations(client: pg.Client, files: Migration[]): Promise<void> {
  await client.query(
    `create table schema_migrations (
       name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp())`,
  );
  for (const file of files) {
    await client.query(file.sql);
    await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [
      file.name,
      file.sha256,
    ]);
  }
}

/**
 * Loads all rows with triggers and foreign keys out of the way: the rows are those that passed them once, the
 * history's guards forbid exactly what this has to do, and tables refer to each other in circles. The keys are put
 * back by checking every row. Needs only the owner's rights, so it works on a database somebody else administers.
 */
async function load(client: pg.Client, manifest: Manifest, from: string): Promise<void> {
  const keys = await foreignKeys(client);
  for (const key of keys) await client.query(`alter table ${key.table} drop constraint ${key.name}`);
  const triggers = await userTriggers(client);
  for (const { table, name } of triggers) await client.query(`alter table ${table} disable trigger ${name}`);
  for (const table of manifest.tables) {
    // Rows that a migration brought along are in the backup too, perhaps changed since.
    await client.query(`delete from ${pg.escapeIdentifier(table.name)}`);
    await loadTable(client, table, join(from, 'tables', `${table.name}.copy.gz`));
  }
  for (const { name, value, called } of manifest.sequences) {
    await client.query('select setval($1, $2, $3)', [pg.escapeIdentifier(name), value, called]);
  }
  for (const { table, name, enable } of triggers)
    await client.query(`alter table ${table} ${enable} trigger ${name}`);
  for (const key of keys)
    await client.query(`alter table ${key.table} add constraint ${key.name} ${key.definition}`);
}

async function loadTable(client: pg.Client, table: BackupTable, path: string): Promise<void> {
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const rows = client.query(copyFrom(`copy ${pg.escapeIdentifier(table.name)} (${columns}) from stdin`));
  await pipeline(createReadStream(path), createGunzip(), rows);
  if (rows.rowCount === table.rows) return;
  throw new BackupError(
    `表 ${table.name} 应有 ${table.rows} 行，实际载入 ${rows.rowCount} 行 (row count of ${table.name} differs)`,
  );
}

async function foreignKeys(
  client: pg.Client,
): Promise<{ table: string; name: string; definition: string }[]> {
  const { rows } = await client.query(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
       from pg_constraint
      where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace
      order by 1, 2`,
  );
  return rows;
}

async function userTriggers(client: pg.Client): Promise<{ table: string; name: string; enable: string }[]> {
  const { rows } = await client.query(
    `select tgrelid::regclass::text as table, quote_ident(tgname) as name,
            case tgenabled when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end as enable
       from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where not tgisinternal and tgparentid = 0 and tgenabled <> 'D' and c.relnamespace = current_schema()::regnamespace
      order by 1, 2`,
  );
  return rows;
}
