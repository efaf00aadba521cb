import type { Ctx } from '#core/foundation/context.js';
import { unitSummary } from '#core/summaries/unit-summary.js';
import { dayText } from '#rules/local-date.js';
import { pdfAnswer } from './answers.js';
import { renderOffThread } from './render-off-thread.js';
import type { SummaryQueryDto } from './summary.dto.js';

/** One unit's summary as a PDF. @throws resource.not_found, request.invalid */
export async function summaryPdf(
  ctx: Ctx,
  kind: 'school' | 'training_institution',
  id: string,
  period: SummaryQueryDto,
) {
  const summary = await unitSummary(ctx, kind, id, period);
  const name = `${summary.unitName}教育督导情况一览（截至${dayText(summary.asOf)}）.pdf`;
  return pdfAnswer(await renderOffThread('summary', summary), name);
}
