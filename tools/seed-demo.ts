/** Fills the demo district into an empty database; the launcher shows what this prints. */

import { demoPassword } from '#core/demo/password.js';
import { seedDemo } from '#core/demo/seed.js';
import { ENTITIES } from '#core/entities.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';

const config = loadConfig();
const dataSource = createDataSource(config, {
  entities: ENTITIES,
  applicationName: 'dudao-demo',
  poolSize: 2,
  statementTimeout: 0,
});
await dataSource.initialize();
const accounts = await seedDemo(dataSource, new Date(), () => demoPassword(config));
await dataSource.destroy();
process.stdout.write(accounts ?? '');
process.exit(0);
