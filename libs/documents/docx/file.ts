/**
 * A document's bytes. Deterministic: the dates inside come from the caller, those of the archive are fixed, and nothing has a random
 * identifier. Written part by part, so that a circular of 400 schools takes no more memory than its text.
 */
import { PACKAGE, XML } from '../ooxml/names.js';
import { zipBytes } from '../workbook/zip.js';
import { type ChartBlock, chartPart } from './chart.js';
import { letterhead } from './letterhead.js';
import { packageParts } from './parts.js';
import { type Sections, sectionsOf } from './sections.js';
import { escaped, paragraph, R, run, W } from './xml.js';

export interface DocumentInfo {
  title: string;
  author: string;
  /** ISO instant; the cut-off or date of the record, never now. */
  date: string;
  /** Said at the head of every page, e.g. DEMO_MARK. */
  marks: string[];
  /** The office's name at the head of a letter's first page. */
  letterhead?: string;
  /** In the order in which the body has them. */
  charts?: readonly ChartBlock[];
}

/** The bytes of a file with the body that `bodyOf` writes piece by piece; it ends with a section. */
export async function docxBytes(
  info: DocumentInfo,
  bodyOf: (sections: Sections) => Iterable<string>,
): Promise<Buffer> {
  const body = bodyOf(sectionsOf(info.marks.length > 0));
  const entries = [
    ...packageParts(headersOf(info), (info.charts ?? []).map(chartPart)).map(([name, xml]) => ({
      name,
      pieces: [Buffer.from(xml)],
    })),
    { name: 'docProps/core.xml', pieces: [Buffer.from(coreXml(info))] },
    { name: 'word/document.xml', pieces: documentPieces(body) },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of zipBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Characters gathered into one piece before it is packed. */
const PIECE = 1 << 16;

function* documentPieces(body: Iterable<string>): Generator<Buffer> {
  let text = `${XML}<w:document ${W} ${R}><w:body>`;
  for (const xml of body) {
    text += xml;
    if (text.length < PIECE) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}</w:body></w:document>`);
}

function coreXml({ title, author, date }: DocumentInfo): string {
  const on = `${new Date(date).toISOString().slice(0, 19)}Z`;
  return (
    `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${escaped(title)}</dc:title><dc:creator>${escaped(author)}</dc:creator><cp:lastModifiedBy>${escaped(author)}</cp:lastModifiedBy>` +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${on}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${on}</dcterms:modified>` +
    '</cp:coreProperties>'
  );
}

function headersOf({ marks, letterhead: office }: DocumentInfo): Record<string, string> {
  const mark = paragraph('Header', marks.length > 0 ? run(`【${marks.join('　·　')}】`) : '');
  const header = (content: string): string => `${XML}<w:hdr ${W}>${content}</w:hdr>`;
  return {
    ...(marks.length > 0 ? { head: header(mark) } : {}),
    ...(office === undefined ? {} : { letterhead: header(mark + letterhead(office)) }),
  };
}
