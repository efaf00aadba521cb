import { dayText, isMonth, type Month, monthOf, monthText, startOfDay } from '#rules/local-date.js';
import { invalid, problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { newId } from '../foundation/ids.js';
import { record } from '../history/events.js';
import { enqueueRender } from './enqueue-render.js';
import { endOfMonth } from './snapshot/window.js';

export type CircularRequest = { kind: 'monthly'; period?: Month; cutoff?: string; corrects?: string };

/**
 * Asks for a circular; the worker freezes its figures and makes its documents. Answers its id. Without a cut-off of one's
 * own and without `corrects`, a period has one circular: asking again, also at the same moment, answers that one, whatever its
 * cut-off. The cut-off is the earlier of the period's end and now; with one given, a period is drafted and frozen anew.
 * @throws circular.period_invalid (400), circular.not_issued (409) for a correction of what was never issued
 */
export async function draftCircular(ctx: Ctx, request: CircularRequest): Promise<string> {
  const corrected = request.corrects ? await issuedCircular(ctx, request.corrects) : null;
  const period = periodOf(ctx, request.period ?? corrected?.period);
  if (corrected && corrected.period !== period) {
    throw problem('circular.period_invalid', `更正的通报是${monthText(corrected.period)}的，期间应当相同`);
  }
  const cutoff = cutoffOf(ctx, period, request.cutoff);
  const anew = request.cutoff !== undefined || corrected !== null;
  const present = anew ? null : await circularOfPeriod(ctx, period);
  if (present !== null) return present;
  const id = newId(ctx.now);
  const made: unknown[] = await ctx.em.query(
    `INSERT INTO circulars (district_id, id, kind, period, cutoff, cutoff_given, corrects, status, drafted_by, created_at, updated_at)
     VALUES ($1, $2, 'monthly', $3, $4, $5, $6, 'queued', $7, $8, $8)
     ON CONFLICT (district_id, kind, period) WHERE corrects IS NULL AND NOT cutoff_given DO NOTHING RETURNING id`,
    [
      ctx.actor.districtId,
      id,
      period,
      cutoff,
      request.cutoff !== undefined,
      corrected?.id ?? null,
      ctx.actor.userId,
      ctx.now,
    ],
  );
  // Somebody asked at the same moment and was first.
  if (made.length === 0) return (await circularOfPeriod(ctx, period))!;
  await record(ctx, {
    subjectType: 'circular',
    subjectId: id,
    action: 'draft',
    data: { kind: 'monthly', period, cutoff, corrects: corrected?.id ?? null },
  });
  await enqueueRender(ctx, id, 1);
  return id;
}

/** What a period's circular is: the one issued, in its latest correction; before that the latest draft. */
async function circularOfPeriod(ctx: Ctx, period: Month): Promise<string | null> {
  const [row]: { id: string }[] = await ctx.em.query(
    `SELECT c.id FROM circulars c WHERE c.district_id = $1 AND c.kind = 'monthly' AND c.period = $2
       AND (c.status = 'issued' OR c.corrects IS NULL)
       AND NOT EXISTS (SELECT 1 FROM circulars b WHERE b.district_id = c.district_id AND b.corrects = c.id AND b.status = 'issued')
     ORDER BY c.status = 'issued' DESC, c.id DESC LIMIT 1`,
    [ctx.actor.districtId, period],
  );
  return row?.id ?? null;
}

async function issuedCircular(ctx: Ctx, id: string): Promise<{ id: string; period: Month }> {
  const [row]: { id: string; period: Month; status: string }[] = await ctx.em.query(
    `SELECT id, period, status FROM circulars WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id],
  );
  if (!row)
    throw invalid({ pointer: '/corrects', code: 'circular.unknown', message: '没有要更正的这份通报' });
  if (row.status !== 'issued')
    throw problem('circular.not_issued', '只能更正已印发的通报；未印发的请直接修改');
  return row;
}

function periodOf(ctx: Ctx, period: Month | undefined): Month {
  if (period === undefined || !isMonth(period)) {
    throw problem('circular.period_invalid', {
      detail: '请填写通报的月份，形如 2026-09',
      errors: [
        { pointer: '/period', code: 'circular.period_invalid', message: '请填写通报的月份，形如 2026-09' },
      ],
    });
  }
  if (period > monthOf(ctx.today) || period < '2000-01') {
    throw problem('circular.period_invalid', {
      detail: '该月份尚未开始，或年代过早，没有可通报的情况',
      errors: [{ pointer: '/period', code: 'circular.period_invalid', message: '该月份没有可通报的情况' }],
    });
  }
  return period;
}

function cutoffOf(ctx: Ctx, period: Month, given: string | undefined): Date {
  const end = endOfMonth(period);
  if (given === undefined) return new Date(Math.min(end.getTime(), ctx.now.getTime()));
  const cutoff = new Date(given);
  if (cutoff <= startOfDay(`${period}-01`) || cutoff > ctx.now) {
    throw invalid({
      pointer: '/cutoff',
      code: 'circular.cutoff_invalid',
      message: `截止时刻应在${dayText(`${period}-01`)}以后，并且不晚于现在（${dayText(ctx.today)}）`,
    });
  }
  return cutoff;
}
