import type pg from 'pg';
import {
  DataSource,
  type DataSourceOptions,
  DefaultNamingStrategy,
  type EntityManager,
  type NamingStrategyInterface,
} from 'typeorm';
import { columnTypes } from './column-types.js';
import type { Config } from './config.js';
import { ConfigError } from './environment.js';
import { LazyBegin } from './lazy-begin.js';
import { SharedConnections } from './shared-connections.js';

/** property `districtId` ↔ column `district_id`; an explicit name is taken as it stands. */
class SnakeNaming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override tableName(className: string, given: string | undefined): string {
    return given ?? snake(className);
  }
  override columnName(property: string, given: string | undefined, prefixes: string[]): string {
    return snake(prefixes.concat(given ?? property).join('_'));
  }
  override joinColumnName(relation: string, referenced: string): string {
    return snake(`${relation}_${referenced}`);
  }
}

/** `returnCount2` → `return_count2`. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

export interface DataSourceSettings {
  entities: DataSourceOptions['entities'];
  /** Shown in pg_stat_activity, e.g. 'dudao-api'. */
  applicationName?: string;
  /** Connections; default `config.poolSize`. */
  poolSize?: number;
  /** ms a statement may run before PostgreSQL cancels it; default 30,000; 0: no limit (exports, migrations). */
  statementTimeout?: number;
  /** An idle connection was lost; the pool replaces it by itself. */
  onPoolError?: (error: Error) => void;
}

/** Connections that many requests share (shared-connections.ts); more would only divide what goes well together. */
const SHARED = 2;

/** The TypeORM DataSource of one process, with the connections that its requests share. */
class Database extends DataSource {
  constructor(
    options: DataSourceOptions,
    readonly shared: SharedConnections,
  ) {
    super(options);
  }

  override async destroy(): Promise<void> {
    await this.shared.close();
    await super.destroy();
  }
}

/** Not yet initialised. @throws ConfigError without DATABASE_URL */
export function createDataSource(
  config: Pick<Config, 'databaseUrl' | 'poolSize'>,
  settings: DataSourceSettings,
): DataSource {
  const url = databaseUrl(config);
  const applicationName = settings.applicationName ?? 'dudao';
  const options = {
    types: columnTypes,
    keepAlive: true,
    statement_timeout: settings.statementTimeout ?? 30_000,
    lock_timeout: 10_000,
    // A transaction whose process hangs must not hold its row locks for ever.
    idle_in_transaction_session_timeout: 60_000,
  };
  // Long enough for a storm of tablets to be served one after another; who waits longer is better told 503 than kept hanging.
  const connectTimeoutMS = 10_000;
  const shared = new SharedConnections(
    {
      ...options,
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMS,
      // Where PostgreSQL says nothing, all who wait on a line are told so.
      query_timeout: connectTimeoutMS,
      // They look rows up by keys. A plan made while a table was small must not scan it when it has grown.
      options: '-c TimeZone=UTC -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off',
    },
    SHARED,
  );
  return new Database(
    {
      type: 'postgres',
      url,
      entities: settings.entities,
      synchronize: false,
      migrationsRun: false,
      namingStrategy: new SnakeNaming(),
      applicationName,
      poolSize: settings.poolSize ?? config.poolSize,
      connectTimeoutMS,
      poolErrorHandler: settings.onPoolError ?? (() => undefined),
      extra: { ...options, Client: LazyBegin, pipeline: true, options: '-c TimeZone=UTC' },
    },
    shared,
  );
}

const names = new Map<string, string>();
/** Texts that get a name at most: each costs every connection some memory, and texts made of parameters could be endless. */
const NAMED = 200;

function nameOf(text: string): string | undefined {
  let name = names.get(text);
  if (!name && names.size < NAMED) {
    name = `s${names.size + 1}`;
    names.set(text, name);
  }
  return name;
}

/**
 * A statement that PostgreSQL parses and plans once a connection, past the ORM but in the manager's transaction: for the
 * few that are hot enough to feel it, and whose plan does not hang on the values. Answers the rows, of an UPDATE too.
 *
 * `shared`: outside a transaction it may run on a connection that others use at the same time; it must be short and whole in
 * itself, and look rows up by their keys. `patience`: ms after which the connection is given up where PostgreSQL says nothing.
 */
export async function queryPrepared<R extends pg.QueryResultRow>(
  em: EntityManager,
  text: string,
  values: unknown[],
  { shared = false, patience }: { shared?: boolean; patience?: number } = {},
): Promise<R[]> {
  const statement = { ...named(text), values, ...(patience ? { query_timeout: patience } : {}) };
  if (em.queryRunner) {
    const connection: pg.PoolClient = await em.queryRunner.connect();
    return (await connection.query<R>(statement)).rows;
  }
  const database = em.connection as Database;
  const { master } = database.driver as unknown as { master: pg.Pool };
  return (await (shared ? database.shared.query<R>(statement) : master.query<R>(statement))).rows;
}

/** How many connections this process has open: of the pool, and those that requests share. */
export function openConnections(dataSource: DataSource) {
  const { driver, shared } = dataSource as Database;
  const { totalCount, idleCount, waitingCount } = (driver as unknown as { master: pg.Pool }).master;
  return { open: totalCount, idle: idleCount, waited_for: waitingCount, shared: shared.open };
}

const named = (text: string): { text: string; name?: string } => {
  const name = nameOf(text);
  return name ? { name, text } : { text };
};

/** @throws ConfigError where no database is configured */
export function databaseUrl(config: Pick<Config, 'databaseUrl'>): string {
  if (config.databaseUrl) return config.databaseUrl;
  throw new ConfigError(
    'DATABASE_URL',
    '单独启动本进程须给出数据库地址；一体启动请用 npm start',
    'is needed by this process; `npm start` brings its own database',
  );
}
