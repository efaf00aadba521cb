/** Where the figures of two circulars, or of one frozen twice, are not the same. */
import type { FigureChange } from './circular.js';
import type { Figure } from './circular-figures.js';
import { figureText } from './circular-tokens.js';

/** Figures printed differently, in the order of `after`, those that are gone last; a dash where one side has none. */
export function figureChanges(before: readonly Figure[], after: readonly Figure[]): FigureChange[] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = new Set([...now.keys(), ...old.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const { title, unit } = (is ?? was) as Figure;
    const change = {
      key,
      title,
      unit,
      before: was ? figureText(was) : '—',
      after: is ? figureText(is) : '—',
    };
    return change.before === change.after ? [] : [change];
  });
}

const byKey = (figures: readonly Figure[]) => new Map(figures.map((figure) => [figure.key, figure]));
