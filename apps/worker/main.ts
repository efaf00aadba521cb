import { ENTITIES } from '#core/entities.js';
import { requireOwnKey } from '#core/history/own-key.js';
import { useOfficeFonts } from '#documents/office-fonts.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { openFiles } from '#platform/files.js';
import { createLog } from '#platform/log.js';
import { migrate } from '#platform/migrations.js';
import { openQueue } from '#platform/queue.js';
import { connect, startFailure } from '#platform/start.js';
import { startWorker } from './worker.js';

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLog(config, 'worker');
  await useOfficeFonts(config.fontsDir, log);
  const onPoolError = (error: Error) => log.warn({ reason: error.message }, 'a database connection was lost');
  const dataSource = createDataSource(config, {
    entities: ENTITIES,
    applicationName: 'dudao-worker',
    onPoolError,
  });
  const bulk = createDataSource(config, {
    entities: ENTITIES,
    applicationName: 'dudao-worker-bulk',
    poolSize: 2,
    statementTimeout: 0,
    onPoolError,
  });
  await connect(dataSource);
  await requireOwnKey(dataSource, config);
  await migrate(dataSource);
  await connect(bulk);
  const files = await openFiles(config);
  const queue = openQueue(config, log);
  const worker = await startWorker({
    config,
    dataSource,
    bulk,
    files,
    queue,
    log,
    clock: () => new Date(),
  });
  log.info({ queue: config.redisUrl ? 'redis' : 'memory' }, 'working');

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    await worker.stop();
    await Promise.all([bulk.destroy(), dataSource.destroy()]);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Started by the launcher: when it dies, however it dies, this process must not outlive it.
  process.on('disconnect', () => void stop('disconnect'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
});
