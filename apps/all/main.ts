import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { demoPasswordFile } from '#core/demo/password.js';
import { requireOwnKey } from '#core/history/own-key.js';
import { type Config, loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { type EmbeddedPostgres, embeddedUrl, startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { migrate } from '#platform/migrations.js';
import { packagePath } from '#platform/package-root.js';
import { StartError } from '#platform/processes.js';
import { connect, listenFailure, startFailure } from '#platform/start.js';
import { type Member, type Program, prepareMember, prepareTool, type Settings, type Tool } from './family.js';
import { welcome } from './page.js';
import { firstAdministrator } from './prompt.js';

/*
 * `npm start`: everything on one machine. The database, the API and the worker are processes of their own; this one
 * prepares them side by side, releases them in order, watches over them and ends them in order.
 */
const API: Program = {
  script: 'apps/api/main.js',
  preload: 'apps/api/app.js',
  // What requests leave behind is cleared away while it is young (docs/OPERATIONS.md).
  flags: ['--max-semi-space-size=32', '--no-allocation-site-pretenuring'],
};
const WORKER: Program = { script: 'apps/worker/main.js', preload: 'apps/worker/worker.js' };
const SEED_DEMO: Program = { script: 'tools/seed-demo.js', preload: 'libs/core/demo/seed.js' };
const CREATE_ADMIN: Program = { script: 'tools/create-admin.js', preload: 'libs/core/entities.js' };

const startedAt = performance.now();
const members: Member[] = [];
const tools: Tool[] = [];
let database: EmbeddedPostgres | undefined;
let stopRequestedAt: number | undefined;

const note = (line: string) => void process.stdout.write(`${line}\n`);

process.on('SIGINT', requestStop);
process.on('SIGTERM', requestStop);
process.on('SIGHUP', requestStop);

try {
  await start(loadConfig());
} catch (error) {
  // What a stop takes away under a start is no failure of it.
  if (stopRequestedAt === undefined) await giveUp(error);
}

async function start(config: Config): Promise<void> {
  const program = config.demo ? SEED_DEMO : CREATE_ADMIN;
  checkInstallation(program);
  const port = await portFor(config);
  // Loading their packages takes these as long as initdb takes: they do it side by side.
  const api = prepareMember(API, '接口服务', note, giveUp);
  members.push(api);
  const prepare = () => {
    const tool = prepareTool(program, config.demo ? '填充演示数据' : '建立首个管理员');
    tools.push(tool);
    return tool;
  };
  // Only a folder without a cluster is known to need it before the database can be asked.
  const early = !config.databaseUrl && !embeddedUrl(config.dataDir) ? prepare() : undefined;
  if (!config.databaseUrl) database = await startEmbeddedPostgres({ dataDir: config.dataDir, onNote: note });
  const databaseUrl = config.databaseUrl ?? database?.url ?? '';
  const settings: Settings = { DATABASE_URL: databaseUrl, DATA_DIR: config.dataDir, PORT: String(port) };
  const district = await prepareDatabase(config, databaseUrl);
  const empty = district === 'none';
  if (!empty) early?.dismiss();
  const accounts = empty ? await fill(config, early ?? prepare(), settings) : '';
  api.release(settings);
  await ready(config, port);
  if (stopRequestedAt !== undefined) return;
  // Work may wait a second; whoever opens the page should not.
  const worker = prepareMember(WORKER, '后台任务', note, giveUp);
  members.push(worker);
  worker.release(settings);
  note(
    welcome({
      address: address(config.host, port),
      config,
      database: database
        ? `内置 PostgreSQL，端口 ${database.port}（${database.clusterDir}）`
        : '外部 PostgreSQL',
      accounts: accounts || (district === 'demo' ? reminder(config) : ''),
      seconds: (performance.now() - startedAt) / 1000,
    }),
  );
}

function checkInstallation(filler: Program): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new StartError(
      `需要 Node.js 20.19 或更新版本，现为 ${process.versions.node} (Node.js >= 20.19 is needed)`,
    );
  }
  for (const { script } of [API, WORKER, filler]) {
    if (existsSync(packagePath('dist', script))) continue;
    throw new StartError(`缺少 dist/${script}，请先执行 npm run build (run npm run build first)`);
  }
}

/** The port the API will listen on. @throws ConfigError where it is taken or the address is not ours */
async function portFor(config: Config): Promise<number> {
  const server = createServer();
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve);
    server.listen(config.port, config.host, () => resolve(undefined));
  });
  if (failure) throw listenFailure(failure, config);
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  return bound && typeof bound === 'object' ? bound.port : config.port;
}

/** Migrates. @returns what is there: no district yet, the demo's, or others */
async function prepareDatabase(config: Config, databaseUrl: string): Promise<'none' | 'demo' | 'own'> {
  const source = createDataSource(
    { databaseUrl, poolSize: 1 },
    { entities: [], applicationName: 'dudao-start' },
  );
  await connect(source);
  try {
    await requireOwnKey(source, config);
    await migrate(source);
    const [{ district }]: [{ district: 'none' | 'demo' | 'own' }] = await source.query(
      `select case bool_or(demo) when true then 'demo' when false then 'own' else 'none' end as district from districts`,
    );
    return district;
  } finally {
    await source.destroy();
  }
}

/** The demo district or the first administrator, once. @returns the account lines to show */
async function fill(config: Config, filler: Tool, settings: Settings): Promise<string> {
  if (config.demo) return filler.release(settings);
  const { username, password } = await firstAdministrator(config);
  return filler.release({ ...settings, ADMIN_USERNAME: username, ADMIN_PASSWORD: password });
}

/** Where the password of a demo district that was there before is found. */
function reminder(config: Config): string {
  const file = demoPasswordFile(config);
  return file
    ? `演示账户 demo_head 等，口令见 ${file}`
    : '演示账户 demo_head 等沿用原来的口令：从备份恢复的，即备份所来自的安装的演示口令';
}

async function ready(config: Config, port: number): Promise<void> {
  const url = `${address(config.host, port)}/readyz`;
  while (stopRequestedAt === undefined) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function address(host: string, port: number): string {
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** First the ones that serve and work, then the database they need. */
async function stopEverything(): Promise<void> {
  for (const tool of tools) tool.dismiss();
  await Promise.all(members.map((member) => member.stop(20_000)));
  await database?.stop();
}

function requestStop(): void {
  if (stopRequestedAt === undefined) {
    stopRequestedAt = performance.now();
    note('正在停止……');
    stopEverything().then(
      () => {
        note('已停止。');
        process.exit(0);
      },
      (error) => giveUp(error),
    );
    return;
  }
  // npm passes the terminal's Ctrl-C on a second time, within the same moment: that is not a person in a hurry.
  if (performance.now() - stopRequestedAt < 500) return;
  for (const member of members) member.kill();
  note('已强制停止；下次启动时数据库会自动恢复。');
  // The kernel tells PostgreSQL when this process is gone; its log makes the next start whole.
  process.exit(130);
}

async function giveUp(error: unknown): Promise<never> {
  process.stderr.write(`无法启动：${startFailure(error)}\n`);
  stopRequestedAt ??= performance.now();
  for (const tool of tools) tool.dismiss();
  for (const member of members) member.kill();
  await database?.stop();
  process.exit(1);
}
