import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import {
  BackupError,
  type BackupTable,
  fingerprint,
  type Manifest,
  meter,
  type StoredFile,
} from './backup-format.js';
import type { FileStore } from './file-store.js';
import { connectClient } from './start.js';

export interface BackupSource {
  databaseUrl: string;
  files: FileStore;
  /** The folder of the files, where they lie in one: a backup in there would be copied into itself. */
  filesFolder?: string;
  auditKey: Buffer;
  /** Put the key into the backup: only where it lies in DATA_DIR anyway. */
  includeKey: boolean;
  /** Keys of the files that the database promises; a backup without one of them is none. */
  promisedFiles(ask: Ask): Promise<string[]>;
  /** Told of promised files that are gone for good, if any, where the operator wants a backup of what is left; else it is refused. */
  acceptMissing?: (keys: string[]) => void;
  /** Whether the key has nothing to do with the history in the database. */
  isForeignKey(ask: Ask, auditKey: Buffer, files: () => Promise<FileStore>): Promise<boolean>;
}

/** A query on the connection that holds the backup's snapshot. */
// biome-ignore lint/suspicious/noExplicitAny: rows are what the asker's SQL makes them
type Ask = (sql: string) => Promise<any[]>;

/**
 * Files that are written over as the history grows: the newest seal of each district. They are copied before the
 * snapshot, because one that is ahead of the restored tables would say that the history had been cut.
 */
const HEADS = 'audit/';

/**
 * A consistent backup of a running installation: all tables in one snapshot, then the stored files, of which none
 * that the snapshot names can be missing because files are stored before they are named.
 * Works with any PostgreSQL that the application works with; needs no programs of PostgreSQL's. One that fails leaves nothing.
 * @throws BackupError when the target is in use, a promised file is missing, or the key is not the one of the history
 */
export async function backup(source: BackupSource, target: string): Promise<Manifest> {
  await claim(target, source.filesFolder);
  try {
    const client = await connectClient(source.databaseUrl, 'dudao-backup');
    try {
      return await copyEverything(client, source, target);
    } finally {
      await client.end();
    }
  } catch (error) {
    // The folder was empty: all that is in it is half a backup, which nobody shall take for one.
    for (const name of await readdir(target)) {
      if (name !== CLAIM) await rm(join(target, name), { recursive: true });
    }
    throw error;
  } finally {
    await rm(join(target, CLAIM), { force: true });
  }
}

/** Stands in the folder while a backup is written: whoever makes it has the folder to itself. */
const CLAIM = '.being-written';

async function claim(target: string, filesFolder: string | undefined): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  const store = filesFolder && (await realpath(filesFolder).catch(() => undefined));
  if (store && `${await realpath(target)}${sep}`.startsWith(`${store}${sep}`)) {
    throw new BackupError(
      `备份目录 ${target} 在附件存储之内，请换一个目录 (the target lies within the file store)`,
    );
  }
  await writeFile(join(target, CLAIM), '', { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
    throw new BackupError(
      `备份目录 ${target} 正由另一个备份写入，或留有中断的备份，请换一个目录 (another backup is written there, or was cut off)`,
    );
  });
  if ((await readdir(target)).length === 1) return;
  await rm(join(target, CLAIM));
  throw new BackupError(`备份目录 ${target} 不是空的，请换一个目录 (the target is not empty)`);
}

async function copyEverything(client: pg.Client, source: BackupSource, target: string): Promise<Manifest> {
  const ask: Ask = async (sql) => (await client.query(sql)).rows;
  const heads = await copyFiles(source.files, HEADS, () => true, target);
  // Large tables are otherwise read from wherever another reader is: rows shall come in the order they lie.
  await client.query('set synchronize_seqscans = off');
  await client.query('begin isolation level repeatable read read only');
  const migrations = await migrationsOf(client);
  if (await source.isForeignKey(ask, source.auditKey, async () => source.files)) throw otherKey();
  const promised = await source.promisedFiles(ask);
  const tables: BackupTable[] = [];
  for (const { name, columns } of await tablesOf(client)) {
    tables.push(await copyTable(client, name, columns, join(target, 'tables', `${name}.copy.gz`)));
  }
  // A sequence does not belong to the snapshot: read after the rows, it is never behind them.
  const sequences = await sequencesOf(client);
  const version: { server_version: string }[] = (await client.query('show server_version')).rows;
  await client.query('commit');
  const others = await copyFiles(source.files, '', (key) => !key.startsWith(HEADS), target);
  const missing = await missingOf(promised, others, () => source.promisedFiles(ask));
  if (missing.length > 0) (source.acceptMissing ?? refuseMissing)(missing);
  const files = await writeList([...heads, ...others], join(target, 'files.jsonl'));
  if (source.includeKey)
    await writeFile(join(target, 'audit-key'), source.auditKey.toString('hex'), { mode: 0o600 });
  const manifest: Manifest = {
    format: 1,
    createdAt: new Date().toISOString(),
    postgres: version[0]?.server_version ?? '',
    migrations,
    tables,
    sequences,
    files,
    missing,
    auditKey: { fingerprint: fingerprint(source.auditKey), included: source.includeKey },
  };
  await writeDurably(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** What is promised no more was replaced or ran out while the backup was made: that is no loss. */
async function missingOf(
  promised: string[],
  copied: StoredFile[],
  promisedNow: () => Promise<string[]>,
): Promise<string[]> {
  const there = new Set(copied.map(({ key }) => key));
  const missing = promised.filter((key) => !there.has(key));
  if (missing.length === 0) return [];
  const stillPromised = new Set(await promisedNow());
  return missing.filter((key) => stillPromised.has(key));
}

const otherKey = () =>
  new BackupError(
    '密钥与库中的历史记录不符，未备份：请检查 DATA_DIR、AUDIT_KEY 是否属于这个数据库 (the audit key has nothing to do with the history: check DATA_DIR and AUDIT_KEY)',
  );

function refuseMissing(lost: string[]): void {
  throw new BackupError(
    `数据库所列的文件缺少 ${lost.length} 个（如 ${lost[0]}），未备份：请检查 DATA_DIR 或 S3_* 是否属于这个数据库 (${lost.length} files that the database names are missing from the store)`,
  );
}

async function migrationsOf(client: pg.Client): Promise<Manifest['migrations']> {
  try {
    return (await client.query('select name, sha256 from schema_migrations order by name')).rows;
  } catch {
    throw new BackupError('这个数据库里没有督导平台的数据 (this is not a database of this program)');
  }
}

/** Every table with the columns that have values of their own; a partitioned table counts once, as a whole. */
export async function tablesOf(client: pg.Client): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and c.relname <> 'schema_migrations'
      group by c.relname order by c.relname`,
  );
  return rows;
}

async function sequencesOf(client: pg.Client): Promise<Manifest['sequences']> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
      where relkind = 'S' and relnamespace = current_schema()::regnamespace order by 1`,
  );
  const found: Manifest['sequences'] = [];
  for (const { name } of rows) {
    const state = await client.query(`select last_value, is_called from ${pg.escapeIdentifier(name)}`);
    found.push({ name, value: Number(state.rows[0].last_value), called: state.rows[0].is_called });
  }
  return found;
}

async function copyTable(
  client: pg.Client,
  name: string,
  columns: string[],
  path: string,
): Promise<BackupTable> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // A query, not the table: that is how COPY reads a partitioned one as well.
  const rows = client.query(copyTo(`copy (select ${list} from ${pg.escapeIdentifier(name)}) to stdout`));
  const measured = meter();
  const out = createWriteStream(path, { mode: 0o600, flush: true });
  // Rows of ids and text shrink well at the lowest level; higher ones only cost time.
  await pipeline(rows, createGzip({ level: 1 }), measured.stream, out);
  return { name, columns, rows: rows.rowCount, bytes: measured.bytes(), sha256: measured.sha256() };
}

async function copyFiles(
  store: FileStore,
  prefix: string,
  wanted: (key: string) => boolean,
  target: string,
): Promise<StoredFile[]> {
  const copied: StoredFile[] = [];
  for await (const { key } of store.list(prefix)) {
    if (!wanted(key)) continue;
    const content = await store.get(key);
    if (!content) continue; // removed since it was listed: nothing in the snapshot needs it
    const path = join(target, 'files', key);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const measured = meter();
    await pipeline(content, measured.stream, createWriteStream(path, { mode: 0o600, flush: true }));
    copied.push({ key, size: measured.bytes(), sha256: measured.sha256() });
  }
  return copied;
}

async function writeList(files: StoredFile[], path: string): Promise<Manifest['files']> {
  const listed = meter();
  const lines = files.map((file) => `${JSON.stringify(file)}\n`);
  await pipeline(Readable.from(lines), listed.stream, createWriteStream(path, { mode: 0o600, flush: true }));
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return { count: files.length, bytes, sha256: listed.sha256() };
}

async function writeDurably(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flush: true });
  const folder = await open(dirname(path));
  await folder.sync();
  await folder.close();
}
