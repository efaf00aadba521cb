import type { Ctx } from './context.js';

const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

/** Whether work whose transaction failed is simply done again: a deadlock or serialisation failure rolled everything back. */
export const isDoneAgain = (error: unknown, attempt: number): boolean =>
  attempt < ATTEMPTS && RETRYABLE.has((error as { code?: string }).code ?? '');

/**
 * A transaction of one's own, for routes with @NoTransaction and scripts. Effects run after the commit; a deadlock or
 * serialisation failure rolled everything back, so the work is simply done again. Within a transaction it is part of that one,
 * which then does all this.
 */
export async function inTransaction<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.em.queryRunner?.isTransactionActive) return work(ctx);
  for (let attempt = 1; ; attempt++) {
    const effects: (() => void)[] = [];
    try {
      const result = await ctx.em.transaction((em) =>
        work({ ...ctx, em, afterCommit: (effect) => void effects.push(effect) }),
      );
      for (const effect of effects) effect();
      return result;
    } catch (error) {
      if (!isDoneAgain(error, attempt)) throw error;
    }
  }
}
