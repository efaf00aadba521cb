import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { problem } from '#rules/problems.js';
import type { Reply } from './reply.js';
import type { DudaoRequest } from './route.js';
import { seal, unseal } from './sealed.js';

const KEPT_DAYS = 30;

type Kept = {
  request_hash: Buffer;
  status: number;
  headers: Record<string, string>;
  body: string;
  created_at: Date;
};

/** A hash without salt that is kept for weeks would give a password away to whoever steals the table and guesses. */
const withoutPasswords = (name: string, value: unknown): unknown =>
  /password/i.test(name) ? undefined : value;

/**
 * `content`: the SHA-256 of a body that the route read itself. `sealWith`: the answer holds a secret that the database must
 * not know, and is kept sealed under this key.
 */
export type IdempotencyOptions = { content?: string; sealWith?: Buffer };

/**
 * `Idempotency-Key` on a writing request, per person, kept 30 days. The kept answer is written in the very transaction of
 * the effect: there is never one without the other. A failure is not kept; the same request may be tried again.
 * @throws idempotency.in_flight (409), idempotency.key_reused (422), idempotency.key_invalid (400);
 * idempotency.answer_lost (422) where the answer was sealed with a key that is no longer this installation's
 */
export async function idempotent(
  em: EntityManager,
  request: DudaoRequest,
  now: Date,
  handle: () => Promise<Reply>,
  { content, sealWith }: IdempotencyOptions = {},
): Promise<Reply> {
  const key = request.headers['idempotency-key'];
  const person = request.auth?.actor.userId;
  if (key === undefined || !person) return handle();
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw problem('idempotency.key_invalid', '幂等键应为 1 至 200 个可见 ASCII 字符');
  }
  const [{ free }]: [{ free: boolean }] = await em.query(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7)) AS free`,
    [`${person} ${key}`],
  );
  if (!free) throw problem('idempotency.in_flight', { detail: '请稍候再查询结果', retryAfter: 1 });

  const hash = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(content ?? JSON.stringify(request.body ?? null, withoutPasswords))
    .digest();
  const bound = `${person} ${key} ${hash.toString('hex')}`;
  const [kept]: Kept[] = await em.query(`SELECT * FROM idempotency_keys WHERE person_id = $1 AND key = $2`, [
    person,
    key,
  ]);
  if (kept && now.getTime() - kept.created_at.getTime() < KEPT_DAYS * 86_400_000) {
    if (!kept.request_hash.equals(hash))
      throw problem('idempotency.key_reused', '不同的请求须使用新的幂等键');
    const body = sealWith ? unseal(kept.body, sealWith, bound) : kept.body;
    if (body === undefined) {
      throw problem('idempotency.answer_lost', '密封答复的密钥已更换；请在列表中核对，必要时作废后重新办理');
    }
    return { kind: 'json', status: kept.status, headers: kept.headers, body };
  }

  const reply = await handle();
  if (reply.kind === 'json') {
    const body = sealWith ? seal(reply.body, sealWith, bound) : reply.body;
    await em.query(
      `INSERT INTO idempotency_keys (person_id, key, request_hash, status, headers, body, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (person_id, key) DO UPDATE SET request_hash = $3, status = $4, headers = $5, body = $6, created_at = $7`,
      [person, key, hash, reply.status, JSON.stringify(reply.headers), body, now],
    );
  }
  return reply;
}
