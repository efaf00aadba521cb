import { ENTITIES } from '#core/entities.js';
import { acknowledgeRestore } from '#core/history/seal.js';
import { verifyHistory } from '#core/history/verify.js';
import { createDataSource } from '#platform/database.js';
import { openFiles } from '#platform/files.js';
import { connect } from '#platform/start.js';
import { runTool, withDatabase } from './installation.js';

/**
 * `npm run accept-restore`: after the database was brought back to an earlier moment, the operator signs that the seals
 * beyond it were lost by restoring. The history then verifies again and keeps saying from which seal it starts.
 */
await runTool(async (config) => {
  const files = await openFiles(config);
  await withDatabase(config, async (databaseUrl) => {
    const dataSource = createDataSource({ databaseUrl, poolSize: 2 }, { entities: ENTITIES });
    await connect(dataSource);
    try {
      const deps = { dataSource, files, auditKey: config.auditKey };
      const districts: { id: string; name: string }[] = await dataSource.query(
        `SELECT id, name FROM districts ORDER BY code`,
      );
      for (const { id, name } of districts) {
        const breaks = await acknowledgeRestore(deps, id, new Date());
        for (const { startsFrom, lostThrough, acknowledgedAt } of breaks) {
          console.log(
            `${name}：历史记录自第 ${startsFrom} 号封条接续，其后至第 ${lostThrough} 号因恢复而缺失（确认于 ${acknowledgedAt}）`,
          );
        }
        const { valid, firstBad } = await verifyHistory(deps, id);
        console.log(`${name}：${valid ? '历史记录完整' : `历史记录有误 ${JSON.stringify(firstBad)}`}`);
      }
    } finally {
      await dataSource.destroy();
    }
  });
});
