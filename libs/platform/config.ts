import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';

/** The one configuration of every process, read and checked once at the start. */
export interface Config {
  /** Address the API listens on; 127.0.0.1 unless HOST says otherwise. */
  host: string;
  /** TCP port of the API; 0 takes any free one (tests). */
  port: number;
  /** Where the public reaches this installation, without a slash at its end: printed in documents (QR code). */
  publicUrl: string;
  /** Absolute path of the folder with the embedded database, the files and the secrets. */
  dataDir: string;
  /** Absolute path of a folder with the office's own licensed fonts for its documents; undefined: the stand-ins. */
  fontsDir: string | undefined;
  /** PostgreSQL; undefined in the launcher alone, which then starts the embedded one. */
  databaseUrl: string | undefined;
  /** Connections in this process's pool. */
  poolSize: number;
  /** Bull's Redis; undefined: jobs run inside the worker process. */
  redisUrl: string | undefined;
  /** Object store; undefined: files under `dataDir/files`. */
  s3: S3Config | undefined;
  /** 32 bytes that seal the history; they never enter the database. */
  auditKey: Buffer;
  /** The file that holds the key; undefined when AUDIT_KEY gives it. */
  auditKeyFile: string | undefined;
  demo: boolean;
  demoPassword: string | undefined;
  logLevel: LogLevel;
  /** Addresses or networks of reverse proxies whose X-Forwarded-For is believed. */
  trustProxy: string[];
  /** Failed logins from one network address, whatever the names, within 15 minutes before it is locked for as long. */
  loginFailuresPerAddress: number;
  /** What one person may upload within 24 hours, in bytes. */
  uploadBytesPerDay: number;
  /** First administrator of an installation without the demo district (`DEMO=false`). */
  admin: { username: string; password: string } | undefined;
  /** The district that an installation without the demo begins with; the office may rename it later. */
  district: { code: string; name: string };
}

export interface S3Config {
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A wrong environment variable. Its message is one line that names the variable and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(variable: string, zh: string, en: string) {
    super(`配置错误 ${variable}：${zh} (${variable} ${en})`);
  }
}

/**
 * Reads and checks the environment; the only reader of process.env in the product.
 * Creates `DATA_DIR/secrets/audit-key` (0600) at the first start when AUDIT_KEY is not given.
 * @throws ConfigError naming the first wrong variable.
 */
export function loadConfig(env: Env = process.env): Config {
  // An empty variable counts as absent: that is how compose files and unit files leave one out.
  const text = (name: string) => env[name]?.trim() || undefined;
  const dataDir = resolve(text('DATA_DIR') ?? './.data');
  const keyFile = join(dataDir, 'secrets', 'audit-key');
  return {
    host: text('HOST') ?? '127.0.0.1',
    port: integer(text, 'PORT', 3000, 0, 65_535),
    publicUrl: publicUrl(text),
    dataDir,
    fontsDir: folder(text, 'FONTS_DIR'),
    databaseUrl: url(text, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    poolSize: integer(text, 'POOL_SIZE', 20, 1, 1_000),
    redisUrl: url(text, 'REDIS_URL', ['redis:', 'rediss:']),
    s3: s3(text),
    auditKey: auditKey(text('AUDIT_KEY'), keyFile),
    auditKeyFile: text('AUDIT_KEY') === undefined ? keyFile : undefined,
    demo: choice(text, 'DEMO', ['true', 'false'], 'true') === 'true',
    demoPassword: password(text, 'DEMO_PASSWORD'),
    logLevel: choice(text, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    trustProxy: addresses(text, 'TRUST_PROXY'),
    loginFailuresPerAddress: integer(text, 'LOGIN_FAILURES_PER_ADDRESS', 100, 5, 1_000_000),
    uploadBytesPerDay: integer(text, 'UPLOAD_GB_PER_DAY', 20, 1, 10_000) * 1024 ** 3,
    admin: admin(text),
    district: { code: districtCode(text), name: text('DISTRICT_NAME') ?? '本区县' },
  };
}

type Text = (name: string) => string | undefined;

function integer(text: Text, name: string, otherwise: number, min: number, max: number): number {
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

function choice<T extends string>(text: Text, name: string, allowed: readonly T[], otherwise: T): T {
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
function folder(text: Text, name: string): string | undefined {
  const given = text(name);
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(name, `没有文件夹“${path}”`, `must be a folder: ${path} is none`);
  }
  return path;
}

/** The value is not repeated in the message: connection strings carry passwords. */
function url(text: Text, name: string, protocols: string[]): string | undefined {
  const given = text(name);
  if (given === undefined) return undefined;
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol) || (!parsed.hostname && !parsed.search)) {
    const example = `${protocols[0]}//用户:口令@主机:端口/…`;
    throw new ConfigError(
      name,
      `应为 ${example} 形式的地址`,
      `must be a ${protocols.map((p) => `${p}//`).join(' or ')} address`,
    );
  }
  return given;
}

/** `https://dudao.example.gov.cn`, or where the API itself listens. Longer ones would make a QR code hard to read. */
function publicUrl(text: Text): string {
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

function s3(text: Text): S3Config | undefined {
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

function password(text: Text, name: string): string | undefined {
  const given = text(name);
  if (given !== undefined && given.length < 8) {
    throw new ConfigError(name, '至少 8 个字符', 'must have at least 8 characters');
  }
  return given;
}

function admin(text: Text): Config['admin'] {
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

function districtCode(text: Text): string {
  const given = text('DISTRICT_CODE') ?? '000000';
  if (/^\d{6}$/.test(given)) return given;
  throw new ConfigError(
    'DISTRICT_CODE',
    `应为 6 位行政区划代码，现为“${given}”`,
    'must be the six digits of the administrative division',
  );
}

function addresses(text: Text, name: string): string[] {
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

/** 32 bytes, as 64 hexadecimal digits or 44 characters of base64. */
function auditKey(given: string | undefined, file: string): Buffer {
  if (given !== undefined) {
    const key = parseKey(given);
    if (key) return key;
    throw new ConfigError(
      'AUDIT_KEY',
      '应为 64 位十六进制数（可用 openssl rand -hex 32 生成）',
      'must be 32 bytes as 64 hexadecimal digits',
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
