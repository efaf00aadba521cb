/** The pages of a document by kind: their size, margins and grid, and which header and footers they have. */
import { ANCHOR_TWIPS, GRID, HEADER_LINE, MARGIN, PAPER, TURNED, TURNED_HEADER } from './measures.js';
import type { FOOTERS } from './page-numbers.js';

interface Pages {
  odd: keyof typeof FOOTERS;
  even: keyof typeof FOOTERS;
  turned?: boolean;
  imprint?: boolean;
}

/** Sections of a document whose pages have a mark at their head or not. */
export interface Sections {
  /** “— 1 —” at the outer side. */
  text: string;
  /** Set sideways; the numbers stand where an upright page has them. */
  turned: string;
  /** On an even page, without a number, as is a blank page before it (7.5). */
  imprint: string;
}

export const sectionsOf = (marked: boolean): Sections => ({
  text: sectionXml({ odd: 'odd', even: 'even' }, marked),
  turned: sectionXml({ odd: 'odd-turned', even: 'even-turned', turned: true }, marked),
  imprint: sectionXml({ odd: 'none', even: 'none', imprint: true }, marked),
});

const reference = (part: 'header' | 'footer', pages: 'even' | 'default', id: string): string =>
  `<w:${part}Reference w:type="${pages}" r:id="${id}"/>`;

function sectionXml({ odd, even, turned = false, imprint = false }: Pages, marked: boolean): string {
  const { width, height } = PAPER;
  const { top, right, bottom, left } = turned ? TURNED : MARGIN;
  // LibreOffice forgets how far the text of an even page is from its header: here it follows at once.
  const header = turned ? TURNED_HEADER : imprint ? top - HEADER_LINE : MARGIN.header;
  const footer = turned ? TURNED_HEADER : MARGIN.footer;
  // The last rule of the imprint lies on the area's edge; the paragraph that must stand after it needs room below.
  const foot = imprint ? bottom - 4 * ANCHOR_TWIPS : bottom;
  return (
    // An empty header is none: it would only be one more thing to come upon.
    `<w:sectPr>${marked ? reference('header', 'even', 'head') + reference('header', 'default', 'head') : ''}` +
    `${reference('footer', 'even', even)}${reference('footer', 'default', odd)}${imprint ? '<w:type w:val="evenPage"/>' : ''}` +
    (turned
      ? `<w:pgSz w:w="${height}" w:h="${width}" w:orient="landscape"/>`
      : `<w:pgSz w:w="${width}" w:h="${height}"/>`) +
    `<w:pgMar w:top="${top}" w:right="${right}" w:bottom="${foot}" w:left="${left}" w:header="${header}" w:footer="${footer}" w:gutter="0"/>` +
    // LibreOffice makes the area as tall as whole lines of the grid.
    `${imprint ? '' : GRID}</w:sectPr>`
  );
}
