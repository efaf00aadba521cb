import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Authenticated, authenticate } from '#core/auth/authenticate.js';
import { hashTokenText } from '#core/auth/tokens.js';
import { CLOCK, type Clock } from './clock.js';
import { Notifications } from './notifications.js';

const MOST = 20_000;

/**
 * Remembers who a token speaks for. Whatever ends a session or changes a person is told by NOTIFY `auth` (the user's,
 * session's or key's id): in this process and all others the old token is dead within milliseconds. While
 * notifications may be lost nothing is remembered.
 */
@Injectable()
export class AuthCache {
  private readonly known = new Map<string, Authenticated>();
  /** Rises with every message: an answer read before a message is not remembered after it. */
  private generation = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    notifications.on('auth', (id) => this.forget(id));
    notifications.onLost(() => this.forgetAll());
  }

  /** Whom a token speaks for as far as this process remembers, at once. */
  remembered(token: string, key = hashTokenText(token)): Authenticated | undefined {
    const found = this.known.get(key);
    return found && found.validUntil > this.clock() ? found : undefined;
  }

  async authenticate(token: string): Promise<Authenticated | null> {
    const key = hashTokenText(token);
    const now = this.clock();
    const remembered = this.remembered(token, key);
    if (remembered) return remembered;
    const generation = this.generation;
    const found = await authenticate(this.dataSource.manager, token, now);
    if (found && this.notifications.live && generation === this.generation) {
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(key, found);
    } else {
      this.known.delete(key);
    }
    return found;
  }

  /** Forgets every token of this person, session or key. */
  forget(id: string): void {
    this.generation++;
    for (const [key, { actor }] of this.known) {
      if (actor.userId === id || actor.sessionId === id) this.known.delete(key);
    }
  }

  private forgetAll(): void {
    this.generation++;
    this.known.clear();
  }
}
