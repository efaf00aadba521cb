import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { problem } from '#rules/problems.js';

type Lease = { minute: number; left: number; spent?: boolean; asking?: Promise<number> };

/**
 * The quota of an API key, per minute, over all processes: each process leases slices of a fiftieth from one row of
 * PostgreSQL and spends them in memory, so a quota is kept within 2 % without asking the database each time.
 */
@Injectable()
export class RateLimiter {
  private readonly leases = new Map<string, Lease>();

  constructor(private readonly dataSource: DataSource) {}

  /** Spends one request. @throws request.too_many with `Retry-After` to the next minute */
  async take(actor: Actor, perMinute: number): Promise<void> {
    const minute = Math.floor(Date.now() / 60_000);
    let lease = this.leases.get(actor.userId);
    if (!lease || lease.minute !== minute) {
      lease = { minute, left: 0 };
      this.leases.set(actor.userId, lease);
    }
    while (lease.left <= 0) {
      // All that wait share one question: what is granted is spent by whoever comes first, and nothing is lost.
      if (!lease.spent) lease.asking ??= this.ask(actor, perMinute, lease);
      if (!lease.spent && ((await lease.asking) ?? 0) > 0) continue;
      throw problem('request.too_many', {
        detail: `每分钟最多 ${perMinute} 次，请稍后再试`,
        retryAfter: 60 - (Math.floor(Date.now() / 1000) % 60),
      });
    }
    lease.left -= 1;
  }

  /** Spends one request of what is leased already; false: ask the usual way. */
  spend(actor: Actor): boolean {
    const lease = this.leases.get(actor.userId);
    if (!lease || lease.left <= 0 || lease.minute !== Math.floor(Date.now() / 60_000)) return false;
    lease.left -= 1;
    return true;
  }

  private async ask(actor: Actor, perMinute: number, lease: Lease): Promise<number> {
    try {
      const granted = await this.lease(actor, perMinute, lease.minute);
      lease.left += granted;
      // What is spent comes back only with the next minute: until then nobody asks the database again.
      lease.spent = granted === 0;
      return granted;
    } finally {
      lease.asking = undefined;
    }
  }

  private async lease(actor: Actor, perMinute: number, minute: number): Promise<number> {
    const slice = Math.max(1, Math.floor(perMinute / 50));
    const [row]: { granted: number }[] = await this.dataSource.query(
      `INSERT INTO rate_windows AS w (district_id, api_key_id, minute, taken) VALUES ($1, $2, to_timestamp($3), $4)
       ON CONFLICT (district_id, api_key_id, minute) DO UPDATE SET taken = w.taken + $4 WHERE w.taken < $5
       RETURNING greatest(0, $4 - greatest(0, taken - $5)) AS granted`,
      [actor.districtId, actor.userId, minute * 60, slice, perMinute],
    );
    return Number(row?.granted ?? 0);
  }
}
