import {
  CIRCULAR_ANNEXES,
  type CircularAnnex,
  type CircularNarrative,
  looseBraces,
  tokensIn,
  unknownTokens,
} from '#rules/circular.js';
import { type FieldError, invalid } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import { defined } from '../foundation/defined.js';
import { record } from '../history/events.js';
import type { Circular } from './circular.entity.js';
import { enqueueRender } from './enqueue-render.js';
import { lockCircular, requireDraft } from './locked.js';
import { type CircularView, readCircular } from './read.js';

/** What the desk may change in a draft. What is left out stays. */
export type CircularChange = {
  narrative?: Partial<CircularNarrative>;
  annexes?: CircularAnnex[];
  recipients?: string[];
  copyRecipients?: string[];
};

/**
 * Changes a draft's text, annexes or recipients and has the documents made anew. The figures stay as they were frozen:
 * in the text they are tokens, which may be moved or dropped. @throws circular.not_draft (409), request.invalid (400) for a token that names nothing
 */
export async function editCircular(ctx: Ctx, id: string, change: CircularChange): Promise<CircularView> {
  const circular = await lockCircular(ctx, id);
  requireDraft(circular);
  const narrative = defined({ ...change.narrative });
  const wrong = [
    ...strayTokens(circular, narrative),
    ...unprintable('recipients', change.recipients),
    ...unprintable('copyRecipients', change.copyRecipients),
  ];
  if (Object.values(change).every((value) => value === undefined)) {
    wrong.push({ pointer: '', code: 'required', message: '没有要修改的内容' });
  }
  if (wrong.length > 0) throw invalid(...wrong);
  const edits = defined({
    narrative: change.narrative && narrative,
    annexes: change.annexes && CIRCULAR_ANNEXES.filter((annex) => change.annexes?.includes(annex)),
    recipients: change.recipients?.map(named),
    copyRecipients: change.copyRecipients?.map(named),
  });
  const renderRevision = circular.renderRevision + 1;
  await ctx.em.query(
    `UPDATE circulars SET narrative = narrative || $3::jsonb, annexes = coalesce($4, annexes), recipients = coalesce($5, recipients),
       copy_recipients = coalesce($6, copy_recipients), render_revision = $7, progress = 0, updated_at = $8,
       revision = revision + 1 WHERE district_id = $1 AND id = $2`,
    [
      ctx.actor.districtId,
      id,
      JSON.stringify(narrative),
      edits.annexes ?? null,
      edits.recipients ?? null,
      edits.copyRecipients ?? null,
      renderRevision,
      ctx.now,
    ],
  );
  await record(ctx, { subjectType: 'circular', subjectId: id, action: 'edit', data: edits });
  await enqueueRender(ctx, id, renderRevision);
  return readCircular(ctx, id);
}

/** As printed: the colon after the last and the marks between them are set by the document. */
const named = (recipient: string): string => recipient.trim().replace(/[：:，、；;。]+$/u, '');

const unprintable = (field: string, list: readonly string[] = []): FieldError[] =>
  list.flatMap((recipient, i) =>
    !/[\p{L}\p{N}]/u.test(recipient) || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(recipient)
      ? [{ pointer: `/${field}/${i}`, code: 'circular.recipient_invalid', message: '应为一行文字的机关名称' }]
      : [],
  );

/** Tokens that name nothing in the snapshot, and halves of tokens. A circular frozen before there were tokens takes none. */
function strayTokens({ snapshot }: Circular, narrative: Partial<CircularNarrative>): FieldError[] {
  return Object.entries(narrative).flatMap(([part, text]) => [
    ...(snapshot?.tokens ? unknownTokens(text, snapshot.tokens) : [...new Set(tokensIn(text))]).map(
      (name) => ({
        pointer: `/narrative/${part}`,
        code: 'circular.token_unknown',
        message: `快照中没有数字标记 {{${name}}}`,
      }),
    ),
    ...looseBraces(text).map((braces) => ({
      pointer: `/narrative/${part}`,
      code: 'circular.token_broken',
      message: `有不成对的“${braces}”：数字标记须写全，在一行之内`,
    })),
  ]);
}
