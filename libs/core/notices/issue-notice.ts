import { yearOf } from '#rules/local-date.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { takeNumbers } from '../foundation/numbers.js';
import { record } from '../history/events.js';
import type { NoticeLine } from './notice.js';

/**
 * Makes a notice for one unit and one inspection and serves it through the platform at once (送达): the unit sees it with
 * the commit. Number by the district's series, 〔year〕 and a counter without gaps. Answers its id.
 */
export async function makeNotice(
  ctx: Ctx,
  to: { unitId: string; inspectionId: string | null },
  lines: NoticeLine[],
): Promise<string> {
  const { noticeSeries } = (await districtOf(ctx)).settings.documents;
  const id = newId(ctx.now);
  const n = await takeNumbers(ctx, 'notice', yearOf(ctx.today));
  const number = `${noticeSeries}〔${yearOf(ctx.today)}〕${n}号`;
  await ctx.em.query(
    `INSERT INTO notices (district_id, id, number, unit_id, inspection_id, issued_on, signed_by, served_at, lines, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)`,
    [
      ctx.actor.districtId,
      id,
      number,
      to.unitId,
      to.inspectionId,
      ctx.today,
      ctx.actor.userId,
      ctx.now,
      JSON.stringify(lines),
    ],
  );
  await record(ctx, {
    subjectType: 'notice',
    subjectId: id,
    unitId: to.unitId,
    action: 'issue',
    data: { number, issueIds: lines.map(({ issueId }) => issueId) },
  });
  return id;
}
