import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { onFactsChanged } from '#core/compliance/changed.js';
import { mayRead, readCompliance, unknownSubject } from '#core/compliance/read.js';
import { type ComplianceRow, complianceView } from '#core/compliance/unit-status.js';
import type { Ctx } from '#core/foundation/context.js';
import { etagOfText } from '#core/foundation/etag.js';
import { Notifications } from '../http/notifications.js';
import { Prebuilt } from '../http/reply.js';

type Entry = { row: ComplianceRow; day: string; answer: Prebuilt };
/** A read under way, and what was told while it ran: what it brings may be older than that. */
type Reading = { stale: Set<string>; allStale: boolean };

/** Units kept at most; a province has some tens of thousands. */
const MOST = 50_000;

/**
 * The answers about single units, ready to send. In the process that changes a unit the entry goes right after the
 * commit, elsewhere by NOTIFY; nothing is kept while notifications may be lost. The local day is part of an entry, so
 * midnight needs no message. Who may see a unit is asked each time, from memory.
 */
@Injectable()
export class ComplianceCache implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();
  /** `district/code` → `district/id`. */
  private readonly ids = new Map<string, string>();
  private readonly readings = new Set<Reading>();
  private readonly stopHearing: () => void;

  constructor(private readonly notifications: Notifications) {
    this.stopHearing = onFactsChanged((districtId, unitId) => this.forget(`${districtId}/${unitId}`));
    notifications.on('unit_facts', (key) => this.forget(key));
    notifications.on('district', () => this.forgetAll());
    notifications.onLost(() => this.forgetAll());
  }

  /** @throws compliance.subject_unknown */
  async find(ctx: Ctx, idOrCode: string): Promise<Prebuilt> {
    const asked = `${ctx.actor.districtId}/${idOrCode}`;
    const entry =
      this.entries.get(asked) ??
      this.entries.get(this.ids.get(asked) ?? '') ??
      (await this.read(ctx, idOrCode));
    if (!(await mayRead(ctx, entry.row))) throw unknownSubject();
    if (entry.day !== ctx.today) Object.assign(entry, answerOn(entry.row, ctx.today));
    return entry.answer;
  }

  private async read(ctx: Ctx, idOrCode: string): Promise<Entry> {
    const reading: Reading = { stale: new Set(), allStale: false };
    this.readings.add(reading);
    try {
      const row = await readCompliance(ctx, idOrCode);
      if (!row) throw unknownSubject();
      const entry = { row, ...answerOn(row, ctx.today) };
      const key = `${ctx.actor.districtId}/${row.id}`;
      if (this.notifications.live && !reading.allStale && !reading.stale.has(key)) {
        if (this.entries.size >= MOST) this.clear();
        this.entries.set(key, entry);
        this.ids.set(`${ctx.actor.districtId}/${row.code}`, key);
      }
      return entry;
    } finally {
      this.readings.delete(reading);
    }
  }

  private forget(key: string): void {
    for (const reading of this.readings) reading.stale.add(key);
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.ids.delete(`${key.slice(0, key.indexOf('/'))}/${entry.row.code}`);
  }

  private forgetAll(): void {
    for (const reading of this.readings) reading.allStale = true;
    this.clear();
  }

  private clear(): void {
    this.entries.clear();
    this.ids.clear();
  }

  onApplicationShutdown(): void {
    this.stopHearing();
  }
}

function answerOn(row: ComplianceRow, day: string): Pick<Entry, 'day' | 'answer'> {
  const body = JSON.stringify(complianceView(row, day));
  return { day, answer: new Prebuilt(body, etagOfText(body)) };
}
