import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { requireFresh } from '../foundation/etag.js';
import { Circular } from './circular.entity.js';
import { readCircular } from './read.js';

/**
 * A circular of the actor's sight with its row locked, compared with the request's If-Match. `permit` refuses who may see it
 * and not do this: that is told before a stale If-Match. @throws resource.not_found, request.stale
 */
export async function lockCircular(
  ctx: Ctx,
  id: string,
  permit?: (circular: Circular) => void,
): Promise<Circular> {
  await readCircular(ctx, id);
  const row = await ctx.em.findOneOrFail(Circular, {
    where: { districtId: ctx.actor.districtId, id },
    lock: { mode: 'pessimistic_write' },
  });
  permit?.(row);
  await requireFresh(ctx, () => readCircular(ctx, id));
  return row;
}

/** @throws circular.not_draft */
export function requireDraft(circular: Circular): void {
  if (circular.status === 'draft') return;
  const detail =
    circular.status === 'issued'
      ? '通报已印发，不能再改；如有差错，请另发一份更正通报'
      : '通报尚未起草完成，请等文件生成后再办';
  throw problem('circular.not_draft', detail);
}
