/** Secrets that are made at first use and kept beside the data. */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from './environment.js';

/** 32 bytes, as 64 hexadecimal digits or 44 characters of base64. Where neither is there, one is made if `make` allows it. */
export function auditKey(given: string | undefined, file: string, make: boolean): Buffer {
  if (given !== undefined) {
    const key = parseKey(given);
    if (key) return key;
    throw new ConfigError(
      'AUDIT_KEY',
      '应为 64 位十六进制数（可用 openssl rand -hex 32 生成）',
      'must be 32 bytes as 64 hexadecimal digits',
    );
  }
  if (!make && !existsSync(file)) {
    throw new ConfigError(
      'AUDIT_KEY',
      `没有密钥文件 ${file}，请检查 DATA_DIR 是否正确，或用 AUDIT_KEY 给出原密钥`,
      `is not given and ${file} is missing: check DATA_DIR`,
    );
  }
  const key = parseKey(secretFile(file, () => randomBytes(32).toString('hex')));
  if (key) return key;
  throw new ConfigError(
    'AUDIT_KEY',
    `文件 ${file} 已损坏，请从备份恢复`,
    `file ${file} is damaged: restore it`,
  );
}

function parseKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === 32 && decoded.toString('base64') === text ? decoded : undefined;
}

/**
 * The content of a secret kept in a file of mode 0600, made at first use.
 * Several processes may ask at once: the file appears whole (hard link) and the first one wins.
 */
export function secretFile(file: string, make: () => string): string {
  const read = () => readFileSync(file, 'utf8').trim();
  try {
    return read();
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw unreadable(file, error);
  }
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(resolve(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${make()}\n`, { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw unreadable(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
  return read();
}

function unreadable(file: string, cause: unknown): ConfigError {
  const why = String(cause).replace(/^Error: /, '');
  return new ConfigError('DATA_DIR', `无法读写 ${file}（${why}）`, `cannot hold ${file}`);
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
