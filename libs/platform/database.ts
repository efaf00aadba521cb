import type { Socket } from 'node:net';
import pg from 'pg';
import {
  DataSource,
  type DataSourceOptions,
  DefaultNamingStrategy,
  type EntityManager,
  type NamingStrategyInterface,
} from 'typeorm';
import type { Config } from './config.js';
import { ConfigError } from './environment.js';
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

/** What a day, a big integer and an exact number become in JavaScript; every other type as pg does it. */
const OID = {
  int8: 20,
  date: 1082,
  timestamptz: 1184,
  numeric: 1700,
  int8Array: 1016,
  dateArray: 1182,
  numericArray: 1231,
};
// The published types of pg-types describe an older shape of this function.
const arrayParser = pg.types.arrayParser as unknown as {
  create(text: string, parse: (entry: string) => unknown): { parse(): unknown[] };
};
const arrayOf = (parse: (text: string) => unknown) => (text: string) =>
  arrayParser.create(text, parse).parse();
const parsers = new Map<number, (text: string) => unknown>([
  // A local day has no instant: as a Date it would move with the time zone of the process.
  [OID.date, String],
  [OID.timestamptz, instant],
  [OID.int8, safeInteger],
  [OID.numeric, Number],
  [OID.dateArray, arrayOf(String)],
  [OID.int8Array, arrayOf(safeInteger)],
  [OID.numericArray, arrayOf(Number)],
]);
const asPg = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown;

/** pg's `types` option for every connection of ours. */
export const columnTypes = {
  getTypeParser: (oid: number, format?: string) =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? asPg(oid, format),
} as pg.CustomTypesConfig;

const asInstant = pg.types.getTypeParser(OID.timestamptz) as (text: string) => unknown;

/** Our connections speak UTC: `2026-11-22 03:04:05.678+00`. Anything else (years before 1 or after 9999, infinity) as pg does it. */
function instant(text: string): unknown {
  if (text[4] !== '-' || text[10] !== ' ' || !text.endsWith('+00')) return asInstant(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} is beyond what a number holds exactly`);
  return value;
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

/**
 * Sends START TRANSACTION together with the first statement of the transaction: one round trip less for every write. A
 * transaction that asks nothing never begins. Needs pg's pipeline mode.
 */
class LazyBegin extends pg.Client {
  private begin: string | null = null;

  // biome-ignore lint/suspicious/noExplicitAny: pg overloads this eight times
  override query(...args: any[]): any {
    const [text] = args;
    if (typeof text === 'string' && text.startsWith('START TRANSACTION')) {
      this.begin = text;
      return Promise.resolve({ command: 'START', rows: [], rowCount: null });
    }
    if (this.begin === null) return this.ask(args);
    const begin = this.begin;
    this.begin = null;
    if (text === 'COMMIT' || text === 'ROLLBACK') {
      return Promise.resolve({ command: text, rows: [], rowCount: null });
    }
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    stream.cork();
    try {
      // Where it fails, so does what follows it; that is who tells.
      this.ask([begin]).catch(() => undefined);
      return this.ask(args);
    } finally {
      stream.uncork();
    }
  }

  private ask(args: unknown[]): Promise<unknown> {
    return super.query(...(args as [string])) as unknown as Promise<unknown>;
  }
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

export interface Listener {
  close(): Promise<void>;
}

/** ms between two heartbeats: a connection that died without a word is noticed after at most twice this. */
const HEARTBEAT = 10_000;

/**
 * LISTENs on `channels` over a connection of its own and connects again by itself, as long as it takes.
 * `onMessage(channel, payload)` for every NOTIFY. `onLost(false)` when the connection breaks, `onLost(true)` when it is
 * there again: notifications may have been missed, so whatever was built on them must be read afresh, and nothing may
 * be built while it is gone. The first connection is awaited.
 */
export async function listen(
  config: Pick<Config, 'databaseUrl'>,
  channels: readonly string[],
  onMessage: (channel: string, payload: string) => void,
  onLost: (live: boolean) => void,
): Promise<Listener> {
  const connectionString = databaseUrl(config);
  let closed = false;
  let current: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;

  async function connect(): Promise<void> {
    const client = new pg.Client({
      connectionString,
      application_name: 'dudao-listen',
      connectionTimeoutMillis: 5_000,
      query_timeout: HEARTBEAT,
      keepAlive: true,
    });
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearInterval(heartbeat);
      // The socket may be half open: do not wait for a farewell that never comes.
      client.end().catch(() => undefined);
      if (current === client) {
        current = undefined;
        if (!closed) onLost(false);
        reconnect();
      }
    };
    client.on('error', end);
    client.on('end', end);
    client.on('notification', (message) => onMessage(message.channel, message.payload ?? ''));
    const heartbeat = setInterval(() => client.query('select 1').catch(end), HEARTBEAT);
    heartbeat.unref();
    try {
      await client.connect();
      for (const channel of channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      end();
      throw error;
    }
    if (closed || ended) {
      end();
      if (closed) return;
      throw new Error('the connection was lost while LISTEN was set up');
    }
    current = client;
    failures = 0;
  }

  function reconnect(): void {
    if (closed) return;
    const wait = Math.min(50 * 2 ** failures++, 2_000);
    retry = setTimeout(() => connect().then(() => closed || onLost(true), reconnect), wait);
  }

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      const client = current;
      current = undefined;
      await client?.end();
    },
  };
}
