/** One operation of a tablet, checked against its item: what makes it acceptable, and what the figures say. Pure. */
import type { AnswerContent } from './answers.js';
import type { ResolvedItem } from './checklist.js';
import type { Extent } from './library.js';
import { type FieldError, PROBLEMS, type ProblemCode } from './problems.js';
import type { Stage } from './stages.js';
import { judge, type Measure, type Verdict } from './verdict.js';
import { VISIBLE } from './visible-text.js';

/** As a client sends it; its form was checked already. */
export type GivenOperation = {
  operationId: string;
  itemCode: string;
  verdict: Verdict;
  measures?: Measure[];
  reason?: string;
  extent?: Extent;
  note?: string;
  attachments?: string[];
  answeredAt: string;
  baseRevision?: number;
};

/** Why one operation of many was refused: the members of a problem+json, without failing the rest. */
export type OperationProblem = {
  code: ProblemCode;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
};

export type CheckedOperation =
  | { ok: true; content: AnswerContent; suggestedVerdict: 'compliant' | 'non_compliant' | null }
  | { ok: false; problem: OperationProblem };

export function operationProblem(
  code: ProblemCode,
  detail: string,
  errors?: FieldError[],
): { ok: false; problem: OperationProblem } {
  const { title, status } = PROBLEMS[code];
  return { ok: false, problem: { code, title, status, detail, ...(errors && { errors }) } };
}

/** Blank text says nothing. */
const said = (text: string | undefined): string | null => (VISIBLE.test(text ?? '') ? text!.trim() : null);

/** Without a label that says nothing: one such must not keep all that a tablet sends from being taken. */
function labelled(measure: Measure): Measure {
  const { label, ...figure } = measure;
  return label === undefined || VISIBLE.test(label) ? measure : figure;
}

/** The content of an operation in one form, whatever was left out. */
export const contentOf = (given: GivenOperation): AnswerContent => ({
  verdict: given.verdict,
  measures: (given.measures ?? []).map(labelled),
  reason: said(given.reason),
  extent: given.extent ?? null,
  note: said(given.note),
  attachments: given.attachments ?? [],
});

/**
 * Checks one operation. `pointer` leads to it in the request, `knows` says whether its author may name a file.
 * The verdict of a measured item follows from the figures; another one needs a reason.
 */
export function checkOperation(
  item: ResolvedItem | undefined,
  given: GivenOperation,
  context: { unitStages?: readonly Stage[]; pointer: string; knows: (sha256: string) => boolean },
): CheckedOperation {
  const { pointer } = context;
  const fault = (field: string, code: ProblemCode, message: string) =>
    operationProblem(code, message, [{ pointer: `${pointer}/${field}`, code, message }]);
  if (!item) return fault('itemCode', 'answer.item_unknown', `清单中没有要点 ${given.itemCode}`);

  const content = contentOf(given);
  const unknown = content.attachments.flatMap((hash, i) => (context.knows(hash) ? [] : [i]));
  if (unknown.length > 0) {
    return operationProblem(
      'attachment.unknown',
      '请先上传附件，再提交',
      unknown.map((i) => ({
        pointer: `${pointer}/attachments/${i}`,
        code: 'attachment.unknown',
        message: '该附件尚未上传',
      })),
    );
  }
  const { suggestedVerdict, problems } = judge(item, content.measures, {
    ...(context.unitStages && { unitStages: context.unitStages }),
    pointer: `${pointer}/measures`,
  });
  if (problems.length > 0) {
    return operationProblem('answer.measure_invalid', problems[0]!.message, problems);
  }
  if (item.judge.type === 'indicator' && content.verdict === 'non_compliant') {
    return fault('verdict', 'answer.indicator_not_judged', '监测指标只作记录，请选“符合”表示已记录');
  }
  if (content.verdict === 'not_applicable' && !content.reason) {
    return fault('reason', 'answer.reason_required', '请说明不适用的理由');
  }
  const measured = item.judge.type === 'measure' && suggestedVerdict !== null;
  if (
    measured &&
    content.verdict !== suggestedVerdict &&
    content.verdict !== 'not_applicable' &&
    !content.reason
  ) {
    return fault('reason', 'answer.reason_required', '判定与实测值的结论不一致，请说明理由');
  }
  return { ok: true, content, suggestedVerdict };
}
