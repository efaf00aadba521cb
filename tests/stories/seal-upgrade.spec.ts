import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENTITIES } from '#core/entities.js';
import { newId } from '#core/foundation/ids.js';
import { requireOwnKey } from '#core/history/own-key.js';
import { sealEverything } from '#core/history/seal.js';
import { verifyHistory } from '#core/history/verify.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { localFiles } from '#platform/local-files.js';
import { migrate, migrationFiles } from '#platform/migrations.js';
import { emptyDatabase, type TestDatabase } from '#testkit/database.js';

describe('a history that goes from 0010 to the present while somebody writes', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dudao-upgrade-'));
  const district = newId();
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await emptyDatabase();
    dataSource = createDataSource({ databaseUrl: database.url, poolSize: 4 }, { entities: ENTITIES });
    await dataSource.initialize();
    // As every process asks before it migrates: where nothing is there yet, no key is wrong.
    await requireOwnKey(dataSource, loadConfig({ DATA_DIR: dir }));
    await migrate(
      dataSource,
      migrationFiles().filter(({ name }) => name < '0011'),
    );
    await dataSource.query(
      `INSERT INTO districts (id, code, name, settings) VALUES ($1, '330100', '越秀区', '{}')`,
      [district],
    );
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Of one statement each; the second argument is how long ago it says to have happened. */
  const EVENT = `INSERT INTO events (district_id, at, actor_name, subject_type, subject_id, action)
    VALUES ($1, now() - $2::interval, '王督学', 'unit', $1, 'unit.changed') RETURNING id`;

  async function untilSomebodyWaits(): Promise<void> {
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await dataSource.query(waits)).length === 0) await new Promise((done) => setTimeout(done, 10));
  }

  test('what was committed while 0011 waited for the writers is sealed; what was put in before is not', async () => {
    await dataSource.query(EVENT, [district, '3 hours']);
    const writer = dataSource.createQueryRunner();
    await writer.startTransaction();
    await writer.query(EVENT, [district, '20 seconds']);
    const upgrade = migrate(
      dataSource,
      migrationFiles().filter(({ name }) => name < '0013'),
    );
    await untilSomebodyWaits();
    await writer.query(EVENT, [district, '0 seconds']);
    await writer.commitTransaction();
    await upgrade;
    // As a superuser writes: the trigger is off, and nothing of it waits.
    await writer.startTransaction();
    await writer.query(`SET LOCAL session_replication_role = replica`);
    const [forged] = await writer.query(EVENT, [district, '2 hours']);
    await writer.commitTransaction();
    await writer.release();
    await migrate(dataSource);

    const deps = { dataSource, files: localFiles(dir), auditKey: Buffer.alloc(32, 1) };
    expect(await sealEverything(deps, new Date())).toBe(3);
    const found = await verifyHistory(deps, district);
    expect(found).toMatchObject({
      checked: 3,
      pending: 0,
      firstBad: { eventId: forged.id, what: 'inserted' },
    });
    await dataSource.transaction(async (em) => {
      await em.query(`SET LOCAL session_replication_role = replica`);
      await em.query(`DELETE FROM events WHERE id = $1`, [forged.id]);
    });
    expect(await verifyHistory(deps, district)).toMatchObject({ valid: true, checked: 3 });
  });
});
