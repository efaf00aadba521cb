/**
 * Makes a district with its first technician, from ADMIN_USERNAME, ADMIN_PASSWORD, DISTRICT_CODE and DISTRICT_NAME: at the
 * first start without the demo (the launcher shows what this prints), or by hand (`npm run create-admin`) where API and worker are
 * started by themselves, and for one more district.
 */
import { createDistrict } from '#core/directory/create-district.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { inTransaction } from '#core/foundation/transaction.js';
import type { Config } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { ConfigError } from '#platform/environment.js';
import { migrate } from '#platform/migrations.js';
import { connect } from '#platform/start.js';
import { runTool, withDatabase } from './installation.js';

const createAdmin = async (config: Config) => {
  const { admin, district } = config;
  if (!admin)
    throw new ConfigError('ADMIN_USERNAME', '须与 ADMIN_PASSWORD 一同给出', 'and ADMIN_PASSWORD are needed');
  await withDatabase(config, async (databaseUrl) => {
    const dataSource = createDataSource(
      { databaseUrl, poolSize: 1 },
      { entities: ENTITIES, applicationName: 'dudao-create-admin' },
    );
    await connect(dataSource);
    try {
      await migrate(dataSource);
      const ctx = makeCtx(dataSource.manager, systemActor(newId()), new Date());
      const made = await inTransaction(ctx, (inner) => createDistrict(inner, { ...district, admin }));
      console.log(`  区县      ${district.name}（${district.code}）`);
      console.log(`  管理员    ${made.username}，请登录后建立责任区、学校和人员`);
      if (made.mustChangePassword) console.log('  口令不够安全，首次登录须先修改');
    } finally {
      await dataSource.destroy();
    }
  });
};

// It may come before the first start.
await runTool(createAdmin, { makeKey: true });
