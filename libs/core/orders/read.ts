import type { Opinion } from '#rules/closure.js';
import { normalDocumentNumber } from '#rules/document-number.js';
import { type Day, localDay } from '#rules/local-date.js';
import type { OrderColour, OrderContent, OrderStep } from '#rules/orders.js';
import { problem } from '#rules/problems.js';
import { districtOf } from '../directory/districts.js';
import type { Ctx } from '../foundation/context.js';
import type { Step } from '../issues/issue.entity.js';
import { readIssue } from '../issues/read.js';

type Row = {
  number: string;
  step: OrderStep;
  colour: OrderColour;
  issuedOn: Day;
  completeBy: Day | null;
  content: OrderContent;
  createdAt: Date;
};

/**
 * An order of one issue as it is printed (libs/documents/order-pdf.ts), the latest unless `number` names another: the matter as it
 * was told, what the unit reported since and how it ended. @throws resource.not_found
 */
export async function orderForPrint(ctx: Ctx, issueId: string, number?: string) {
  const issue = await readIssue(ctx, issueId);
  const rows: Row[] = await ctx.em.query(
    `SELECT number, step, colour, issued_on AS "issuedOn", complete_by AS "completeBy", content, created_at AS "createdAt"
     FROM supervision_orders WHERE district_id = $1 AND issue_id = $2 ORDER BY created_at DESC, id DESC`,
    [ctx.actor.districtId, issueId],
  );
  const wanted = number && normalDocumentNumber(number);
  const row = wanted ? rows.find((one) => one.number === wanted) : rows[0];
  if (!row) {
    throw problem(
      'resource.not_found',
      wanted ? `这个问题没有编号为 ${wanted} 的督办单` : '这个问题没有签发过督办单',
    );
  }
  const { demo, settings } = await districtOf(ctx);
  const { content, createdAt, ...order } = row;
  const since = (step: Step | null | undefined): step is Step =>
    step !== null && step !== undefined && new Date(step.at) >= createdAt;
  const { rectification, closing } = issue;
  return {
    ...content,
    ...order,
    demo,
    issuer: settings.documents.issuer,
    feedback: since(rectification) ? told(rectification, rectification.measures) : null,
    settled: since(closing) ? told(closing, closing.note) : null,
  };
}

const told = (step: Step, text: string): Opinion => ({
  text,
  by: step.onBehalf ? `${step.byName}（代单位办理）` : step.byName,
  on: localDay(new Date(step.at)),
  // Who acts for a unit is not its head.
  ...(step.onBehalf && { role: '经办人' }),
});
