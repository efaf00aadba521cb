import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { createApp } from '#api/app.js';
import { ENTITIES } from '#core/entities.js';
import { type Ctx, makeCtx, systemActor } from '#core/foundation/context.js';
import { loadConfig } from '#platform/config.js';
import { createDataSource } from '#platform/database.js';
import { type FileStore, openFiles } from '#platform/files.js';
import { createLog } from '#platform/log.js';
import { type Cast, PEOPLE, type PersonName, seedCast, tokenFor } from './cast.js';
import { freshDatabase } from './database.js';
import { PERSON_COLUMNS } from './person.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by the stories themselves
export type Response<T = any> = {
  status: number;
  body: T;
  headers: Record<string, string | undefined>;
  text: string;
};
type Options = { headers?: Record<string, string>; payload?: Buffer; type?: string };
export type Voice = {
  get(path: string, options?: Options): Promise<Response>;
  post(path: string, body?: unknown, options?: Options): Promise<Response>;
  put(path: string, body?: unknown, options?: Options): Promise<Response>;
  patch(path: string, body?: unknown, options?: Options): Promise<Response>;
  delete(path: string, options?: Options): Promise<Response>;
};

/** The real application on a real database, with the cast in it and a clock that stories move. */
export type World = {
  app: NestFastifyApplication;
  dataSource: DataSource;
  files: FileStore;
  config: ReturnType<typeof loadConfig>;
  cast: Cast;
  /** Speaks as a person of the cast: `world.as('wang').get('/issues')` (paths below /api/v1). */
  as(person: PersonName): Voice;
  /** Speaks with a given bearer token, or without one. */
  with(token?: string): Voice;
  token(person: PersonName): Promise<string>;
  /** A context for calling verbs directly as a person, outside a transaction. */
  ctx(person: PersonName): Promise<Ctx>;
  systemCtx(district: 'A' | 'B'): Ctx;
  now(): Date;
  /** Sets the clock: an ISO instant, or a local day (taken at 10:00 in the district). */
  setNow(to: string): void;
  stop(): Promise<void>;
};

/** Starts a world; call `stop()` in afterAll. The clock stands at 2026-03-10 10:00 local until it is moved. */
export async function startWorld(): Promise<World> {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'dudao-world-'));
  const config = loadConfig({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    POOL_SIZE: '10',
    PORT: '0',
  });
  const log = createLog(config, 'test');
  const dataSource = createDataSource(config, { entities: ENTITIES });
  await dataSource.initialize();
  const files = await openFiles(config);
  const cast = await seedCast(dataSource.manager);
  let now = new Date('2026-03-10T02:00:00.000Z');
  const app = await createApp({ config, dataSource, files, log, clock: () => now });
  await app.getHttpAdapter().getInstance().ready();

  const tokens = new Map<PersonName, Promise<string>>();
  const token = (person: PersonName) => {
    let found = tokens.get(person);
    if (!found) {
      found = tokenFor(dataSource.manager, cast.districts[PEOPLE[person].district], cast.people[person]);
      tokens.set(person, found);
    }
    return found;
  };
  const voice = (bearer: () => Promise<string | undefined>): Voice => {
    const call = async (
      method: string,
      path: string,
      body: unknown,
      options: Options = {},
    ): Promise<Response> => {
      const held = await bearer();
      const url =
        path.startsWith('/api/') || /^\/(healthz|readyz|metrics)/.test(path) ? path : `/api/v1${path}`;
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(held ? { authorization: `Bearer ${held}` } : {}),
          ...(options.payload ? { 'content-type': options.type ?? 'application/octet-stream' } : {}),
          ...options.headers,
        },
        ...(options.payload
          ? { payload: options.payload }
          : body !== undefined
            ? { payload: body as object }
            : {}),
      });
      const json = /json/.test(String(answer.headers['content-type'] ?? ''));
      return {
        status: answer.statusCode,
        body: json && answer.payload ? JSON.parse(answer.payload) : answer.rawPayload,
        headers: answer.headers as Record<string, string | undefined>,
        text: answer.payload,
      };
    };
    return {
      get: (path, options) => call('GET', path, undefined, options),
      post: (path, body = {}, options) => call('POST', path, body, options),
      put: (path, body, options) => call('PUT', path, body, options),
      patch: (path, body = {}, options) => call('PATCH', path, body, options),
      delete: (path, options) => call('DELETE', path, undefined, options),
    };
  };

  return {
    app,
    dataSource,
    files,
    config,
    cast,
    token,
    as: (person) => voice(() => token(person)),
    with: (bearer) => voice(async () => bearer),
    ctx: async (person) => {
      const [row] = await dataSource.query(`SELECT ${PERSON_COLUMNS} FROM users u WHERE u.id = $1`, [
        cast.people[person],
      ]);
      return makeCtx(dataSource.manager, { kind: 'person', ...row }, now);
    },
    systemCtx: (district) => makeCtx(dataSource.manager, systemActor(cast.districts[district]), now),
    now: () => now,
    setNow: (to) => {
      now = new Date(/^\d{4}-\d{2}-\d{2}$/.test(to) ? `${to}T10:00:00+08:00` : to);
    },
    stop: async () => {
      await app.close();
      await dataSource.destroy();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
