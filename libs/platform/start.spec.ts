import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { emptyDatabase } from '#testkit/database.js';
import { createDataSource } from './database.js';
import { MigrationError } from './migrations.js';
import { connect, connectClient, listenFailure, startFailure } from './start.js';

/** What a pool and what a single connection, as backup and restore have it, say. */
const attempt = (databaseUrl: string) =>
  Promise.all(
    [
      connect(createDataSource({ databaseUrl, poolSize: 1 }, { entities: [] })),
      connectClient(databaseUrl, 'test').then((client) => client.end()),
    ].map((one) => one.then(() => 'connected', startFailure)),
  );

test('a database that is away, unknown or refuses us ends the start with one line without the password', async () => {
  const database = await emptyDatabase();
  const at = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port'>>) =>
    attempt(Object.assign(new URL(database.url), change).href);
  try {
    const lines = [
      await at({ username: 'stranger', password: 'geheim-pw' }),
      await at({ pathname: '/nowhere' }),
      await at({ port: '1' }),
    ];
    for (const line of lines.flat()) expect(line).toMatch(/^配置错误 DATABASE_URL：无法连接数据库：[^\n]+$/);
    expect(lines.join()).not.toContain('geheim');
    for (const line of lines[1]!) expect(line).toContain('nowhere');
    for (const line of lines[2]!) expect(line).toContain('ECONNREFUSED');
  } finally {
    await database.drop();
  }
});

async function listening(host: string, port: number): Promise<unknown> {
  const server = createServer();
  try {
    return await new Promise((resolve) => {
      server.once('error', (error) => resolve(listenFailure(error, { host, port })));
      server.listen(port, host, () => resolve(server.address()));
    });
  } finally {
    server.close();
  }
}

test('a port that is taken and an address that is not ours are named', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
  });
  expect(startFailure(await listening('127.0.0.1', port))).toMatch(
    /^配置错误 PORT：端口 \d+ 已被占用[^\n]*$/,
  );
  other.close();
  expect(startFailure(await listening('203.0.113.7', 0))).toMatch(
    /^配置错误 HOST：无法监听 203\.0\.113\.7[^\n]*$/,
  );
});

test('what nobody at the terminal can put right comes with its stack', () => {
  expect(startFailure(new MigrationError('数据库比本程序新'))).toBe('数据库比本程序新');
  expect(startFailure(new TypeError('x'))).toContain('start.spec.ts');
  const other = new Error('not of listening');
  expect(listenFailure(other, { host: '', port: 0 })).toBe(other);
});
