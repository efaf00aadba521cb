/** The pages of a document by kind: their size, margins and grid, and which header and footers they have. */
import { ANCHOR_TWIPS, GRID, HEADER_LINE, MARGIN, PAPER, TURNED, TURNED_HEADER } from './measures.js';
import type { FOOTERS } from './page-numbers.js';

interface Pages {
  odd: keyof typeof FOOTERS;
  even: keyof typeof FOOTERS;
  turned?: boolean;
  /** The side of the sheet on which they begin. */
  begin?: 'evenPage' | 'oddPage';
  letter?: boolean;
}

/** Sections of a document whose pages have a mark at their head or not. */
export interface Sections {
  /** “— 1 —” at the outer side. */
  text: string;
  /** Set sideways; the numbers stand where an upright page has them. */
  turned: string;
  /** On an even page, without a number, as is a blank page before it (7.5). */
  imprint: string;
  /** A letter: its first page has the office's name at the head, and no number (10.1). */
  letter: string;
  /** A sheet to be cut apart: never on the back of another. */
  slips: string;
}

const NONE = { odd: 'none', even: 'none' } as const;

export const sectionsOf = (marked: boolean): Sections => ({
  text: sectionXml({ odd: 'odd', even: 'even' }, marked),
  turned: sectionXml({ odd: 'odd-turned', even: 'even-turned', turned: true }, marked),
  imprint: sectionXml({ ...NONE, begin: 'evenPage' }, marked),
  letter: sectionXml({ odd: 'odd', even: 'even', letter: true }, marked),
  slips: sectionXml({ ...NONE, begin: 'oddPage' }, marked),
});

const reference = (part: 'header' | 'footer', pages: 'even' | 'default' | 'first', id: string): string =>
  `<w:${part}Reference w:type="${pages}" r:id="${id}"/>`;

function sectionXml({ odd, even, turned, begin, letter }: Pages, marked: boolean): string {
  const { width, height } = PAPER;
  const { top, right, bottom, left } = turned ? TURNED : MARGIN;
  // LibreOffice forgets how far the text of a page begun in this way is from its header: here it follows at once.
  const header = turned ? TURNED_HEADER : begin ? top - HEADER_LINE : MARGIN.header;
  const footer = turned ? TURNED_HEADER : MARGIN.footer;
  // The last rule of the imprint lies on the area's edge; the paragraph that must stand after it needs room below.
  const foot = begin ? bottom - 4 * ANCHOR_TWIPS : bottom;
  return (
    '<w:sectPr>' +
    // An empty header is none: it would only be one more thing to come upon.
    `${marked ? reference('header', 'even', 'head') + reference('header', 'default', 'head') : ''}${letter ? reference('header', 'first', 'letterhead') : ''}` +
    `${reference('footer', 'even', even)}${reference('footer', 'default', odd)}${letter ? reference('footer', 'first', 'letterfoot') : ''}` +
    `${begin ? `<w:type w:val="${begin}"/>` : ''}` +
    (turned
      ? `<w:pgSz w:w="${height}" w:h="${width}" w:orient="landscape"/>`
      : `<w:pgSz w:w="${width}" w:h="${height}"/>`) +
    `<w:pgMar w:top="${top}" w:right="${right}" w:bottom="${foot}" w:left="${left}" w:header="${header}" w:footer="${footer}" w:gutter="0"/>` +
    // LibreOffice makes the area as tall as whole lines of the grid; lines keep to it by their own height.
    `${letter ? '<w:titlePg/>' : ''}${begin || letter ? '' : GRID}</w:sectPr>`
  );
}
