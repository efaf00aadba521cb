import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

/*
 * The procedure of docs/OPERATIONS.md, "Point in time", carried out: the archive command is the one given there; the
 * base backup is made with pg_backup_start and a copy, which is what pg_basebackup does.
 */
// Clusters are made on the disk, which takes its time on a busy machine.
jest.setTimeout(120_000);
const base = mkdtempSync(join(tmpdir(), 'dudao-pitr-'));
chmodSync(base, 0o755);
const archive = join(base, 'archive');
const running: EmbeddedPostgres[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function start(dataDir: string, settings: Record<string, string>): Promise<pg.Client> {
  const server = await startEmbeddedPostgres({ dataDir, settings });
  running.push(server);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return client;
}

const content = `select count(*)::int as rows, md5(string_agg(n || text, ',' order by n)) as digest from ledger`;

test('an archived database comes back as it was at a moment between two backups: 0 differences', async () => {
  mkdirSync(archive, { mode: 0o777 });
  chmodSync(archive, 0o777);
  const original = join(base, 'original');
  const file = (name: string) => join(archive, name);
  const archiving = await start(original, {
    archive_mode: 'on',
    archive_command: `test ! -f ${file('%f')} && cp %p ${file('%f.part')} && sync ${file('%f.part')} && mv ${file('%f.part')} ${file('%f')}`,
  });
  await archiving.query(
    `create table ledger as select n, 'issue ' || n as text from generate_series(1, 1000) n`,
  );

  const cluster = join(original, 'postgres', 'cluster');
  const recovered = join(base, 'recovered');
  await archiving.query(`select pg_backup_start('base', fast => true)`);
  execFileSync('cp', ['-a', join(original, '.'), recovered]);
  const { rows: stopped } = await archiving.query(
    'select labelfile from pg_backup_stop(wait_for_archive => false)',
  );

  await archiving.query(`insert into ledger select n, 'later ' || n from generate_series(1001, 3000) n`);
  await archiving.query(`update ledger set text = 'changed' where n % 7 = 0`);
  const wanted = await archiving.query(content);
  const { rows: moment } = await archiving.query('select clock_timestamp()::text as at');
  await archiving.query('delete from ledger where n > 10');
  await archiving.query('drop table ledger');
  const { rows: last } = await archiving.query('select pg_walfile_name(pg_switch_wal()) as name');
  const archived = `select last_archived_wal >= $1 as done from pg_stat_archiver`;
  while (!(await archiving.query(archived, [last[0].name])).rows[0].done) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await archiving.end();
  await running.pop()?.stop();

  const copy = join(recovered, 'postgres', 'cluster');
  const owner = statSync(cluster);
  for (const left of ['postmaster.pid', 'postmaster.opts']) rmSync(join(copy, left), { force: true });
  for (const [name, text] of [
    ['backup_label', stopped[0].labelfile],
    ['recovery.signal', ''],
  ]) {
    writeFileSync(join(copy, name), text);
    chownSync(join(copy, name), owner.uid, owner.gid);
  }
  cpSync(join(original, 'secrets'), join(recovered, 'secrets'), { recursive: true });
  const back = await start(recovered, {
    restore_command: `cp ${file('%f')} %p`,
    recovery_target_time: moment[0].at,
    recovery_target_action: 'promote',
  });
  const found = await back.query(content);
  await back.end();
  const differences = found.rows[0].digest === wanted.rows[0].digest ? 0 : 1;
  console.info(`R13 point in time: ${found.rows[0].rows} rows recovered, ${differences} differences`);
  expect(found.rows).toEqual(wanted.rows);
  expect(wanted.rows[0].rows).toBe(3000);
});
