import type { DataSource } from 'typeorm';
import type { Config } from '#platform/config.js';
import { ConfigError } from '#platform/environment.js';
import { type FileStore, openFiles } from '#platform/files.js';
import { LIST_HASHES, type SealBody, sealMac } from './digest.js';
import { readHead } from './head.js';

// biome-ignore lint/suspicious/noExplicitAny: rows are what the asker's SQL makes them
type Ask = (sql: string) => Promise<any[]>;
type Signed = SealBody & { mac: Buffer };

const COLUMNS = `d.id AS "districtId", s.n, s.previous_mac AS "previousMac", s.sealed_at AS "sealedAt", s.mac, ${LIST_HASHES}`;

/** The newest seal of each district: whoever seals has made it. */
const NEWEST = `SELECT ${COLUMNS} FROM districts d CROSS JOIN LATERAL
  (SELECT * FROM seals WHERE district_id = d.id ORDER BY n DESC LIMIT 1) s`;
/** A dozen of each district, from the first one on evenly along the chain. */
const SPREAD = `SELECT ${COLUMNS} FROM districts d
  CROSS JOIN LATERAL (SELECT min(n) AS first, max(n) AS last FROM seals WHERE district_id = d.id) chain
  CROSS JOIN generate_series(0, 11) AS part
  CROSS JOIN LATERAL (SELECT * FROM seals
    WHERE district_id = d.id AND n >= chain.first + (chain.last - chain.first) * part / 12 ORDER BY n LIMIT 1) s`;

/**
 * Whether the key has nothing to do with the history that is there. One seal or one head that it made is enough: that another one
 * does not fit is for verifying to tell, and must not keep anybody from starting. The heads lie outside the database, so no
 * tampering with its tables makes a key foreign.
 */
export async function isForeignKey(
  ask: Ask,
  auditKey: Buffer,
  open: () => Promise<FileStore>,
): Promise<boolean> {
  const fits = (seal: Signed) => sealMac(auditKey, seal).equals(seal.mac);
  const newest: Signed[] = await ask(NEWEST);
  if (newest.length === 0 || newest.some(fits)) return false;
  const spread: Signed[] = await ask(SPREAD);
  if (spread.some(fits)) return false;
  const files = await open();
  for (const { districtId } of newest) {
    const head = await readHead(files, auditKey, districtId);
    if (head && head !== 'forged') return false;
  }
  return true;
}

/**
 * A key file that is lost is made anew by whoever reads it, and would seal on from nothing that is known. Where AUDIT_KEY
 * gives the key somebody has decided; then the history tells of it. A database that is still empty has no key.
 * @throws ConfigError where the key of the file has nothing to do with the seals in the database
 */
export async function requireOwnKey(
  dataSource: DataSource,
  config: Pick<Config, 'auditKey' | 'auditKeyFile' | 'dataDir' | 's3'>,
): Promise<void> {
  const { auditKey, auditKeyFile } = config;
  if (!auditKeyFile) return;
  const ask: Ask = (sql) => dataSource.query(sql);
  const [row] = await ask(`SELECT to_regclass('seals') IS NOT NULL AS sealed`);
  if (!row.sealed || !(await isForeignKey(ask, auditKey, () => openFiles(config)))) return;
  throw new ConfigError(
    'AUDIT_KEY',
    `${auditKeyFile} 不是封存本库历史记录的密钥（原文件丢失时会新生成一个），请放回原密钥文件或用 AUDIT_KEY 给出原密钥`,
    'is not the key that sealed this history: put the file back',
  );
}
