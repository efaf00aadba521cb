import pg from 'pg';
import { BackupError } from '#platform/backup-format.js';
import { type Config, loadConfig } from '#platform/config.js';
import { embeddedUrl, startEmbeddedPostgres } from '#platform/embedded-postgres.js';
import { startFailure } from '#platform/start.js';
import { Problem } from '#rules/problems.js';

/** `--to DIR`: the one argument of the backup tools. */
export function folderArgument(name: string): string {
  const at = process.argv.indexOf(`--${name}`);
  const given = at < 0 ? undefined : process.argv[at + 1];
  if (given) return given;
  throw new BackupError(`用法：-- --${name} 目录 (usage: -- --${name} DIR)`);
}

/** Names files that the database promises and that are gone for good. */
export function nameMissing(keys: string[]): void {
  if (keys.length === 0) return;
  console.log(`备份中缺少 ${keys.length} 个文件，备份时它们已不在存储中：`);
  for (const key of keys) console.log(`  ${key}`);
}

/** Runs `work` on this installation's database: the configured one, the embedded one that runs, or one started for it. */
export async function withDatabase(
  config: Config,
  work: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  if (config.databaseUrl) return work(config.databaseUrl);
  const running = embeddedUrl(config.dataDir);
  if (running && (await answers(running))) return work(running);
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    onNote: (line) => console.log(line),
  });
  try {
    await work(server.url);
  } finally {
    await server.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Runs a tool: what a person can put right is one line, anything else comes with its stack.
 * Only one that begins an installation makes the key of its history.
 */
export async function runTool(
  main: (config: Config) => Promise<void>,
  { makeKey = false } = {},
): Promise<void> {
  try {
    await main(loadConfig(process.env, { makeKey }));
  } catch (error) {
    console.error(
      error instanceof Problem ? `${error.title}：${error.detail ?? error.code}` : startFailure(error),
    );
    process.exitCode = 1;
  }
}
