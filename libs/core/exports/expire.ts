import type { DataSource } from 'typeorm';
import type { FileStore } from '#platform/files.js';
import type { Ctx } from '../foundation/context.js';

/** Days a finished export can be fetched. */
export const KEPT_DAYS = 7;

/** Removes files of old exports. First the row says so, then the file goes: nobody is promised what is not there. */
export async function expireExports(
  { dataSource, files }: { dataSource: DataSource; files: FileStore },
  now: Date,
): Promise<number> {
  const [marked]: [unknown[], number] = await dataSource.query(
    `UPDATE exports SET status = 'expired' WHERE status = 'done' AND finished_at < $1 RETURNING id`,
    [new Date(now.getTime() - KEPT_DAYS * 86_400_000)],
  );
  const rows: { districtId: string; id: string; key: string }[] = await dataSource.query(
    `SELECT district_id AS "districtId", id, storage_key AS key FROM exports
     WHERE status = 'expired' AND storage_key IS NOT NULL`,
  );
  for (const { districtId, id, key } of rows) {
    await files.delete(key);
    await dataSource.query(`UPDATE exports SET storage_key = NULL WHERE district_id = $1 AND id = $2`, [
      districtId,
      id,
    ]);
  }
  return marked.length;
}

/** Finished exports of a person whose reach became another are not handed out any more: they show what was reached before. */
export async function expireExportsOf(ctx: Ctx, userId: string): Promise<void> {
  await ctx.em.query(
    `UPDATE exports SET status = 'expired' WHERE district_id = $1 AND requested_by = $2 AND status = 'done'`,
    [ctx.actor.districtId, userId],
  );
}
