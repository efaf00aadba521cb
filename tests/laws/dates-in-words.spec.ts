import { expect, test } from '@jest/globals';
import { sources } from './sources.js';

/** A day put into a text as it is kept: `${closedOn}`, `${ctx.today}`. In a key or a name of a file it may be so. */
const BARE = /\$\{(?:[\w!?]+\.)*(?:\w+On|today|day)!?(?: \?\? '[^']*')?\}(?!日)/;
/** A title inside the file, by which archives sort. */
const SORTED = new Set(['libs/documents/inspection-record-pdf.ts']);

test('a sentence says 2026年3月10日, never 2026-03-10', async () => {
  const bare = (await sources('libs/core', 'libs/rules', 'libs/documents', 'apps')).flatMap(
    ({ path, text }) =>
      SORTED.has(path)
        ? []
        : text.split('\n').flatMap((line, i) => {
            const wrong = line
              .match(/`[^`]*`/g)
              ?.some((one) => /\p{Script=Han}/u.test(one) && BARE.test(one));
            return wrong && !/FROM|SELECT|CASE/.test(line) ? [`${path}:${i + 1}`] : [];
          }),
  );
  expect(bare).toEqual([]);
});
