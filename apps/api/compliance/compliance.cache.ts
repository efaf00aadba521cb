import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { onFactsChanged } from '#core/compliance/changed.js';
import { mayRead, reaches, readCompliance, unknownSubject } from '#core/compliance/read.js';
import { type ComplianceRow, complianceView } from '#core/compliance/unit-status.js';
import type { Ctx } from '#core/foundation/context.js';
import { etagOfText } from '#core/foundation/etag.js';
import type { Actor } from '#rules/actor.js';
import type { Day } from '#rules/local-date.js';
import { Notifications } from '../http/notifications.js';
import { Prebuilt } from '../http/reply.js';

type Entry = { row: ComplianceRow; day: Day; answer: Prebuilt; readAt: number };
/** A read under way, and what was told while it ran: what it brings may be older than that. */
type Reading = { stale: Set<string>; allStale: boolean };

/** Units kept at most (some 5 kB each); beyond it the one read first goes. */
const MOST = 10_000;
/** A process that dies between a commit and telling of it leaves others at most this stale, in ms. */
const TRUSTED_FOR = 2_000;

/**
 * The answers about single units, ready to send. In the process that changes a unit the entry goes right after the
 * commit, elsewhere by NOTIFY right after it; nothing is kept for long, or while notifications may be lost. The local day is part of an entry, so
 * midnight needs no message. Who may see a unit is asked each time, from memory.
 */
@Injectable()
export class ComplianceCache implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();
  /** `district/code` → `district/id`. */
  private readonly ids = new Map<string, string>();
  private readonly readings = new Set<Reading>();
  private readonly asked = new Recently(TRUSTED_FOR);
  private readonly stopHearing: () => void;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
  ) {
    this.stopHearing = onFactsChanged((districtId, unitId) => this.forget(`${districtId}/${unitId}`));
    notifications.on('unit_facts', (keys) => {
      for (const key of keys.split(' ')) this.forget(key);
    });
    notifications.on('district', () => this.forgetAll());
    notifications.onLost(() => this.forgetAll());
  }

  /** @throws compliance.subject_unknown */
  async find(ctx: Ctx, idOrCode: string): Promise<Prebuilt> {
    const { districtId } = ctx.actor;
    const entry = this.known(districtId, idOrCode) ?? (await this.read(districtId, idOrCode, ctx.today));
    if (!entry || !(await mayRead(ctx, entry.row))) throw unknownSubject();
    return on(entry, ctx.today);
  }

  /** The answer where it is in memory and within the actor's own zones or unit; undefined: `load` or `find`. */
  peek(actor: Actor, idOrCode: string, today: Day): Prebuilt | undefined {
    const entry = this.known(actor.districtId, idOrCode);
    return entry && reaches(actor, entry.row) ? on(entry, today) : undefined;
  }

  /** As `peek`, from PostgreSQL. */
  async load(actor: Actor, idOrCode: string, today: Day): Promise<Prebuilt | undefined> {
    const entry = await this.read(actor.districtId, idOrCode, today);
    return entry && reaches(actor, entry.row) ? entry.answer : undefined;
  }

  private known(districtId: string, idOrCode: string): Entry | undefined {
    const asked = `${districtId}/${idOrCode}`;
    const entry = this.entries.get(asked) ?? this.entries.get(this.ids.get(asked) ?? '');
    return entry && performance.now() - entry.readAt < TRUSTED_FOR ? entry : undefined;
  }

  private async read(districtId: string, idOrCode: string, today: Day): Promise<Entry | null> {
    const reading: Reading = { stale: new Set(), allStale: false };
    this.readings.add(reading);
    try {
      const readAt = performance.now();
      const row = await readCompliance(this.dataSource.manager, districtId, idOrCode);
      if (!row) return null;
      const entry = { row, readAt, ...answerOn(row, today) };
      const key = `${districtId}/${row.id}`;
      // Kept when it is asked for again: who polls 20,000 units in turn would only fill the memory and have it cleared away.
      const again = this.asked.isRepeated(key);
      if (again && this.notifications.live && !reading.allStale && !reading.stale.has(key)) {
        if (this.entries.size >= MOST) this.drop(this.entries.keys().next().value!);
        this.entries.set(key, entry);
        this.ids.set(`${districtId}/${row.code}`, key);
      }
      return entry;
    } finally {
      this.readings.delete(reading);
    }
  }

  private forget(key: string): void {
    for (const reading of this.readings) reading.stale.add(key);
    this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.ids.delete(`${key.slice(0, key.indexOf('/'))}/${entry.row.code}`);
  }

  private forgetAll(): void {
    for (const reading of this.readings) reading.allStale = true;
    this.entries.clear();
    this.ids.clear();
  }

  onApplicationShutdown(): void {
    this.stopHearing();
  }
}

/** Which keys were named within the last one to two spans of `ms`. */
class Recently {
  private now = new Set<string>();
  private before = new Set<string>();
  private since = 0;

  constructor(private readonly ms: number) {}

  /** Whether the key was named lately; names it. */
  isRepeated(key: string): boolean {
    const at = performance.now();
    if (at - this.since > this.ms) {
      this.before = at - this.since > 2 * this.ms ? new Set() : this.now;
      this.now = new Set();
      this.since = at;
    }
    if (this.now.has(key) || this.before.has(key)) return true;
    this.now.add(key);
    return false;
  }
}

/** The answer as of a day: made anew once after midnight. */
function on(entry: Entry, today: Day): Prebuilt {
  if (entry.day !== today) Object.assign(entry, answerOn(entry.row, today));
  return entry.answer;
}

function answerOn(row: ComplianceRow, day: Day): Pick<Entry, 'day' | 'answer'> {
  const body = JSON.stringify(complianceView(row, day));
  return { day, answer: new Prebuilt(body, etagOfText(body)) };
}
