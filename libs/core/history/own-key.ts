import type { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import { ConfigError } from '#platform/environment.js';
import { sealedOtherwise } from './sealed-otherwise.js';

/**
 * A key file that is lost is made anew by whoever reads it, and would seal on from nothing that is known. Where AUDIT_KEY
 * gives the key somebody has decided; then the history tells of it.
 * @throws ConfigError where the key of the file did not make the newest seals of the database
 */
export async function requireOwnKey(
  dataSource: DataSource,
  { auditKey, auditKeyFile }: Pick<Config, 'auditKey' | 'auditKeyFile'>,
): Promise<void> {
  if (!auditKeyFile) return;
  const districts = await sealedOtherwise((sql) => dataSource.query(sql), auditKey);
  if (districts.length === 0) return;
  throw new ConfigError(
    'AUDIT_KEY',
    `${auditKeyFile} 不是封存${districts.join('、')}历史记录的密钥（原文件丢失时会新生成一个），请放回原密钥文件或用 AUDIT_KEY 给出原密钥`,
    'is not the key that sealed this history: put the file back',
  );
}
