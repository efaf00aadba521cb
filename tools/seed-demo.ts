/** Fills the demo district into an empty database; the launcher shows what this prints. */

import { demoPassword } from '#core/demo/password.js';
import { seedDemo } from '#core/demo/seed.js';
import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { connect } from '#platform/start.js';
import { runTool } from './installation.js';

await runTool(
  async (config) => {
    const dataSource = createDataSource(config, {
      entities: ENTITIES,
      applicationName: 'dudao-demo',
      poolSize: 2,
      statementTimeout: 0,
    });
    await connect(dataSource);
    try {
      const accounts = await seedDemo(dataSource, new Date(), () => demoPassword(config));
      process.stdout.write(accounts ?? '');
    } finally {
      await dataSource.destroy();
    }
  },
  { makeKey: true },
);
