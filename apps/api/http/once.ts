import type { Ctx } from '#core/foundation/context.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { type IdempotencyOptions, idempotent } from './idempotency.js';
import { asReply, Made } from './reply.js';
import type { DudaoRequest } from './route.js';

/**
 * `Idempotency-Key` for a route with @NoTransaction and @Keyed, which reads its body itself: effect and kept answer are one
 * transaction, begun after the last byte was read. `content` is the SHA-256 of what was read. Without a key the work is
 * simply done, in whatever transaction it makes.
 * @throws as `idempotent`
 */
export async function once(
  ctx: Ctx,
  request: DudaoRequest,
  status: number,
  options: IdempotencyOptions,
  work: (inner: Ctx) => Promise<unknown>,
): Promise<unknown> {
  if (request.headers['idempotency-key'] === undefined) return work(ctx);
  const reply = await inTransaction(ctx, (inner) =>
    idempotent(inner.em, request, ctx.now, async () => asReply(await work(inner), status), options),
  );
  return new Made(reply);
}
