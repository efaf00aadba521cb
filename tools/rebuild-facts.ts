import { rebuildFacts } from '#core/compliance/rebuild.js';
import { ENTITIES } from '#core/entities.js';
import { makeCtx, systemActor } from '#core/foundation/context.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { createDataSource } from '#platform/database.js';
import { connect } from '#platform/start.js';
import { runTool, withDatabase } from './installation.js';

/** `npm run rebuild-facts`: counts the compliance facts of every unit anew from ledger and inspections, and says which were off. */
await runTool(async (config) => {
  await withDatabase(config, async (databaseUrl) => {
    const dataSource = createDataSource(
      { databaseUrl, poolSize: 2 },
      { entities: ENTITIES, statementTimeout: 0 },
    );
    await connect(dataSource);
    try {
      const districts: { id: string; name: string }[] = await dataSource.query(
        `SELECT id, name FROM districts ORDER BY code`,
      );
      for (const { id, name } of districts) {
        const ctx = makeCtx(dataSource.manager, systemActor(id), new Date());
        const units = await inTransaction(ctx, rebuildFacts);
        console.log(
          `${name}：${units.length === 0 ? '各单位状态与台账一致' : `已按台账更正 ${units.length} 个单位`}`,
        );
      }
    } finally {
      await dataSource.destroy();
    }
  });
});
