import type { CircularNarrative } from '#rules/circular.js';
import type { Ctx } from '../foundation/context.js';
import { defined } from '../foundation/defined.js';
import { record } from '../history/events.js';
import { enqueueRender } from './enqueue-render.js';
import { lockCircular, requireDraft } from './locked.js';
import { type CircularView, readCircular } from './read.js';

/** Changes parts of a draft's text and has the documents made anew; the figures stay as they were frozen. @throws circular.not_draft */
export async function editCircular(
  ctx: Ctx,
  id: string,
  narrative: Partial<CircularNarrative>,
): Promise<CircularView> {
  const circular = await lockCircular(ctx, id);
  requireDraft(circular);
  const edits = defined({ ...narrative });
  const renderRevision = circular.renderRevision + 1;
  await ctx.em.query(
    `UPDATE circulars SET narrative = narrative || $3::jsonb, render_revision = $4, progress = 0, updated_at = $5,
       revision = revision + 1 WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id, JSON.stringify(edits), renderRevision, ctx.now],
  );
  await record(ctx, { subjectType: 'circular', subjectId: id, action: 'edit', data: { narrative: edits } });
  await enqueueRender(ctx, id, renderRevision);
  return readCircular(ctx, id);
}
