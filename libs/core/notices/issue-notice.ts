import { yearOf } from '#rules/local-date.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { nextNumber } from '../foundation/numbers.js';
import { record } from '../history/events.js';
import type { NoticeLine } from './notice.js';

/**
 * Makes a notice for one unit and one inspection and serves it through the platform at once (送达): the unit sees it with
 * the commit. Number by the district's series and 〔year〕, without gaps. Answers its id.
 */
export async function makeNotice(
  ctx: Ctx,
  to: { unitId: string; inspectionId: string | null },
  lines: NoticeLine[],
): Promise<string> {
  const { noticeSeries } = (await districtOf(ctx)).settings.documents;
  const id = newId(ctx.now);
  const number = await nextNumber(ctx, 'notice', noticeSeries, yearOf(ctx.today));
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
