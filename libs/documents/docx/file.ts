/**
 * The parts of a document's package and their bytes. Deterministic: the dates inside come from the caller, those of the archive
 * are fixed, and identifiers are counted.
 */
import { zipBytes } from '../workbook/zip.js';
import { CELL_TWIPS, GRID, MARGIN, PAPER, TURNED, TURNED_HEADER } from './measures.js';
import { FOOTERS } from './page-numbers.js';
import { FONTS, STYLES_XML } from './styles.js';
import { escaped, paragraph, R, run, W, XML } from './xml.js';

export interface DocumentInfo {
  title: string;
  author: string;
  /** ISO instant; the cut-off or date of the record, never now. */
  date: string;
  /** Said at the head of every page, e.g. DEMO_MARK. */
  marks: string[];
}

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

type Sides = { top: number; right: number; bottom: number; left: number };
/** Footers by the name of their parts. */
interface Section {
  odd: string;
  even: string;
  turned?: boolean;
  type?: 'evenPage';
}

function section({ odd, even, turned = false, type }: Section): string {
  const { width, height } = PAPER;
  const { top, right, bottom, left }: Sides = turned ? TURNED : MARGIN;
  const size = turned
    ? `<w:pgSz w:w="${height}" w:h="${width}" w:orient="landscape"/>`
    : `<w:pgSz w:w="${width}" w:h="${height}"/>`;
  const reference = (kind: string, pages: string, id: string): string =>
    `<w:${kind}Reference w:type="${pages}" r:id="${id}"/>`;
  return (
    `<w:sectPr>${reference('header', 'even', 'head')}${reference('header', 'default', 'head')}` +
    `${reference('footer', 'even', even)}${reference('footer', 'default', odd)}${type ? `<w:type w:val="${type}"/>` : ''}${size}` +
    `<w:pgMar w:top="${top}" w:right="${right}" w:bottom="${bottom}" w:left="${left}" w:header="${turned ? TURNED_HEADER : MARGIN.header}" ` +
    `w:footer="${turned ? TURNED_HEADER : MARGIN.footer}" w:gutter="0"/>${GRID}</w:sectPr>`
  );
}

/** The pages of the text: “— 1 —” at the outer side. */
export const TEXT_SECTION = section({ odd: 'odd', even: 'even' });
/** Pages set sideways; their numbers stand where an upright page has them. */
export const TURNED_SECTION = section({ odd: 'odd-turned', even: 'even-turned', turned: true });
/** The page of the imprint: even, and without a number, as is a blank page before it (7.5). */
export const IMPRINT_SECTION = section({ odd: 'none', even: 'none', type: 'evenPage' });

/** The bytes of a file whose body is `body`, which ends with a section. */
export async function docxBytes(info: DocumentInfo, body: Iterable<string>): Promise<Buffer> {
  const entries = [
    ...PARTS.map(([name, xml]) => ({ name, pieces: [Buffer.from(xml)] })),
    { name: 'docProps/core.xml', pieces: [Buffer.from(coreXml(info))] },
    { name: 'word/header.xml', pieces: [Buffer.from(headerXml(info.marks))] },
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

const headerXml = (marks: string[]): string =>
  `${XML}<w:hdr ${W}>${paragraph('Header', marks.length > 0 ? run(`【${marks.join('　·　')}】`) : '')}</w:hdr>`;

const SETTINGS_XML =
  `${XML}<w:settings ${W}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>` +
  `<w:defaultTabStop w:val="${CELL_TWIPS}"/><w:autoHyphenation w:val="0"/><w:evenAndOddHeaders/>` +
  '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/>' +
  '<w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:useFELayout/>' +
  '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>' +
  '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>';

/** What a computer without the standard's fonts takes for them. */
const SUBSTITUTES: Record<keyof typeof FONTS, string> = {
  fang: '仿宋',
  kai: '楷体',
  hei: 'SimHei',
  title: '华文中宋',
  song: 'SimSun',
};
const FONT_TABLE_XML =
  `${XML}<w:fonts ${W}>` +
  Object.entries(FONTS)
    .map(
      ([font, name]) =>
        `<w:font w:name="${name}"><w:altName w:val="${SUBSTITUTES[font as keyof typeof FONTS]}"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>`,
    )
    .join('') +
  '</w:fonts>';

const relations = (list: [id: string, type: string, target: string][]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const part = (name: string, type: string): string => `<Override PartName="/${name}" ContentType="${type}"/>`;

/** What is the same in every document; the list of contents stands first, where readers look for it. */
const PARTS: [name: string, xml: string][] = [
  [
    '[Content_Types].xml',
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      part('word/document.xml', `${TYPE}.document.main+xml`) +
      part('word/styles.xml', `${TYPE}.styles+xml`) +
      part('word/settings.xml', `${TYPE}.settings+xml`) +
      part('word/fontTable.xml', `${TYPE}.fontTable+xml`) +
      part('word/header.xml', `${TYPE}.header+xml`) +
      Object.keys(FOOTERS)
        .map((name) => part(`word/footer-${name}.xml`, `${TYPE}.footer+xml`))
        .join('') +
      part('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml') +
      '</Types>',
  ],
  [
    '_rels/.rels',
    relations([
      ['document', `${OFFICE}/relationships/officeDocument`, 'word/document.xml'],
      ['core', `${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    ]),
  ],
  [
    'word/_rels/document.xml.rels',
    relations([
      ['styles', `${OFFICE}/relationships/styles`, 'styles.xml'],
      ['settings', `${OFFICE}/relationships/settings`, 'settings.xml'],
      ['fonts', `${OFFICE}/relationships/fontTable`, 'fontTable.xml'],
      ['head', `${OFFICE}/relationships/header`, 'header.xml'],
      ...Object.keys(FOOTERS).map((name): [string, string, string] => [
        name,
        `${OFFICE}/relationships/footer`,
        `footer-${name}.xml`,
      ]),
    ]),
  ],
  ['word/styles.xml', STYLES_XML],
  ['word/settings.xml', SETTINGS_XML],
  ['word/fontTable.xml', FONT_TABLE_XML],
  ...Object.entries(FOOTERS).map(([name, xml]): [string, string] => [`word/footer-${name}.xml`, xml]),
];
