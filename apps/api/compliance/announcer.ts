import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { onFactsChanged } from '#core/compliance/changed.js';

/** ms between two tries while the database is away: who listens has lost its connection too, and remembers nothing. */
const RETRY = 200;

/**
 * Tells the other processes which units have changed: right after the commits, and all that came meanwhile at once.
 */
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
      const keys = [...this.waiting];
      this.waiting.clear();
      try {
        await this.dataSource.query(`SELECT pg_notify('unit_facts', key) FROM unnest($1::text[]) key`, [
          keys,
        ]);
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
