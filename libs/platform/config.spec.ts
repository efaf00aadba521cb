import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadConfig } from './config.js';
import { ConfigError } from './environment.js';

const dir = mkdtempSync(join(tmpdir(), 'dudao-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const load = (env: Record<string, string> = {}) => loadConfig({ DATA_DIR: dir, ...env });

test('an empty environment is a working configuration', () => {
  expect(load({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    dataDir: dir,
    databaseUrl: undefined,
    redisUrl: undefined,
    s3: undefined,
    demo: true,
    logLevel: 'info',
    poolSize: 20,
    trustProxy: [],
  });
});

test('each wrong value stops the start with one line that names its variable and repeats no secret', () => {
  const wrong: Record<string, string>[] = [
    { PORT: '80a' },
    { PORT: '65536' },
    { PORT: '-1' },
    { POOL_SIZE: '0' },
    { DATABASE_URL: 'mysql://u:geheim-pw@h/d' },
    { DATABASE_URL: 'geheim-pw' },
    { REDIS_URL: 'localhost:6379' },
    { S3_ENDPOINT: 'http://127.0.0.1:9000', S3_REGION: 'x', S3_BUCKET: 'b', S3_ACCESS_KEY: 'a' },
    { AUDIT_KEY: 'geheim-pw' },
    { DEMO: 'yes' },
    { FONTS_DIR: join(dir, 'no-such-folder') },
    { DEMO_PASSWORD: 'short' },
    { LOG_LEVEL: 'loud' },
    { TRUST_PROXY: '10.0.0.0/33' },
    { PUBLIC_URL: 'dudao.example.cn' },
    { PUBLIC_URL: 'https://dudao.example.cn/?a=1' },
    { ADMIN_USERNAME: 'li' },
    { ADMIN_PASSWORD: 'geheim-pw' },
  ];
  const named = ['S3_SECRET_KEY', 'ADMIN_PASSWORD', 'ADMIN_USERNAME'];
  for (const env of wrong) {
    let message = '';
    try {
      load(env);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as Error).message;
    }
    expect(message).toMatch(/^配置错误 [A-Z0-9_]+：/);
    expect(message).not.toContain('\n');
    expect(message).not.toContain('geheim');
    expect([...Object.keys(env), ...named].some((name) => message.startsWith(`配置错误 ${name}：`))).toBe(
      true,
    );
  }
});

test('the public address is where the API listens, unless another is given', () => {
  expect(load({ PORT: '8080' }).publicUrl).toBe('http://127.0.0.1:8080');
  expect(load({ HOST: '::1' }).publicUrl).toBe('http://[::1]:3000');
  expect(load({ PUBLIC_URL: 'https://dudao.example.gov.cn/' }).publicUrl).toBe(
    'https://dudao.example.gov.cn',
  );
});

test('only an address of a server that asks for a password is shown with one', () => {
  expect(() => load({ PUBLIC_URL: 'dudao.example.cn' })).toThrow('应为 https://主机:端口/… 形式的地址');
  expect(() => load({ DATABASE_URL: 'h' })).toThrow('应为 postgres://用户:口令@主机:端口/… 形式的地址');
});

test('the audit key is made once, readable by its owner alone, and stays the same', () => {
  const first = load().auditKey;
  expect(first).toHaveLength(32);
  expect(load().auditKey).toEqual(first);
  const file = join(dir, 'secrets', 'audit-key');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8').trim()).toBe(first.toString('hex'));
});

test('a given audit key is taken as hexadecimal or base64 and nothing is written', () => {
  const other = mkdtempSync(join(dir, 'given-'));
  const key = Buffer.alloc(32, 7);
  expect(loadConfig({ DATA_DIR: other, AUDIT_KEY: key.toString('hex') }).auditKey).toEqual(key);
  expect(loadConfig({ DATA_DIR: other, AUDIT_KEY: key.toString('base64') }).auditKey).toEqual(key);
  expect(() => statSync(join(other, 'secrets'))).toThrow();
});

test('a damaged audit key file stops the start instead of sealing with another key', () => {
  const other = mkdtempSync(join(dir, 'damaged-'));
  mkdirSync(join(other, 'secrets'));
  writeFileSync(join(other, 'secrets', 'audit-key'), 'half a ke');
  expect(() => loadConfig({ DATA_DIR: other })).toThrow(/AUDIT_KEY.*已损坏/);
});

test('a tool for an installation that is there makes no key in a folder named by mistake', () => {
  const other = join(dir, 'mistaken');
  expect(() => loadConfig({ DATA_DIR: other }, { makeKey: false })).toThrow(
    /^配置错误 AUDIT_KEY：没有密钥文件/,
  );
  expect(() => statSync(other)).toThrow();
});
