import type { Ctx } from '../foundation/context.js';
import { enqueue } from '../history/events.js';

/** What `circular.render` is told; the rest is read when it runs. */
export type CircularJob = { districtId: string; circularId: string };

/** Starts the making of the documents of one revision. */
export const enqueueRender = (ctx: Ctx, circularId: string, renderRevision: number): Promise<void> =>
  enqueue(ctx, 'circular.render', `circular:${circularId}:${renderRevision}`, {
    districtId: ctx.actor.districtId,
    circularId,
  } satisfies CircularJob);
