import type { EntityManager } from 'typeorm';
import type { Actor } from '#rules/actor.js';
import { type Day, localDay } from '#rules/local-date.js';

/**
 * What every verb and query gets as its first argument: who acts, when, and through which connection.
 * `em` is one transaction for a write and a plain manager for a read.
 */
export type Ctx = {
  em: EntityManager;
  actor: Actor;
  /** The instant of this request; verbs never ask a clock of their own. */
  now: Date;
  /** The local day of `now` in the district (Asia/Shanghai). */
  today: Day;
  requestId?: string;
  /** The `If-Match` of the request, compared by `requireFresh`. */
  ifMatch?: string;
  /** Runs after the commit and never when the transaction was rolled back. */
  afterCommit: (effect: () => void) => void;
  /** Says something to this process's own caches at once (foundation/announce.ts); others hear it by NOTIFY. */
  tellHere?: (channel: Channel, payload: string) => void;
};

/** What processes tell each other: `auth` a person's, session's or key's id; `district` an id; `unit_facts` some district/unit, with spaces between. */
export type Channel = 'auth' | 'unit_facts' | 'district';

/** Makes a context; `afterCommit` effects run at once where nobody collects them (reads, scripts). */
export function makeCtx(
  em: EntityManager,
  actor: Actor,
  now: Date,
  more: Partial<Pick<Ctx, 'requestId' | 'ifMatch' | 'afterCommit' | 'tellHere'>> = {},
): Ctx {
  return { em, actor, now, today: localDay(now), afterCommit: (effect) => effect(), ...more };
}

/** The same request acting as somebody else, e.g. the system on what follows by itself. */
export const actingAs = (ctx: Ctx, actor: Actor): Ctx => ({ ...ctx, actor });

/** The actor of work that no person started (schedules, sealing). */
export const systemActor = (districtId: string): Actor => ({
  kind: 'system',
  userId: '00000000-0000-0000-0000-000000000000',
  name: '系统',
  districtId,
  roles: [],
  unitId: null,
  zoneIds: [],
});
