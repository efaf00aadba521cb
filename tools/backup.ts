import { resolve } from 'node:path';
import { promisedFiles } from '#core/foundation/stored-files.js';
import { isForeignKey } from '#core/history/own-key.js';
import { backup } from '#platform/backup.js';
import { localFilesFolder, openFiles } from '#platform/files.js';
import { folderArgument, nameMissing, runTool, withDatabase } from './installation.js';

/**
 * `npm run backup -- --to DIR [--without-missing]`: a consistent copy of the database and the files, also while everything
 * runs. The flag is for files that are gone for good: what is left is saved, and each of them is named.
 */
await runTool(async (config) => {
  const target = resolve(folderArgument('to'));
  const files = await openFiles(config);
  await withDatabase(config, async (databaseUrl) => {
    const includeKey = config.auditKeyFile !== undefined;
    const { auditKey } = config;
    const acceptMissing = process.argv.includes('--without-missing') ? nameMissing : undefined;
    const made = await backup(
      {
        databaseUrl,
        files,
        auditKey,
        includeKey,
        promisedFiles,
        isForeignKey,
        ...(acceptMissing && { acceptMissing }),
        ...(!config.s3 && { filesFolder: localFilesFolder(config) }),
      },
      target,
    );
    const rows = made.tables.reduce((sum, table) => sum + table.rows, 0);
    const megabytes = (made.files.bytes / 1e6).toFixed(1);
    console.log(
      `备份完成：${made.tables.length} 张表 ${rows} 行，${made.files.count} 个文件 ${megabytes} MB，位于 ${target}`,
    );
    console.log(
      includeKey
        ? '备份中含有历史记录的密钥（audit-key），请按机密保管。'
        : '备份中不含 AUDIT_KEY：恢复时需要同一密钥，请另行保管。',
    );
  });
});
