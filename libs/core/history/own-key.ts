import type { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import { ConfigError } from '#platform/environment.js';
import { LIST_HASHES, type SealBody, sealMac } from './digest.js';

type Signed = SealBody & { mac: Buffer };

/** The first or the newest seal of each district. */
const sealsAt = (end: 'ASC' | 'DESC'): string =>
  `SELECT d.id AS "districtId", s.n, s.previous_mac AS "previousMac", s.sealed_at AS "sealedAt", s.mac, ${LIST_HASHES}
   FROM districts d CROSS JOIN LATERAL
     (SELECT * FROM seals WHERE district_id = d.id ORDER BY n ${end} LIMIT 1) s`;

/**
 * Whether the key has nothing to do with the history that is there. One seal that it made is enough: that another one does not
 * fit is for verifying to tell, and must not keep anybody from starting.
 */
export async function isForeignKey(
  ask: (sql: string) => Promise<Signed[]>,
  auditKey: Buffer,
): Promise<boolean> {
  const seals = [...(await ask(sealsAt('DESC'))), ...(await ask(sealsAt('ASC')))];
  return seals.length > 0 && !seals.some((seal) => sealMac(auditKey, seal).equals(seal.mac));
}

/**
 * A key file that is lost is made anew by whoever reads it, and would seal on from nothing that is known. Where AUDIT_KEY
 * gives the key somebody has decided; then the history tells of it.
 * @throws ConfigError where the key of the file has nothing to do with the seals in the database
 */
export async function requireOwnKey(
  dataSource: DataSource,
  { auditKey, auditKeyFile }: Pick<Config, 'auditKey' | 'auditKeyFile'>,
): Promise<void> {
  if (!auditKeyFile) return;
  if (!(await isForeignKey((sql) => dataSource.query(sql), auditKey))) return;
  throw new ConfigError(
    'AUDIT_KEY',
    `${auditKeyFile} 不是封存本库历史记录的密钥（原文件丢失时会新生成一个），请放回原密钥文件或用 AUDIT_KEY 给出原密钥`,
    'is not the key that sealed this history: put the file back',
  );
}
