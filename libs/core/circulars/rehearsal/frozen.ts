import { type CircularNarrative, type CircularSnapshot, narrativeText } from '#rules/circular.js';
import type { Circular } from '../circular.entity.js';

/** The snapshot of a draft with the text as documents print it. */
export type Frozen = { snapshot: CircularSnapshot; text: CircularNarrative };

/** @throws Error where nothing was frozen yet: no draft is without its snapshot */
export function frozenOf({ snapshot, narrative, annexes }: Circular): Frozen {
  if (!snapshot) throw new Error('a draft has its figures frozen');
  return { snapshot, text: narrativeText(snapshot, narrative, annexes) };
}
