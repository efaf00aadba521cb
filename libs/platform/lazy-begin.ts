import pg from 'pg';
import { streamOf } from './stream-of.js';

/**
 * Sends START TRANSACTION together with the first statement of the transaction: one round trip less for every write. A
 * transaction that asks nothing never begins. Needs pg's pipeline mode.
 */
export class LazyBegin extends pg.Client {
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
    const stream = streamOf(this);
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
