import type { DataSource } from 'typeorm';
import { demoPassword } from '#core/demo/password.js';
import { seedDemo } from '#core/demo/seed.js';
import { ENTITIES } from '#core/entities.js';
import { requireOwnKey } from '#core/history/own-key.js';
import { useOfficeFonts } from '#documents/office-fonts.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { openFiles } from '#platform/files.js';
import { createLog } from '#platform/log.js';
import { migrate } from '#platform/migrations.js';
import { connect, listenFailure, startFailure } from '#platform/start.js';
import { createApp } from './app.js';

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLog(config, 'api');
  await useOfficeFonts(config.fontsDir, log);
  const dataSource = createDataSource(config, {
    entities: ENTITIES,
    applicationName: 'dudao-api',
    onPoolError: (error) => log.warn({ reason: error.message }, 'a database connection was lost'),
  });
  await connect(dataSource);
  await requireOwnKey(dataSource, config);
  await migrate(dataSource);
  if (config.demo) {
    const accounts = await seedDemo(dataSource, new Date(), () => demoPassword(config));
    if (accounts) process.stdout.write(`已填入演示区县（设 DEMO=false 可不填）：\n${accounts}`);
  }
  if (!config.demo) {
    if (!(await hasDistrict(dataSource)))
      log.warn('还没有区县和管理员：设 ADMIN_USERNAME、ADMIN_PASSWORD 后执行 npm run create-admin');
    if (!config.publicUrlGiven)
      log.warn(`未设 PUBLIC_URL：通报上的核验二维码将指向 ${config.publicUrl}，公众无法打开`);
  }
  const files = await openFiles(config);
  const app = await createApp({ config, dataSource, files, log, clock: () => new Date() });
  await app.listen(config.port, config.host).catch((error: unknown) => {
    throw listenFailure(error, config);
  });
  log.info({ url: await app.getUrl() }, 'listening');

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    await app.close();
    await dataSource.destroy();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Started by the launcher: when it dies, however it dies, this process must not outlive it.
  process.on('disconnect', () => void stop('disconnect'));
}

async function hasDistrict(dataSource: DataSource): Promise<boolean> {
  const [{ there }]: [{ there: boolean }] = await dataSource.query(
    'SELECT EXISTS (SELECT 1 FROM districts) AS there',
  );
  return there;
}

main().catch((error: unknown) => {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
});
