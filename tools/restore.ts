import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BackupError, fingerprint, type Manifest } from '#platform/backup-format.js';
import type { Config } from '#platform/config.js';
import { openFiles } from '#platform/files.js';
import { readManifest, restore } from '#platform/restore.js';
import { connectClient } from '#platform/start.js';
import { folderArgument, nameMissing, runTool, withDatabase } from './installation.js';

/** `npm run restore -- --from DIR`: fills an empty installation from a backup. */
const restoreFolder = async (config: Config) => {
  const from = resolve(folderArgument('from'));
  const manifest = await readManifest(from);
  const beforeCommit = await keyToBring(config, manifest, from);
  const files = await openFiles(config);
  await withDatabase(config, async (databaseUrl) => {
    await restore({ databaseUrl, files, beforeCommit }, from);
    for (const { name, seal, at } of await lastSeals(databaseUrl)) {
      console.log(`${name}：历史记录从第 ${seal} 号封条（${at.toISOString()}）起继续`);
    }
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    console.log(
      `恢复完成：${manifest.tables.length} 张表 ${rows} 行，${manifest.files.count} 个文件；备份时间 ${manifest.createdAt}`,
    );
    nameMissing(manifest.missing ?? []);
  });
};

/** From which sealed batch the history of each district goes on. */
async function lastSeals(databaseUrl: string): Promise<{ name: string; seal: string; at: Date }[]> {
  const client = await connectClient(databaseUrl, 'dudao-restore');
  try {
    const { rows } = await client.query(
      `select d.name, max(s.n) as seal, max(s.sealed_at) as at
         from districts d join seals s on s.district_id = d.id group by d.id order by d.code`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/**
 * The history can only be verified and continued with the key that sealed it.
 * @returns how to put the backup's key into place, where that is needed @throws BackupError when it is not to be had
 */
async function keyToBring(config: Config, manifest: Manifest, from: string) {
  if (fingerprint(config.auditKey) === manifest.auditKey.fingerprint) return undefined;
  const file = config.auditKeyFile;
  if (!file || !manifest.auditKey.included) {
    throw new BackupError(
      `历史记录由另一密钥封存（指纹 ${manifest.auditKey.fingerprint}），请用 AUDIT_KEY 给出原密钥后再恢复 (AUDIT_KEY is not the one that sealed this backup)`,
    );
  }
  const key = await readFile(join(from, 'audit-key'), 'utf8');
  // The key made for this empty installation has sealed nothing yet: it may be replaced.
  return async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${key}\n`, { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  };
}

await runTool(restoreFolder, { makeKey: true });
