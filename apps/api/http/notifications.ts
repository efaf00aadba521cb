import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Channel } from '#core/foundation/context.js';
import type { Config } from '#platform/config.js';
import { type Listener, listen } from '#platform/listen.js';
import { CONFIG } from './tokens.js';

const CHANNELS = ['auth', 'unit_facts', 'district'] as const satisfies readonly Channel[];

/** What other processes (and this one, after its commits) say by PostgreSQL's NOTIFY; the ground of every cache. */
@Injectable()
export class Notifications implements OnApplicationBootstrap, OnApplicationShutdown {
  private listener?: Listener;
  private readonly hearers = new Map<Channel, ((payload: string) => void)[]>();
  private readonly lostHearers: (() => void)[] = [];
  /** True while nothing can be missed; caches are filled only then. */
  live = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  on(channel: Channel, hear: (payload: string) => void): void {
    this.hearers.set(channel, [...(this.hearers.get(channel) ?? []), hear]);
  }

  onLost(hear: () => void): void {
    this.lostHearers.push(hear);
  }

  /** Says something to the hearers of this process at once, without waiting for the round through PostgreSQL. */
  tellHere(channel: Channel, payload: string): void {
    for (const hear of this.hearers.get(channel) ?? []) hear(payload);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.listener = await listen(
      this.config,
      CHANNELS,
      (channel, payload) => this.tellHere(channel as Channel, payload),
      (live) => {
        this.live = live;
        for (const hear of this.lostHearers) hear();
      },
    );
    this.live = true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener?.close();
  }
}
