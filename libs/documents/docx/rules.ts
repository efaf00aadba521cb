/** The red double rules of a letter, 170 mm wide in the middle of the sheet (10.1). */
import { mmTwips } from './measures.js';
import { RED } from './styles.js';
import { paragraph } from './xml.js';

/** Eighths of a point. */
const STROKE = { thick: 18, thin: 6 };
/** From the margins of 28 and 26 mm to 20 mm at either side. */
const OUT = `<w:ind w:left="${-mmTwips(8)}" w:right="${-mmTwips(6)}"/>`;
const LINE = '<w:spacing w:line="24" w:lineRule="exact"/>';

/** Two strokes, one under the other, each under a paragraph with next to no height. */
export const doubleRule = (first: 'thick' | 'thin', second: 'thick' | 'thin'): string =>
  [first, second]
    .map((stroke) =>
      paragraph('Anchor', '', {
        borders: `<w:bottom w:val="single" w:sz="${STROKE[stroke]}" w:space="0" w:color="${RED}"/>`,
        spacing: LINE,
        ind: OUT,
      }),
    )
    .join('');
