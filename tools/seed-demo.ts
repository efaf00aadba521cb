/** Fills the demo district into an empty database; the launcher shows what this prints. */

import { seedDemo } from '#core/demo/seed.js';
import { ENTITIES } from '#core/entities.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { ROLES } from '#rules/actor.js';
import { demoPassword } from './demo/password.js';

const config = loadConfig();
const dataSource = createDataSource(config, {
  entities: ENTITIES,
  applicationName: 'dudao-demo',
  poolSize: 2,
  statementTimeout: 0,
});
await dataSource.initialize();
const password = demoPassword(config);
const people = await seedDemo(dataSource, new Date(), password);
await dataSource.destroy();
for (const { username, name, roles } of people) {
  process.stdout.write(`  ${username.padEnd(18)} ${name}　${roles.map((role) => ROLES[role]).join('、')}\n`);
}
process.stdout.write(`  口令（共用）       ${password}\n`);
process.exit(0);
