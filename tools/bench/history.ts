import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ENTITIES } from '#core/entities.js';
import { newId } from '#core/foundation/ids.js';
import { sealDistrict } from '#core/history/seal.js';
import { verifyHistory } from '#core/history/verify.js';
import { createDataSource } from '#platform/database.js';
import { localFiles } from '#platform/local-files.js';
import { migrate } from '#platform/migrations.js';
import { benchDatabase, type Row } from './harness.js';

const EVENTS = 500_000;
/** Entries a second. */
const GOAL = 200_000;

/** R14: how fast a sealed history is verified, beside PostgreSQL alone counting it row by row. */
export async function run(): Promise<Row[]> {
  const database = await benchDatabase();
  const dataSource = createDataSource({ databaseUrl: database.url, poolSize: 5 }, { entities: ENTITIES });
  await dataSource.initialize();
  try {
    await migrate(dataSource);
    const district = newId();
    await dataSource.query(
      `INSERT INTO districts (id, code, name, settings) VALUES ($1, '370101', '测评区', '{}')`,
      [district],
    );
    await dataSource.query('ALTER TABLE events DISABLE TRIGGER events_wait_for_their_seal');
    await dataSource.query(
      `INSERT INTO events (district_id, at, actor_name, subject_type, subject_id, action, data, request_id)
       SELECT $1, now(), '王督学', 'issue', gen_random_uuid(), 'request_close',
         jsonb_build_object('before', 'rectifying', 'after', jsonb_build_object('status', 'close_requested', 'dueOn', '2026-04-01', 'n', n),
           'note', '已按整改方案完成，附照片两张'), gen_random_uuid()::text
       FROM generate_series(1, ${EVENTS}) n`,
      [district],
    );
    // As a submission writes them: six by a statement.
    await dataSource.query(
      `INSERT INTO unsealed_events SELECT district_id, min(id), array_agg(id ORDER BY id) FROM events GROUP BY district_id, id / 6`,
    );
    const deps = {
      dataSource,
      files: localFiles(join(database.dataDir, 'files')),
      auditKey: randomBytes(32),
    };
    const sealing = await timed(() => sealDistrict(deps, district, new Date()));
    await dataSource.query('VACUUM ANALYZE events');
    const scan = await timed(() =>
      dataSource.query(`SELECT count(length(e::text)) FROM events e WHERE district_id = $1`, [district]),
    );
    const verifying = await timed(async () => {
      const found = await verifyHistory(deps, district);
      if (!found.valid || found.checked !== EVENTS) throw new Error(JSON.stringify(found));
    });
    const rate = EVENTS / verifying;
    return [
      {
        id: 'R14',
        what: `verify a history of ${EVENTS.toLocaleString('en')} entries (sealed at ${Math.round(EVENTS / sealing).toLocaleString('en')}/s)`,
        ours: `${Math.round(rate).toLocaleString('en')}/s`,
        baseline: `text of each row ${Math.round(EVENTS / scan).toLocaleString('en')}/s`,
        ratio: rate / (EVENTS / scan),
        goal: `≥ ${GOAL.toLocaleString('en')}/s`,
        met: rate >= GOAL,
      },
    ];
  } finally {
    await dataSource.destroy();
    await database.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}
