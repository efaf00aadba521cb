import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { MOST_BYTES } from './receive.js';

const DAY = 86_400_000;
/** ms for which this process adds up by itself before it asks the database again. */
const TRUSTED = 60_000;
const MOST_PEOPLE = 10_000;

type Spent = { bytes: number; askedAt: number };
const spentBy = new Map<string, Spent>();

/**
 * Takes room for a file of so many bytes out of what the person may bring within 24 hours, before any of it is read. The sum
 * is the database's, added to here in between: a counter in the upload's own statement would make one person's tablets
 * wait for each other's disk. Several processes may so grant a minute's uploads too many.
 * @throws attachment.quota_reached (429) with `Retry-After`
 */
export async function takeRoom(ctx: Ctx, size: number, mostPerDay: number): Promise<void> {
  const key = `${ctx.actor.districtId}/${ctx.actor.userId}`;
  const taking = Math.min(size, MOST_BYTES);
  const now = ctx.now.getTime();
  let spent = spentBy.get(key);
  const due = !spent || Math.abs(now - spent.askedAt) > TRUSTED || spent.bytes + taking > mostPerDay;
  if (!spent || due) {
    spent = { bytes: await broughtSince(ctx, new Date(now - DAY)), askedAt: now };
    if (spentBy.size >= MOST_PEOPLE) spentBy.clear();
    spentBy.set(key, spent);
  }
  if (spent.bytes + taking > mostPerDay) {
    const detail = `24 小时内最多上传 ${Math.floor(mostPerDay / 1024 ** 3)} GB，请稍后再传，或联系管理员调整`;
    throw problem('attachment.quota_reached', { detail, retryAfter: 3_600 });
  }
  spent.bytes += taking;
}

async function broughtSince(ctx: Ctx, since: Date): Promise<number> {
  const [row]: { bytes: number }[] = await ctx.em.query(
    `SELECT coalesce(sum(a.size), 0)::bigint AS bytes FROM attachment_uploads u
     JOIN attachments a ON a.district_id = u.district_id AND a.sha256 = u.sha256
     WHERE u.district_id = $1 AND u.user_id = $2 AND u.uploaded_at > $3`,
    [ctx.actor.districtId, ctx.actor.userId, since],
  );
  return Number(row?.bytes ?? 0);
}
