import pg from 'pg';
import type { DataSource } from 'typeorm';
import { BackupError } from './backup-format.js';
import { ConfigError } from './environment.js';
import { MigrationError } from './migrations.js';
import { StartError } from './processes.js';

/** What ended a start, for whoever sits at the terminal: one line where they can put it right, else with its stack. */
export function startFailure(error: unknown): string {
  const known = [ConfigError, MigrationError, StartError, BackupError].some((kind) => error instanceof kind);
  if (!(error instanceof Error)) return String(error);
  return known ? error.message : (error.stack ?? String(error));
}

/** Opens the pool. @throws ConfigError in the words of the network or of PostgreSQL: away, unknown database, wrong password */
export async function connect(dataSource: DataSource): Promise<void> {
  await dataSource.initialize().catch(unreachable);
}

/** One connection, for what needs no pool. The caller ends it. @throws ConfigError as `connect` */
export async function connectClient(databaseUrl: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: applicationName });
  // One that is lost later is told by the query under way, or by the next.
  client.on('error', () => undefined);
  await client.connect().catch(unreachable);
  return client;
}

function unreachable(error: unknown): never {
  throw new ConfigError('DATABASE_URL', `无法连接数据库：${reason(error)}`, 'cannot be connected to');
}

/** Of a name with several addresses (localhost) all attempts are reported together, without a message of their own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join('，');
  return error instanceof Error ? error.message : String(error);
}

/** Why the address could not be listened on; other errors stay as they are. */
export function listenFailure(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return error;
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      'PORT',
      `端口 ${port} 已被占用，请停止占用者或另设 PORT`,
      'is in use: choose another',
    );
  }
  if (code === 'EACCES') {
    return new ConfigError('PORT', `无权使用端口 ${port}`, 'needs more rights: choose one above 1023');
  }
  return new ConfigError('HOST', `无法监听 ${host}（${code}）`, 'cannot be listened on');
}
