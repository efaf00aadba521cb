import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { promisedFiles } from '#core/foundation/stored-files.js';
import { sealMac } from '#core/history/digest.js';
import { isForeignKey } from '#core/history/own-key.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '#testkit/database.js';
import { backup, tablesOf } from './backup.js';
import { fingerprint, type Manifest } from './backup-format.js';
import { type FileStore, readWhole } from './files.js';
import { localFiles } from './local-files.js';
import { restore } from './restore.js';

const base = mkdtempSync(join(tmpdir(), 'dudao-backup-'));
const key = Buffer.alloc(32, 1);
const knows = { promisedFiles, isForeignKey };
const databases: TestDatabase[] = [];
let url: string;
let files: FileStore;
beforeEach(async () => {
  const source = await freshDatabase();
  databases.push(source);
  url = source.url;
  files = localFiles(mkdtempSync(join(base, 'files-')));
  await fill(url);
  for (const name of ['one', 'two']) await files.put(`attachments/${name}`, Buffer.from(`bytes of ${name}`));
});
afterEach(async () => {
  for (const one of databases.splice(0)) await one.drop();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function ask<T>(at: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: at });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const query = (at: string, sql: string) => ask(at, async (client) => (await client.query(sql)).rows);

/** A district with a history (guarded by triggers), tables that refer to each other, every kind of text, sequences. */
async function fill(at: string): Promise<void> {
  await query(
    at,
    `insert into districts (id, code, name, demo, settings)
       values ('00000000-0000-7000-8000-000000000001', '330199', '示范区', true, '{"a": "引号\\" 与 \\\\ 反斜杠"}');
     insert into zones (district_id, id, code, name)
       select d.id, gen_random_uuid(), 'Z' || n, '第' || n || '责任区' from districts d, generate_series(1, 3) n;
     insert into units (district_id, id, kind, code, name, zone_id, stages)
       select z.district_id, gen_random_uuid(), 'school', '33010000' || right(z.code, 1) || '0',
              E'一小\\t制表\\n换行\\\\N', z.id, '{primary}' from zones z;
     update units set zone_id = (select id from zones order by code desc limit 1);
     insert into events (district_id, at, actor_name, subject_type, subject_id, action, data)
       select id, now(), '王督学', 'issue', gen_random_uuid(), 'register', jsonb_build_object('n', n)
         from districts, generate_series(1, 500) n;
     select nextval('unit_facts_change_seq') from generate_series(1, 7)`,
  );
}

/** Rows and a digest of the content of every table, and the state of every sequence. */
async function contents(at: string): Promise<Record<string, string>> {
  return ask(at, async (client) => {
    const found: Record<string, string> = {};
    for (const { name } of [...(await tablesOf(client)), { name: 'schema_migrations' }]) {
      const column = name === 'schema_migrations' ? '(t.name, t.sha256)' : 't';
      const { rows } = await client.query(
        `select count(*) as n, md5(string_agg(md5(${column}::text), '' order by md5(${column}::text))) as digest
           from ${pg.escapeIdentifier(name)} t`,
      );
      found[name] = `${rows[0].n} rows ${rows[0].digest}`;
    }
    const sequences = await client.query(
      `select sequencename as name, last_value as value from pg_sequences`,
    );
    for (const { name, value } of sequences.rows) found[name] = `at ${value}`;
    return found;
  });
}

/** The guards of the database: what restoring takes away for a moment must be back. */
const guards = (at: string) =>
  query(
    at,
    `select tgrelid::regclass::text as table, tgname as name, tgenabled::text as state from pg_trigger where not tgisinternal
     union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated from pg_constraint
     order by 1, 2`,
  );

async function save(): Promise<{ dir: string; manifest: Manifest }> {
  const dir = join(mkdtempSync(join(base, 'backup-')), 'b');
  return {
    dir,
    manifest: await backup({ databaseUrl: url, files, auditKey: key, includeKey: false, ...knows }, dir),
  };
}
async function emptyTarget() {
  const database = await emptyDatabase();
  databases.push(database);
  return { databaseUrl: database.url, files: localFiles(mkdtempSync(join(base, 'restored-'))) };
}

test('backup, empty machine, restore: no table, sequence, guard or file differs', async () => {
  const { dir, manifest } = await save();
  const target = await emptyTarget();
  await restore(target, dir);
  const [before, after] = [await contents(url), await contents(target.databaseUrl)];
  const differing = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  console.info(
    `R13: ${Object.keys(before).length} tables and sequences compared, ${differing.length} differences`,
  );
  expect(differing).toEqual([]);
  expect(before['events']).toMatch(/^500 rows/);
  expect(await guards(target.databaseUrl)).toEqual(await guards(url));
  expect(manifest.files).toMatchObject({ count: 2, bytes: 24 });
  for (const name of ['one', 'two']) {
    expect(String(await readWhole((await target.files.get(`attachments/${name}`))!))).toBe(
      `bytes of ${name}`,
    );
  }
  // Numbering goes on where it stopped, and the history is guarded again.
  const [{ next }] = await query(target.databaseUrl, `select nextval('unit_facts_change_seq')::int as next`);
  expect(next).toBe(8);
  await expect(query(target.databaseUrl, 'delete from events')).rejects.toThrow(/never edited or deleted/);
});

test('what is written while the backup runs does not tear it', async () => {
  let stop = false;
  const writer = ask(url, async (client) => {
    while (!stop) {
      await client.query(
        `with z as (insert into zones (district_id, id, code, name)
                    select id, gen_random_uuid(), gen_random_uuid()::text, 'neu' from districts returning *)
         insert into units (district_id, id, kind, code, name, zone_id)
         select district_id, gen_random_uuid(), 'department', code, name, id from z`,
      );
    }
  });
  const { dir } = await save();
  stop = true;
  await writer;
  const target = await emptyTarget();
  await restore(target, dir);
  const counts = await query(
    target.databaseUrl,
    `select (select count(*)::int from zones) - 3 as zones, (select count(*)::int from units) - 3 as units`,
  );
  expect(counts[0].units).toBe(counts[0].zones);
});

test('the newest seal outside the database is never ahead of the tables that are restored with it', async () => {
  await files.put('audit/heads/d.json', Buffer.from('1'));
  // The history goes on while the backup runs: whoever reads the other files has been overtaken.
  const growing: FileStore = {
    ...files,
    list: async function* (prefix) {
      yield* files.list(prefix);
      await files.put('audit/heads/d.json', Buffer.from('2'));
    },
  };
  const dir = join(base, 'growing');
  const manifest = await backup(
    { databaseUrl: url, files: growing, auditKey: key, includeKey: false, ...knows },
    dir,
  );
  expect(readFileSync(join(dir, 'files', 'audit/heads/d.json'), 'utf8')).toBe('1');
  expect(manifest.files.count).toBe(3);
});

test('a database or a file store that is in use is not touched', async () => {
  const { dir } = await save();
  const before = await contents(url);
  const target = await emptyTarget();
  await expect(restore({ databaseUrl: url, files: target.files }, dir)).rejects.toThrow(
    /^目标数据库不是空的[^\n]*$/,
  );
  expect(await contents(url)).toEqual(before);
  await target.files.put('attachments/other', Buffer.from('x'));
  await expect(restore(target, dir)).rejects.toThrow(/^附件存储不是空的（已有 attachments\/other）[^\n]*$/);
});

test('a damaged backup is refused before anything is written', async () => {
  for (const part of ['tables/events.copy.gz', 'files/attachments/one', 'files.jsonl']) {
    const { dir } = await save();
    appendFileSync(join(dir, part), 'x');
    const target = await emptyTarget();
    await expect(restore(target, dir)).rejects.toThrow(`备份已损坏：${part}`);
    expect(await contents(target.databaseUrl).catch(() => 'no tables')).toBe('no tables');
  }
});

test('a restore that fails half-way leaves nothing and can be tried again', async () => {
  const { dir } = await save();
  const target = await emptyTarget();
  const dies = async () => {
    throw new Error('power cut');
  };
  await expect(restore({ ...target, beforeCommit: dies }, dir)).rejects.toThrow('power cut');
  await restore(target, dir);
  expect(await contents(target.databaseUrl)).toEqual(await contents(url));
});

test('an unfinished backup, a newer one and an occupied folder are each refused with one line', async () => {
  const { dir, manifest } = await save();
  await expect(
    backup({ databaseUrl: url, files, auditKey: key, includeKey: false, ...knows }, dir),
  ).rejects.toThrow(/不是空的/);
  const newer = { ...manifest, migrations: [...manifest.migrations, { name: '9999_later', sha256: '' }] };
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(newer));
  await expect(restore(await emptyTarget(), dir)).rejects.toThrow(
    /^备份含有本程序没有的迁移 9999_later[^\n]*$/,
  );
  rmSync(join(dir, 'manifest.json'));
  await expect(restore(await emptyTarget(), dir)).rejects.toThrow(/缺少 manifest\.json/);
});

test('the key of the history is named by its fingerprint and enters the backup only when asked', async () => {
  const { dir, manifest } = await save();
  expect(manifest.auditKey).toEqual({ fingerprint: fingerprint(key), included: false });
  expect(readdirSync(dir)).not.toContain('audit-key');
  const other = join(base, 'with-key');
  await backup({ databaseUrl: url, files, auditKey: key, includeKey: true, ...knows }, other);
  expect(readFileSync(join(other, 'audit-key'), 'utf8')).toBe(key.toString('hex'));
});

const SHA = 'ab'.repeat(32);
const district = '00000000-0000-7000-8000-000000000001';
const saveInto = (dir: string, from: FileStore, auditKey = key) =>
  backup({ databaseUrl: url, files: from, auditKey, includeKey: true, ...knows }, dir);

test('a file that the database promises and the store has not ends the backup, and nothing of it is left', async () => {
  await query(
    url,
    `insert into attachments (district_id, sha256, media_type, size, stored_at) values ('${district}', '${SHA}', 'application/pdf', 5, now())`,
  );
  const dir = join(base, 'incomplete');
  const refused = await saveInto(dir, files).catch((error: unknown) => error);
  expect(String(refused)).toMatch(/^BackupError: 数据库所列的文件缺少 1 个（如 attachments\/ab\/abab[^\n]+$/);
  expect(readdirSync(dir)).toEqual([]);
  const named: string[] = [];
  const left = join(base, 'what-is-left');
  const { missing } = await backup(
    {
      databaseUrl: url,
      files,
      auditKey: key,
      includeKey: true,
      ...knows,
      acceptMissing: (keys) => named.push(...keys),
    },
    left,
  );
  expect(named).toEqual([`attachments/ab/${SHA}`]);
  // Whoever restores it shall read of it too.
  expect(missing).toEqual(named);
  expect((await restore(await emptyTarget(), left)).missing).toEqual(named);
  await files.put(`attachments/ab/${SHA}`, Buffer.from('bytes'));
  expect((await saveInto(dir, files)).files.count).toBe(3);
});

test('two backups into one folder at once: one of them is made and whole, the other is refused and takes nothing away', async () => {
  const dir = join(base, 'shared');
  const both = await Promise.allSettled([saveInto(dir, files), saveInto(dir, files)]);
  const refused = both.filter((one) => one.status === 'rejected').map((one) => String(one.reason));
  expect(refused).toEqual([expect.stringMatching(/^BackupError: 备份目录 .+ 正由另一个备份写入[^\n]+$/)]);
  await restore(await emptyTarget(), dir);
  expect(readdirSync(dir).sort()).toEqual(['audit-key', 'files', 'files.jsonl', 'manifest.json', 'tables']);
});

test('a backup within the store that it copies is refused', async () => {
  const filesFolder = mkdtempSync(join(base, 'files-'));
  const source = {
    databaseUrl: url,
    files: localFiles(filesFolder),
    auditKey: key,
    includeKey: false,
    ...knows,
  };
  await expect(backup({ ...source, filesFolder }, join(filesFolder, 'backup'))).rejects.toThrow(
    /在附件存储之内[^\n]+$/,
  );
  await backup({ ...source, filesFolder }, `${filesFolder}-beside`);
});

test('a file that is promised no more when the backup ends may be missing', async () => {
  await query(
    url,
    `insert into users (district_id, id, username, name, password_hash, roles) values ('${district}', '${district}', 'li', '李', '', '{auditor}');
     insert into exports (district_id, id, kind, format, filter, status, storage_key, requested_by, created_at, finished_at)
       values ('${district}', '${district}', 'issues', 'csv', '{}', 'done', 'exports/old.csv', '${district}', now(), now())`,
  );
  const dir = join(base, 'expiring');
  await expect(saveInto(dir, files)).rejects.toThrow('exports/old.csv');
  const expiring: FileStore = {
    ...files,
    list: async function* (prefix) {
      if (prefix === '') await query(url, `update exports set status = 'expired'`);
      yield* files.list(prefix);
    },
  };
  expect((await saveInto(dir, expiring)).files.count).toBe(2);
});

test('a key that did not seal this history ends the backup before anything is read', async () => {
  const seal = {
    districtId: district,
    n: 1,
    previousMac: Buffer.alloc(32),
    idsHash: createHash('sha256').update('1').digest(),
    digestsHash: createHash('sha256').update(Buffer.alloc(16)).digest(),
    sealedAt: new Date('2026-03-12T01:02:03.004Z'),
  };
  await ask(url, (client) =>
    client.query(
      `insert into seals (district_id, n, event_ids, digests, previous_mac, mac, sealed_at) values ($1, 1, '{1}', $2, $3, $4, $5)`,
      [district, Buffer.alloc(16), seal.previousMac, sealMac(key, seal), seal.sealedAt],
    ),
  );
  const dir = join(base, 'other-key');
  await expect(saveInto(dir, files, Buffer.alloc(32, 2))).rejects.toThrow(/^密钥与库中的历史记录不符[^\n]+$/);
  expect(readdirSync(dir)).toEqual([]);
  expect((await saveInto(dir, files)).auditKey.fingerprint).toBe(fingerprint(key));
});
