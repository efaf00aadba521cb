import pg from 'pg';
import type { Config } from './config.js';
import { databaseUrl } from './database.js';

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
