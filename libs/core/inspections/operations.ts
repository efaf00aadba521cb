import {
  checkOperation,
  contentOf,
  type GivenOperation,
  type OperationProblem,
  operationProblem,
} from '#rules/answer-check.js';
import {
  type AcceptedOperation,
  type Amendment,
  effectiveAt,
  type MergeOutcome,
  mergeItem,
  type StoredAnswer,
} from '#rules/answers.js';
import { canonicalJson } from '#rules/canonical-json.js';
import type { ResolvedItem } from '#rules/checklist.js';
import { stagesOf } from '#rules/inspection-result.js';
import type { ProblemCode } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import type { Found } from './find.js';

export type OperationResult = {
  operationId: string;
  outcome: MergeOutcome | 'duplicate' | 'rejected';
  problem?: OperationProblem;
};

/** What is kept of an operation beside its columns: the words of the client, and what held when they arrived. */
type Body = Pick<AcceptedOperation, 'byLead' | 'suggestedVerdict' | 'amendment'> & { given: GivenOperation };
type Row = {
  operationId: string;
  inspectionId: string;
  itemCode: string;
  body: Body;
  effectiveAt: Date;
  userId: string;
  outcome: MergeOutcome | 'rejected';
  problem: ProblemCode | null;
  revision: number | null;
};
type NewRow = Omit<Row, 'inspectionId' | 'effectiveAt' | 'userId'> & { effectiveAt: number };

/** The words of a client in one form, to tell a repeat from another operation under the same id. */
const sameWords = (a: GivenOperation, b: GivenOperation): boolean => wordsOf(a) === wordsOf(b);
const wordsOf = (given: GivenOperation): string =>
  canonicalJson({
    ...contentOf(given),
    itemCode: given.itemCode,
    answeredAt: given.answeredAt,
    baseRevision: given.baseRevision ?? null,
  });

export type Batch = {
  operations: readonly GivenOperation[];
  sentAt?: string;
  /** For corrections after submission. */
  amendment?: Amendment;
  /** Where the operations cannot be taken any more, they are kept and refused with this. */
  closed?: { code: ProblemCode; detail: string };
};

/**
 * Takes a batch of operations on a locked inspection: every new one becomes a row, and the items they touch are merged
 * afresh from all rows, so that order, repetition and splitting do not matter (libs/rules/answers.ts).
 * What fails a check is refused by itself and not kept: the tablet still has it and may send it again.
 */
export async function takeOperations(
  ctx: Ctx,
  { inspection, unit }: Found,
  items: readonly ResolvedItem[],
  batch: Batch,
): Promise<{ answers: Record<string, StoredAnswer>; touched: string[]; results: OperationResult[] }> {
  const { sentAt, amendment, closed } = batch;
  // As plain as it will be read back: the request's classes and left-out fields make no other words.
  const operations = JSON.parse(JSON.stringify(batch.operations)) as GivenOperation[];
  const earlier = await earlierRows(ctx, inspection.id, operations);
  const byId = new Map(earlier.map((row) => [row.operationId, row]));
  const accepted = new Map<string, AcceptedOperation[]>();
  for (const row of earlier) {
    if (row.inspectionId === inspection.id && row.revision !== null)
      push(accepted, row.itemCode, asAccepted(row));
  }
  const files = await filesKnown(ctx, inspection.id, operations);
  const itemOf = new Map(items.map((item) => [item.itemCode, item]));
  const unitStages = stagesOf(unit);
  const receivedAt = ctx.now.getTime();
  const rows: NewRow[] = [];
  const results: OperationResult[] = [];

  for (const [i, given] of operations.entries()) {
    const { operationId, itemCode } = given;
    const known = byId.get(operationId);
    if (known) {
      results.push(repeated(known, inspection.id, given, `/operations/${i}`));
      continue;
    }
    const at = effectiveAt(Date.parse(given.answeredAt), receivedAt, sentAt ? Date.parse(sentAt) : undefined);
    const keep = (row: Pick<NewRow, 'body' | 'outcome' | 'problem' | 'revision'>) => {
      rows.push({ operationId, itemCode, effectiveAt: at, ...row });
      byId.set(operationId, {
        ...row,
        operationId,
        itemCode,
        effectiveAt: new Date(at),
        inspectionId: inspection.id,
        userId: ctx.actor.userId,
      });
    };
    const byLead = inspection.leadId === ctx.actor.userId;
    if (closed) {
      const body: Body = { given, byLead, suggestedVerdict: null };
      keep({ body, outcome: 'rejected', problem: closed.code, revision: null });
      results.push({
        operationId,
        outcome: 'rejected',
        problem: operationProblem(closed.code, closed.detail).problem,
      });
      continue;
    }
    const checked = checkOperation(itemOf.get(itemCode), given, {
      ...(unitStages && { unitStages }),
      pointer: `/operations/${i}`,
      knows: (hash) => files.has(hash),
    });
    if (!checked.ok) {
      results.push({ operationId, outcome: 'rejected', problem: checked.problem });
      continue;
    }
    const body: Body = {
      given,
      byLead,
      suggestedVerdict: checked.suggestedVerdict,
      ...(amendment && { amendment }),
    };
    const revision = (accepted.get(itemCode)?.length ?? 0) + 1;
    keep({ body, outcome: 'applied', problem: null, revision });
    push(accepted, itemCode, asAccepted(byId.get(operationId)!));
    results.push({ operationId, outcome: 'applied' });
  }

  const touched = [...new Set(rows.filter((row) => row.revision !== null).map((row) => row.itemCode))];
  const answers = { ...inspection.answers };
  const fresh = new Map(rows.map((row) => [row.operationId, row]));
  const outcomes = new Map<string, MergeOutcome>();
  for (const itemCode of touched) {
    const merged = mergeItem(itemCode, accepted.get(itemCode)!);
    answers[itemCode] = merged.answer;
    for (const [id, outcome] of merged.outcomes) {
      const row = fresh.get(id);
      if (row) {
        row.outcome = outcome;
        outcomes.set(id, outcome);
      }
    }
  }
  for (const result of results) {
    if (result.outcome === 'applied') result.outcome = outcomes.get(result.operationId) ?? 'applied';
  }
  await insertRows(ctx, inspection.id, rows, amendment);
  return { answers, touched, results };
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** What is stored of these items in this inspection, and of these operation ids anywhere in the district. */
async function earlierRows(
  ctx: Ctx,
  inspectionId: string,
  operations: readonly GivenOperation[],
): Promise<Row[]> {
  const columns = `operation_id AS "operationId", inspection_id AS "inspectionId", item_code AS "itemCode", body,
    effective_at AS "effectiveAt", user_id AS "userId", outcome, problem, revision`;
  return ctx.em.query(
    `SELECT ${columns} FROM answer_operations
       WHERE district_id = $1 AND inspection_id = $2 AND item_code = ANY($3) AND operation_id <> ALL($4::uuid[])
     UNION ALL
     SELECT ${columns} FROM answer_operations WHERE district_id = $1 AND operation_id = ANY($4::uuid[])
     ORDER BY revision`,
    [
      ctx.actor.districtId,
      inspectionId,
      [...new Set(operations.map(({ itemCode }) => itemCode))],
      operations.map(({ operationId }) => operationId),
    ],
  );
}

function asAccepted({ operationId, body, userId, effectiveAt: at, revision }: Row): AcceptedOperation {
  return {
    operationId,
    content: contentOf(body.given),
    userId,
    byLead: body.byLead,
    answeredAt: body.given.answeredAt,
    effectiveAt: at.getTime(),
    revision: revision!,
    baseRevision: body.given.baseRevision ?? 0,
    suggestedVerdict: body.suggestedVerdict,
    ...(body.amendment && { amendment: body.amendment }),
  };
}

/** The same operation again changes nothing; one that came too late is told so again, lest its tablet believe it was taken. */
function repeated(known: Row, inspectionId: string, given: GivenOperation, pointer: string): OperationResult {
  const { operationId } = given;
  if (known.inspectionId !== inspectionId || !sameWords(known.body.given, given)) {
    const message = '该操作编号已用于其他内容，请用新的编号';
    const { problem } = operationProblem('answer.operation_reused', message, [
      { pointer: `${pointer}/operationId`, code: 'answer.operation_reused', message },
    ]);
    return { operationId, outcome: 'rejected', problem };
  }
  if (known.problem) {
    const { problem } = operationProblem(known.problem, '检查已结束，这项填报未计入，已转请组长查看');
    return { operationId, outcome: 'rejected', problem };
  }
  return { operationId, outcome: 'duplicate' };
}

/** Files that the actor may name: those they uploaded, and those already attached to this very inspection. */
async function filesKnown(
  ctx: Ctx,
  inspectionId: string,
  operations: readonly GivenOperation[],
): Promise<Set<string>> {
  const hashes = [...new Set(operations.flatMap(({ attachments }) => attachments ?? []))];
  if (hashes.length === 0) return new Set();
  const rows: { sha256: string }[] = await ctx.em.query(
    `SELECT sha256 FROM attachment_uploads WHERE district_id = $1 AND user_id = $2 AND sha256 = ANY($4)
     UNION
     SELECT sha256 FROM attachment_links
     WHERE district_id = $1 AND subject_type = 'inspection' AND subject_id = $3 AND sha256 = ANY($4)`,
    [ctx.actor.districtId, ctx.actor.userId, inspectionId, hashes],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}

/** One statement for all rows and for the files they bring. */
async function insertRows(
  ctx: Ctx,
  inspectionId: string,
  rows: readonly NewRow[],
  amendment: Amendment | undefined,
): Promise<void> {
  if (rows.length === 0) return;
  const hashes = rows.flatMap(({ revision, body }) =>
    revision === null ? [] : (body.given.attachments ?? []),
  );
  const { districtId, userId } = ctx.actor;
  const [{ n }]: [{ n: number }] = await ctx.em.query(
    `WITH kept AS (
       INSERT INTO answer_operations (district_id, operation_id, inspection_id, item_code, body, effective_at, received_at,
         user_id, outcome, problem, revision, amendment)
       SELECT $1, o."operationId", $2, o."itemCode", o.body, to_timestamp(o."effectiveAt" / 1000.0), $3, $4, o.outcome,
         o.problem, o.revision, $5
       FROM jsonb_to_recordset($6::jsonb) AS o("operationId" uuid, "itemCode" text, body jsonb, "effectiveAt" numeric,
         outcome text, problem text, revision integer)
       ON CONFLICT DO NOTHING RETURNING 1
     ), linked AS (
       INSERT INTO attachment_links (district_id, sha256, subject_type, subject_id, linked_by, linked_at)
       SELECT $1, hash, 'inspection', $2, $4, $3 FROM unnest($7::text[]) AS hash ON CONFLICT DO NOTHING
     )
     SELECT count(*)::integer AS n FROM kept`,
    [
      districtId,
      inspectionId,
      ctx.now,
      userId,
      amendment?.id ?? null,
      JSON.stringify(rows),
      [...new Set(hashes)],
    ],
  );
  // Somebody stored one of these ids at another inspection this very moment: done again, the request will see it.
  if (n !== rows.length)
    throw Object.assign(new Error('an operation id was taken meanwhile'), { code: '40001' });
}
