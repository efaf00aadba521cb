/**
 * Values of the environment, each checked by itself: a wrong one stops the start with a line that names its variable.
 * Every reader here @throws ConfigError.
 */
import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** A wrong environment variable. Its message is one line that names the variable and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(variable: string, zh: string, en: string) {
    super(`配置错误 ${variable}：${zh} (${variable} ${en})`);
  }
}

export interface S3Config {
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export type Credentials = { username: string; password: string };

/** A variable of the environment, or undefined where it is absent or empty. */
export type Text = (name: string) => string | undefined;

export function integer(text: Text, name: string, otherwise: number, min: number, max: number): number {
  const given = text(name);
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < min || value > max) {
    throw new ConfigError(
      name,
      `应为 ${min} 到 ${max} 的整数，现为“${given}”`,
      `must be an integer from ${min} to ${max}`,
    );
  }
  return value;
}

export function choice<T extends string>(text: Text, name: string, allowed: readonly T[], otherwise: T): T {
  const given = text(name) ?? otherwise;
  const found = allowed.find((one) => one === given);
  if (found === undefined) {
    throw new ConfigError(
      name,
      `只能是 ${allowed.join('、')}，现为“${given}”`,
      `must be one of ${allowed.join(', ')}`,
    );
  }
  return found;
}

/** The absolute path of a folder that is there. */
export function folder(text: Text, name: string): string | undefined {
  const given = text(name);
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(name, `没有文件夹“${path}”`, `must be a folder: ${path} is none`);
  }
  return path;
}

/** The value is not repeated in the message: connection strings carry passwords. */
export function url(text: Text, name: string, protocols: string[]): string | undefined {
  const given = text(name);
  if (given === undefined) return undefined;
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol) || (!parsed.hostname && !parsed.search)) {
    // Only those of databases and queues carry a password.
    const example =
      protocols[0] === 'http:' ? 'https://主机:端口/…' : `${protocols[0]}//用户:口令@主机:端口/…`;
    throw new ConfigError(
      name,
      `应为 ${example} 形式的地址`,
      `must be a ${protocols.map((p) => `${p}//`).join(' or ')} address`,
    );
  }
  return given;
}

/** `https://dudao.example.gov.cn`, or where the API itself listens. Longer ones would make a QR code hard to read. */
export function publicUrl(text: Text): string {
  const given = url(text, 'PUBLIC_URL', ['http:', 'https:']);
  if (given === undefined) {
    const host = text('HOST') ?? '127.0.0.1';
    return `http://${isIP(host) === 6 ? `[${host}]` : host}:${integer(text, 'PORT', 3000, 0, 65_535)}`;
  }
  const { origin, pathname, search, hash, username } = new URL(given);
  const address = `${origin}${pathname.replace(/\/+$/, '')}`;
  if (search || hash || username || address.length > 120) {
    throw new ConfigError(
      'PUBLIC_URL',
      '应为公众访问本系统的网址，不含查询参数，120 个字符以内',
      'must be an address without query, at most 120 characters',
    );
  }
  return address;
}

/** All five variables or none. */
export function s3(text: Text): S3Config | undefined {
  const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;
  const given = names.filter((name) => text(name) !== undefined);
  if (given.length === 0) return undefined;
  const missing = names.find((name) => text(name) === undefined);
  if (missing) {
    throw new ConfigError(
      missing,
      `使用对象存储时 ${names.join('、')} 须全部给出`,
      `is missing: all S3_* variables or none`,
    );
  }
  const read = (name: (typeof names)[number]) => text(name) ?? '';
  url(text, 'S3_ENDPOINT', ['http:', 'https:']);
  return {
    endpoint: read('S3_ENDPOINT'),
    region: read('S3_REGION'),
    bucket: read('S3_BUCKET'),
    accessKey: read('S3_ACCESS_KEY'),
    secretKey: read('S3_SECRET_KEY'),
  };
}

export function password(text: Text, name: string): string | undefined {
  const given = text(name);
  if (given !== undefined && given.length < 8) {
    throw new ConfigError(name, '至少 8 个字符', 'must have at least 8 characters');
  }
  return given;
}

export function admin(text: Text): Credentials | undefined {
  const username = text('ADMIN_USERNAME');
  const secret = password(text, 'ADMIN_PASSWORD');
  if (username === undefined && secret === undefined) return undefined;
  if (username === undefined) {
    throw new ConfigError('ADMIN_USERNAME', '须与 ADMIN_PASSWORD 同时给出', 'is needed with ADMIN_PASSWORD');
  }
  if (secret === undefined) {
    throw new ConfigError('ADMIN_PASSWORD', '须与 ADMIN_USERNAME 同时给出', 'is needed with ADMIN_USERNAME');
  }
  return { username, password: secret };
}

export function districtCode(text: Text): string {
  const given = text('DISTRICT_CODE') ?? '000000';
  if (/^\d{6}$/.test(given)) return given;
  throw new ConfigError(
    'DISTRICT_CODE',
    `应为 6 位行政区划代码，现为“${given}”`,
    'must be the six digits of the administrative division',
  );
}

/** `10.0.0.1,172.29.29.0/24`: addresses and networks, of either version. */
export function addresses(text: Text, name: string): string[] {
  const list = (text(name) ?? '').split(',').map((one) => one.trim());
  const given = list.filter((one) => one !== '');
  for (const one of given) {
    const [address = '', bits] = one.split('/');
    const version = isIP(address);
    const bitsAreWrong =
      bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
    if (version === 0 || bitsAreWrong) {
      throw new ConfigError(
        name,
        `应为以逗号分隔的 IP 地址或网段，现有“${one}”`,
        'must be a comma separated list of IP addresses or networks',
      );
    }
  }
  return given;
}
