import type { Ctx } from '../foundation/context.js';

/** One entry of the history. `data` holds what changed; for issues also the state after (`after`), for the ledger as of an instant. */
export type NewEvent = {
  subjectType:
    | 'issue'
    | 'inspection'
    | 'notice'
    | 'circular'
    | 'plan'
    | 'checklist'
    | 'unit'
    | 'zone'
    | 'user'
    | 'api_key'
    | 'settings'
    | 'calendar'
    | 'session'
    | 'attachment'
    | 'export';
  subjectId: string;
  unitId?: string | null;
  action: string;
  reason?: string | null;
  data?: Record<string, unknown>;
};

/**
 * Writes events into the history in the caller's transaction (one statement for any number).
 * They are never edited or deleted; the worker seals them in batches (history/seal.ts).
 */
export async function record(ctx: Ctx, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await ctx.em.query(
    `INSERT INTO events (district_id, at, actor_id, actor_name, subject_type, subject_id, unit_id, action, reason, data, request_id)
     SELECT $1, $2, $3, $4, e."subjectType", e."subjectId", e."unitId", e.action, e.reason, coalesce(e.data, '{}'), $5
     FROM jsonb_to_recordset($6::jsonb) AS e("subjectType" text, "subjectId" uuid, "unitId" uuid, action text, reason text, data jsonb)`,
    [
      ctx.actor.districtId,
      ctx.now,
      ctx.actor.kind === 'system' ? null : ctx.actor.userId,
      ctx.actor.name,
      ctx.requestId ?? null,
      JSON.stringify(events),
    ],
  );
}

/**
 * Puts work for the worker into the outbox, in the caller's transaction. `key` is the fixed job id: the same key while a
 * row is there is one job. The job deletes its row in the transaction that commits its effect.
 */
export async function enqueue(
  ctx: Ctx,
  job: string,
  key: string,
  payload: Record<string, unknown>,
): Promise<void> {
  await ctx.em.query(`INSERT INTO outbox (district_id, job, key, payload) VALUES ($1, $2, $3, $4)`, [
    ctx.actor.districtId,
    job,
    key,
    JSON.stringify(payload),
  ]);
  await ctx.em.query(`SELECT pg_notify('outbox', '')`);
}
