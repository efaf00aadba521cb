import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { streamOf } from './stream-of.js';

/**
 * The rows of a query as PostgreSQL itself writes CSV (fields quoted where they must be, lines ended by LF), piece by piece and
 * as of one moment, on a connection of its own: a million rows cost no objects. `$n` stands for `values[n - 1]`, as in any query.
 *
 * COPY takes no parameters: here, and only here, values become literals, each by pg's own `escapeLiteral`.
 */
export async function* copyCsv(
  em: EntityManager,
  query: string,
  values: readonly unknown[],
): AsyncGenerator<Buffer> {
  const { url } = em.connection.options as { url: string };
  const client = new pg.Client({
    connectionString: url,
    application_name: 'dudao-copy',
    keepAlive: true,
    options: '-c TimeZone=UTC -c DateStyle=ISO,YMD -c client_encoding=UTF8',
  });
  let done = false;
  // A broken connection fails the stream, which tells whoever reads it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const text = query.replace(/\$(\d+)/g, (_, n: string) => literal(values[Number(n) - 1]));
    const stream = client.query(copyTo(`COPY (${text}) TO STDOUT (FORMAT csv)`));
    yield* stream;
    done = true;
  } finally {
    // PostgreSQL, still sending to a reader who went away, would hear no farewell.
    if (!done) streamOf(client).destroy();
    await client.end().catch(() => undefined);
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return `'${value}'`;
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (typeof value === 'string') return pg.escapeLiteral(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return pg.escapeLiteral(`{${value.map((one) => `"${one.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`);
  }
  throw new TypeError(`no literal for ${JSON.stringify(value)}`);
}
