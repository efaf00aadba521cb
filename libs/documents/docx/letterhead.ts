/** The head of a letter (信函格式, GB/T 9704—2012, 10.1): the office in red 30 mm from the upper edge, a red double rule 4 mm under it. */
import { ems, HEADER_LINE, MARGIN, mmTwips, twips, WIDTH } from './measures.js';
import { doubleRule } from './rules.js';
import { paragraph, run } from './xml.js';

const SIZE = 38;
/** In a line of an exact height the ink of such type begins about so many points under its top. */
const INK_TOP = 2;
/** Points from the ink's lower edge to that of its line. */
const INK_BOTTOM = 2;

/** Paragraphs under the mark's line. */
export function letterhead(office: string): string {
  const size = Math.floor(Math.min(SIZE, (WIDTH / 20 / Math.max(1, ems(office))) * 0.98) * 2);
  const before = mmTwips(30) - MARGIN.header - HEADER_LINE - twips(INK_TOP);
  const after = mmTwips(4) - twips(INK_BOTTOM);
  return (
    paragraph('LetterMark', run(office, `<w:sz w:val="${size}"/><w:szCs w:val="${size}"/>`), {
      spacing: `<w:spacing w:before="${before}" w:after="${after}"/>`,
    }) + doubleRule('thick', 'thin')
  );
}
