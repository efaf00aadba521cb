import type { Ctx } from '../foundation/context.js';
import { record } from '../history/events.js';
import { endSession } from './sessions.js';

/** Ends the session of the token that was sent. */
export async function logout(ctx: Ctx): Promise<void> {
  const { districtId, sessionId } = ctx.actor;
  if (!sessionId) return;
  await endSession(ctx, districtId, sessionId, 'logged_out');
  await record(ctx, { subjectType: 'session', subjectId: sessionId, action: 'logged_out' });
}
