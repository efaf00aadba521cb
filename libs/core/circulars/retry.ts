import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { record } from '../history/events.js';
import { enqueueRender } from './enqueue-render.js';
import { lockCircular } from './locked.js';
import { type CircularView, readCircular } from './read.js';

/** Takes up a circular whose making failed; frozen figures stay frozen. @throws circular.not_failed */
export async function retryCircular(ctx: Ctx, id: string): Promise<CircularView> {
  const circular = await lockCircular(ctx, id);
  if (circular.status !== 'failed') throw problem('circular.not_failed', '只有生成失败的通报可以重做');
  const renderRevision = circular.renderRevision + 1;
  await ctx.em.query(
    `UPDATE circulars SET status = 'queued', progress = 0, error = NULL, render_revision = $3, updated_at = $4,
       revision = revision + 1 WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id, renderRevision, ctx.now],
  );
  await record(ctx, { subjectType: 'circular', subjectId: id, action: 'retry' });
  await enqueueRender(ctx, id, renderRevision);
  return readCircular(ctx, id);
}
