import { problem } from '#rules/problems.js';
import type { Ctx } from '../foundation/context.js';
import type { IssueFilter } from './filter.js';

/** ms that looking for a text in the ledger may take. */
const PATIENCE = 3_000;

/**
 * Reads the ledger; where a text is looked for (`q`), no longer than `patience`. A text has no index: words are mostly of two
 * characters, shorter than a trigram, and an index of pairs would cost every submission (docs/ARCHITECTURE.md). Within a zone, a unit
 * or a status a search is quick; over millions of rows, without a hit, it would hold a connection for half a minute.
 * @throws issue.search_too_wide (422)
 */
export async function searchPatiently<T>(
  ctx: Ctx,
  filter: IssueFilter,
  read: (inner: Ctx) => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  if (!filter.q) return read(ctx);
  try {
    return await ctx.em.transaction(async (em) => {
      await em.query(`SET LOCAL statement_timeout = ${patience}`);
      return read({ ...ctx, em });
    });
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    const detail = '请加上责任区、单位、状态、类别等条件，或输入完整的问题编号，再检索';
    throw problem('issue.search_too_wide', { detail, cause: error });
  }
}
