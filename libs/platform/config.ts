import { join, resolve } from 'node:path';
import {
  addresses,
  admin,
  type Credentials,
  choice,
  districtCode,
  folder,
  integer,
  password,
  publicUrl,
  type S3Config,
  s3,
  type Text,
  url,
} from './environment.js';
import { auditKey } from './secrets.js';

/** The one configuration of every process, read and checked once at the start. */
export interface Config {
  /** Address the API listens on; 127.0.0.1 unless HOST says otherwise. */
  host: string;
  /** TCP port of the API; 0 takes any free one (tests). */
  port: number;
  /** Where the public reaches this installation, without a slash at its end: printed in documents (QR code). */
  publicUrl: string;
  /** False where nobody said so: the address of this machine then stands for it, which leads nowhere from outside. */
  publicUrlGiven: boolean;
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
  admin: Credentials | undefined;
  /** The district that an installation without the demo begins with; the office may rename it later. */
  district: { code: string; name: string };
}

export type Env = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Reads and checks the environment; the only reader of process.env in the product.
 * Creates `DATA_DIR/secrets/audit-key` (0600) at the first start when AUDIT_KEY is not given, unless `makeKey` is false: a
 * tool for an installation that is there must not begin another one in a folder that was named by mistake.
 * @throws ConfigError naming the first wrong variable.
 */
export function loadConfig(env: Env = process.env, { makeKey = true } = {}): Config {
  // An empty variable counts as absent: that is how compose files and unit files leave one out.
  const text: Text = (name) => env[name]?.trim() || undefined;
  const dataDir = resolve(text('DATA_DIR') ?? './.data');
  const keyFile = join(dataDir, 'secrets', 'audit-key');
  return {
    host: text('HOST') ?? '127.0.0.1',
    port: integer(text, 'PORT', 3000, 0, 65_535),
    publicUrl: publicUrl(text),
    publicUrlGiven: text('PUBLIC_URL') !== undefined,
    dataDir,
    fontsDir: folder(text, 'FONTS_DIR'),
    databaseUrl: url(text, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    poolSize: integer(text, 'POOL_SIZE', 20, 1, 1_000),
    redisUrl: url(text, 'REDIS_URL', ['redis:', 'rediss:']),
    s3: s3(text),
    auditKey: auditKey(text('AUDIT_KEY'), keyFile, makeKey),
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
