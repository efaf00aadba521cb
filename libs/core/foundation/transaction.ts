import type { EntityManager } from 'typeorm';
import type { Ctx } from './context.js';

const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

/** What `work` wants done after the commit is done then; a deadlock or serialisation failure rolled everything back: done again. */
export async function committed<T>(
  manager: EntityManager,
  work: (em: EntityManager, afterCommit: (effect: () => void) => void) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const effects: (() => void)[] = [];
    try {
      const result = await manager.transaction((em) => work(em, (effect) => void effects.push(effect)));
      for (const effect of effects) effect();
      return result;
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/**
 * A transaction of one's own, for routes with @NoTransaction and scripts. Within a transaction it is part of that one, which then
 * does all this.
 */
export async function inTransaction<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.em.queryRunner?.isTransactionActive) return work(ctx);
  return committed(ctx.em, (em, afterCommit) => work({ ...ctx, em, afterCommit }));
}
