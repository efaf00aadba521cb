import { documentNumberOf, normalDocumentNumber } from '#rules/document-number.js';
import type { Day } from '#rules/local-date.js';
import { dayText, localDay, yearOf } from '#rules/local-date.js';
import { invalid, problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import { freeNumber } from '../foundation/numbers.js';
import { require } from '../foundation/scope.js';
import { record } from '../history/events.js';
import type { Circular } from './circular.entity.js';
import { type Press, renderFiles, storeFiles } from './documents.js';
import { lockCircular, requireDraft } from './locked.js';
import { type CircularView, readCircular } from './read.js';
import { blockingFindings } from './rehearsal/rehearse.js';
import { windowOf } from './snapshot/window.js';

export type IssueRequest = { documentNumber?: string; issuedOn?: Day };

/**
 * Signs and publishes a draft: somebody else than its drafter, with the right to sign. The number is the one typed from
 * the bureau's register, or the next of the office's own series without gaps. The documents that carry number and date
 * are made before the answer, so that an issued circular always has its files.
 * @throws circular.drafter_cannot_issue (403), access.denied (403), circular.not_draft (409), circular.issue_blocked (409),
 * circular.number_taken (409), request.invalid (400)
 */
export async function issueCircular(
  ctx: Ctx,
  id: string,
  request: IssueRequest,
  press: Press,
): Promise<CircularView> {
  const circular = await lockCircular(ctx, id, ({ draftedBy }) => {
    if (draftedBy === ctx.actor.userId) {
      throw problem('circular.drafter_cannot_issue', '通报由起草人以外有签发权的人员签发');
    }
    require(ctx.actor, 'circular.issue');
  });
  requireDraft(circular);
  await refuseBlocked(ctx, circular);
  const issuedOn = dateOf(ctx, circular, request.issuedOn);
  const documentNumber = await numberOf(ctx, request.documentNumber, circular, issuedOn);
  const issued: Circular = {
    ...circular,
    status: 'issued',
    documentNumber,
    issuedOn,
    renderRevision: circular.renderRevision + 1,
  };
  const files = await renderFiles(issued, press);
  // The making takes its time, in which somebody may have objected.
  await refuseBlocked(ctx, circular);
  await ctx.em.query(
    `UPDATE circulars SET status = 'issued', progress = 100, error = NULL, document_number = $3, issued_on = $4, issued_by = $5,
       issued_at = $6, render_revision = $7, updated_at = $6, revision = revision + 1 WHERE district_id = $1 AND id = $2`,
    [ctx.actor.districtId, id, documentNumber, issuedOn, ctx.actor.userId, ctx.now, issued.renderRevision],
  );
  await storeFiles(ctx.em, issued, files, ctx.now);
  await record(ctx, {
    subjectType: 'circular',
    subjectId: id,
    action: 'issue',
    data: {
      documentNumber,
      issuedOn,
      snapshotHash: circular.snapshotHash,
      corrects: circular.corrects,
      files: files.map(({ format, sha256 }) => ({ format, sha256 })),
    },
  });
  return readCircular(ctx, id);
}

/** @throws circular.issue_blocked with what must be settled first */
async function refuseBlocked(ctx: Ctx, circular: Circular): Promise<void> {
  const blocked = await blockingFindings(ctx, circular);
  if (blocked.length === 0) return;
  throw problem('circular.issue_blocked', {
    detail: blocked.map(({ text }) => text).join('；'),
    extra: { findings: blocked },
  });
}

/** Today unless given: not in the future, not before the day up to which it tells. */
function dateOf(ctx: Ctx, circular: Circular, given: Day | undefined): Day {
  const on = given ?? ctx.today;
  const last = lastDayOf(circular);
  if (on > ctx.today || on < last) {
    throw invalid({
      pointer: '/issuedOn',
      code: 'circular.date_invalid',
      message: `成文日期不能晚于今天，也不能早于数据截止的${dayText(last)}`,
    });
  }
  return on;
}

/** The local day of the last record that counts: the end of a month belongs to its last day. */
const lastDayOf = ({ districtId, period, cutoff }: Circular): Day =>
  localDay(windowOf(districtId, period, cutoff).upTo);

async function numberOf(
  ctx: Ctx,
  typed: string | undefined,
  circular: Circular,
  issuedOn: Day,
): Promise<string> {
  const year = yearOf(issuedOn);
  if (typed !== undefined) {
    const number = normalDocumentNumber(typed);
    const wrong = numberFault(number, yearOf(lastDayOf(circular)), year);
    if (wrong) {
      throw invalid({ pointer: '/documentNumber', code: 'circular.number_invalid', message: wrong });
    }
    if (await isTaken(ctx, number))
      throw problem('circular.number_taken', `${number}已用于另一份文件，请核对发文登记`);
    return number;
  }
  const { documents } = (await districtOf(ctx)).settings;
  return freeNumber(ctx, 'circular', documents.circularSeries, year, (number) => isTaken(ctx, number));
}

/** What is wrong with a number typed in. Once printed it cannot be taken back. */
function numberFault(number: string, from: number, to: number): string | null {
  const parts = documentNumberOf(number);
  if (!parts) return `发文字号应为机关代字、年份和序号，如“教督通〔${to}〕9号”`;
  if (parts.year >= from && parts.year <= to) return null;
  const years = from === to ? `〔${to}〕` : `〔${from}〕至〔${to}〕`;
  return `发文字号的年份应为${years}，与数据截止日和成文日期相符，如“${parts.series}〔${to}〕${parts.n}号”`;
}

/** Waits for a number that another signature is taking at this moment, so that the answer is sure. */
async function isTaken(ctx: Ctx, number: string): Promise<boolean> {
  const { districtId } = ctx.actor;
  await ctx.em.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 11))`, [`${districtId} ${number}`]);
  const found: unknown[] = await ctx.em.query(
    `SELECT 1 FROM circulars WHERE district_id = $1 AND document_number = $2
     UNION ALL SELECT 1 FROM notices WHERE district_id = $1 AND number = $2
     UNION ALL SELECT 1 FROM supervision_orders WHERE district_id = $1 AND number = $2`,
    [districtId, number],
  );
  return found.length > 0;
}
