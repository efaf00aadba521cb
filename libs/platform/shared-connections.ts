import type { Socket } from 'node:net';
import pg from 'pg';
import { streamOf } from './stream-of.js';

/** Statements under way on one connection from which on the next connection takes over. */
const FULL = 16;

type Line = { client: Promise<pg.Client> | undefined; underWay: number };

/**
 * A few connections on which the statements of many requests follow each other without waiting for answers (pipelining): a
 * short statement costs half of what it costs on a connection of its own, for most of that is waking the other process up.
 *
 * Only for statements that are whole in themselves (each is its own transaction), short, and never wait long for a lock: who
 * comes after one on its line waits for it.
 */
export class SharedConnections {
  private readonly lines: Line[];
  private closed = false;

  constructor(
    private readonly options: pg.ClientConfig,
    count: number,
  ) {
    this.lines = Array.from({ length: count }, () => ({ client: undefined, underWay: 0 }));
  }

  /** @throws the error of PostgreSQL or of the connection; a lost connection is made anew with the next statement */
  async query<R extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    const line = this.emptiest();
    line.underWay++;
    line.client ??= this.connect(line);
    const { client } = line;
    try {
      const connection = await client;
      together(streamOf(connection));
      try {
        return await connection.query<R>(statement);
      } catch (error) {
        // PostgreSQL says good-bye before it closes, and what broke is told a moment later: nobody is sent there meanwhile.
        if ((error as { severity?: string }).severity === 'FATAL' || streamOf(connection).destroyed) {
          leave(line, client);
        }
        throw error;
      }
    } finally {
      line.underWay--;
    }
  }

  /** Connections that are open now. */
  get open(): number {
    return this.lines.filter(({ client }) => client !== undefined).length;
  }

  /** Filled one after the other: what goes together in one packet is what pipelining saves. */
  private emptiest(): Line {
    return (
      this.lines.find(({ underWay }) => underWay < FULL) ??
      this.lines.reduce((a, b) => (b.underWay < a.underWay ? b : a))
    );
  }

  private connect(line: Line): Promise<pg.Client> {
    if (this.closed) return Promise.reject(new Error('Connection terminated: the process is stopping'));
    const client = new pg.Client({ ...this.options, pipeline: true } as pg.ClientConfig);
    const connected = client.connect().then(() => client);
    const lost = () => leave(line, connected);
    client.on('error', lost);
    client.on('end', lost);
    connected.catch(lost);
    return connected;
  }

  async close(): Promise<void> {
    this.closed = true;
    const clients = this.lines.map(({ client }) => client?.catch(() => undefined));
    for (const client of await Promise.all(clients)) await client?.end().catch(() => undefined);
  }
}

/** The next statement makes a connection anew, unless one was made already. */
function leave(line: Line, client: Promise<pg.Client>): void {
  if (line.client === client) line.client = undefined;
}

/** Holds what is written to the connection until the event loop has handled all that had come in: one packet for all of it. */
function together(stream: Socket): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
