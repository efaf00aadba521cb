/**
 * Makes a district with its first technician, from ADMIN_USERNAME, ADMIN_PASSWORD, DISTRICT_CODE and DISTRICT_NAME: at the
 * first start without the demo (the launcher shows what this prints), or by hand for one more district.
 */
import { createDistrict } from '#core/directory/create-district.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { newId } from '#core/foundation/ids.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { ConfigError } from '#platform/environment.js';
import { Problem } from '#rules/problems.js';

async function main(): Promise<void> {
  const config = loadConfig();
  const { admin, district } = config;
  if (!admin)
    throw new ConfigError('ADMIN_USERNAME', '须与 ADMIN_PASSWORD 一同给出', 'and ADMIN_PASSWORD are needed');
  const dataSource = createDataSource(config, {
    entities: ENTITIES,
    applicationName: 'dudao-create-admin',
    poolSize: 1,
  });
  await dataSource.initialize();
  try {
    const ctx = makeCtx(dataSource.manager, systemActor(newId()), new Date());
    const made = await inTransaction(ctx, (inner) => createDistrict(inner, { ...district, admin }));
    process.stdout.write(`  区县      ${district.name}（${district.code}）\n`);
    process.stdout.write(`  管理员    ${made.username}，请登录后建立责任区、学校和人员\n`);
    if (made.mustChangePassword) process.stdout.write('  口令不够安全，首次登录须先修改\n');
  } finally {
    await dataSource.destroy();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const told = error instanceof ConfigError || error instanceof Problem;
    const line = error instanceof Problem ? `${error.title}：${error.detail ?? error.code}` : String(error);
    process.stderr.write(`${told ? line.replace(/^ConfigError: /, '') : (error as Error).stack}\n`);
    process.exit(1);
  },
);
