import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '#api/app.js';
import { ENTITIES } from '#core/entities.js';
import { createDataSource } from '#platform/database.js';
import { createLog } from '#platform/log.js';
import type { World } from './world.js';

/**
 * A second API on the world's database with connections and caches of its own, as another process would be: the two
 * know of each other by PostgreSQL alone.
 */
export async function startSecond(
  world: World,
): Promise<{ app: NestFastifyApplication; stop(): Promise<void> }> {
  const { config, files } = world;
  const dataSource = createDataSource(config, { entities: ENTITIES });
  await dataSource.initialize();
  const app = await createApp({
    config,
    dataSource,
    files,
    log: createLog(config, 'second'),
    clock: world.now,
  });
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    stop: async () => {
      await app.close();
      await dataSource.destroy();
    },
  };
}
