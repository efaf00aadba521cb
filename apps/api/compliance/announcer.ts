import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { onFactsChanged } from '#core/compliance/changed.js';

/** ms between two tries while the database is away: who listens has lost its connection too, and remembers nothing. */
const RETRY = 200;
/** ms that changes are gathered before they are told: a notification costs PostgreSQL as much as it costs every listener. */
const GATHERED = 15;
/** Units in one notification: PostgreSQL takes 8,000 bytes. */
const TOLD_AT_ONCE = 100;

/** Tells the other processes which units have changed, soon after the commits. */
@Injectable()
export class FactsAnnouncer implements OnApplicationShutdown {
  private readonly waiting = new Set<string>();
  private telling: Promise<void> | undefined;
  private stopped = false;
  private readonly stopHearing: () => void;

  constructor(private readonly dataSource: DataSource) {
    this.stopHearing = onFactsChanged((districtId, unitId) => {
      this.waiting.add(`${districtId}/${unitId}`);
      this.telling ??= this.tell();
    });
  }

  private async tell(): Promise<void> {
    while (this.waiting.size > 0) {
      if (!this.stopped) await pause(GATHERED);
      const keys = [...this.waiting];
      this.waiting.clear();
      const payloads = Array.from({ length: Math.ceil(keys.length / TOLD_AT_ONCE) }, (_, i) =>
        keys.slice(i * TOLD_AT_ONCE, (i + 1) * TOLD_AT_ONCE).join(' '),
      );
      try {
        // What is told is worth nothing after a crash, so its commit waits for no disk.
        await this.dataSource.query(
          `SELECT set_config('synchronous_commit', 'off', true), pg_notify('unit_facts', keys) FROM unnest($1::text[]) keys`,
          [payloads],
        );
      } catch {
        if (this.stopped) break;
        for (const key of keys) this.waiting.add(key);
        await pause(RETRY, undefined, { ref: false });
      }
    }
    this.telling = undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopHearing();
    this.stopped = true;
    await this.telling;
  }
}
