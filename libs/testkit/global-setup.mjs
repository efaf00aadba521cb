import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * One real PostgreSQL and one real Redis for the whole run, and a migrated template database that every test file
 * copies (see database.ts). Both servers die with this process, however it ends; global-teardown.mjs stops them.
 */
export default async function globalSetup() {
  const platform = await loadPlatform();
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-test-'));
  const [postgres, redis] = await Promise.all([
    platform.startEmbeddedPostgres({ dataDir, throwAway: true }),
    startRedis(dataDir),
  ]);
  globalThis.dudaoTestServers = { postgres, redis: redis.child, dataDir };
  await makeTemplate(platform, postgres.url);
  process.env.DUDAO_TEST_DATABASE = postgres.url;
  process.env.DUDAO_TEST_REDIS = redis.url;
}

/**
 * The platform room from its sources: a test run must not depend on a build, which may be old or somebody's that
 * failed. Only the types are taken off; imports between the files stay as they are.
 */
async function loadPlatform() {
  const from = join(root, 'libs/platform');
  const to = join(root, 'node_modules/.cache/dudao-platform', String(process.pid));
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const { code } = transformSync(readFileSync(join(from, file), 'utf8'), {
      filename: file,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    writeFileSync(join(to, file.replace(/\.ts$/, '.js')), code);
  }
  globalThis.dudaoTestPlatform = to;
  const [embedded, database, migrations] = await Promise.all(
    ['embedded-postgres.js', 'database.js', 'migrations.js'].map(
      (file) => import(pathToFileURL(join(to, file)).href),
    ),
  );
  return { ...embedded, ...database, ...migrations };
}

async function makeTemplate(platform, url) {
  const template = new URL(url);
  template.pathname = '/dudao_template';
  const admin = platform.createDataSource({ databaseUrl: url, poolSize: 1 }, { entities: [] });
  await admin.initialize();
  await admin.query('create database dudao_template');
  await admin.destroy();
  const source = platform.createDataSource({ databaseUrl: template.href, poolSize: 1 }, { entities: [] });
  await source.initialize();
  try {
    await platform.migrate(source);
  } finally {
    await source.destroy();
  }
}

async function startRedis(dataDir) {
  const port = await freePort();
  const options = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dataDir,
  ];
  const args = ['--pdeathsig=KILL', 'redis-server', ...options, '--maxmemory-policy', 'noeviction'].map(
    String,
  );
  const child = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes('Ready to accept connections')) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', () =>
      reject(
        new Error(
          /No such file|not found/i.test(said)
            ? 'the tests need redis-server: apt-get install redis-server'
            : `redis-server did not start: ${said.trim()}`,
        ),
      ),
    );
  });
  return { child, url: `redis://127.0.0.1:${port}` };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
