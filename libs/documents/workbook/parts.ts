/** The parts of a workbook's package that hold its sheets together. */
import { PACKAGE, RELATIONS, TYPE, XML } from '../ooxml/names.js';
import { STYLES_XML } from './styles.js';
import { escapeXml, textElement } from './xml-text.js';

export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

export interface SheetPart {
  name: string;
  /** Of a list: what is filtered (`A2:Y100`), what is printed, and the row of its head. Null for a page of text. */
  list: { area: string; print: string; head: number } | null;
  /** Web addresses its cells lead to, `rId1` and on. */
  links?: string[];
  /** The charts of its drawing, each xl/charts XML. */
  charts?: { drawing: string; charts: string[] };
}

/** Of the file itself, as its properties show them. */
export interface BookInfo {
  title: string;
  author: string;
  /** ISO instant: the cut-off or the moment of the export, never the clock; null where there is none. */
  date: string | null;
}

/** Name and text of each part but the sheets, which are `xl/worksheets/sheet1.xml` and on. */
export function packageParts(
  sheets: SheetPart[],
  shared: Iterable<string>,
  info: BookInfo,
): [string, string][] {
  const drawn = sheets.flatMap(({ charts }) => (charts ? [charts] : []));
  let chart = 0;
  const drawings = drawn.flatMap(({ drawing, charts }, d): [string, string][] => {
    const first = chart;
    chart += charts.length;
    return [
      [`xl/drawings/drawing${d + 1}.xml`, drawing],
      [
        `xl/drawings/_rels/drawing${d + 1}.xml.rels`,
        relations(charts.map((_, i) => ['chart', `../charts/chart${first + i + 1}.xml`])),
      ],
      ...charts.map((xml, i): [string, string] => [`xl/charts/chart${first + i + 1}.xml`, xml]),
    ];
  });
  return [
    ...sheetRelations(sheets),
    ...drawings,
    ['xl/sharedStrings.xml', sharedStrings([...shared])],
    ['xl/styles.xml', STYLES_XML],
    ['xl/workbook.xml', workbook(sheets)],
    ['xl/_rels/workbook.xml.rels', bookRelations(sheets.length)],
    ['docProps/core.xml', coreProperties(info)],
    [
      '_rels/.rels',
      relations([
        ['officeDocument', 'xl/workbook.xml'],
        ['core', 'docProps/core.xml'],
      ]),
    ],
    ['[Content_Types].xml', contentTypes(sheets.length, drawn.length, chart)],
  ];
}

/** The name of a sheet as a formula writes it. */
export const quoted = (name: string): string => `'${name.replace(/'/g, "''")}'`;

/** Page setup at the end of a sheet: A4, one page wide, the title above and the page number below. */
export function pageSetup(title: string, { landscape = false, onePage = false } = {}): string {
  // In a header & begins a code; two are one. Longer than 255 characters it would be refused.
  const head = escapeXml(title.slice(0, 200).replace(/&/g, '&&'));
  return (
    '<printOptions horizontalCentered="1"/>' +
    '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>' +
    `<pageSetup paperSize="9" fitToWidth="1" fitToHeight="${onePage ? 1 : 0}" orientation="${landscape ? 'landscape' : 'portrait'}"/>` +
    `<headerFooter><oddHeader>&amp;C${head}</oddHeader><oddFooter>&amp;L&amp;A&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>`
  );
}

function sharedStrings(texts: string[]): string {
  const items = texts.map((text) => `<si>${textElement(text)}</si>`);
  return `${XML}<sst xmlns="${MAIN}" uniqueCount="${items.length}">${items.join('')}</sst>`;
}

function workbook(sheets: SheetPart[]): string {
  const list = sheets.map(
    ({ name }, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const define = (name: string, sheet: number, hidden: boolean, text: string): string =>
    `<definedName name="_xlnm.${name}" localSheetId="${sheet}"${hidden ? ' hidden="1"' : ''}>${escapeXml(text)}</definedName>`;
  const defined = sheets.flatMap(({ name, list: of }, i) => {
    if (of === null) return [];
    const absolute = (area: string) => `${quoted(name)}!${area.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2')}`;
    return [
      define('_FilterDatabase', i, true, absolute(of.area)),
      define('Print_Area', i, false, absolute(of.print)),
      define('Print_Titles', i, false, `${quoted(name)}!$${of.head}:$${of.head}`),
    ];
  });
  return (
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets>${defined.length > 0 ? `<definedNames>${defined.join('')}</definedNames>` : ''}</workbook>`
  );
}

const KINDS: Record<string, string> = {
  core: `${PACKAGE}/relationships/metadata/core-properties`,
};

function relations(targets: [type: string, target: string, mode?: 'External'][]): string {
  const list = targets.map(
    ([type, target, mode], i) =>
      `<Relationship Id="rId${i + 1}" Type="${KINDS[type] ?? `${RELATIONS}/${type}`}" Target="${escapeXml(target).replace(/"/g, '&quot;')}"${mode ? ` TargetMode="${mode}"` : ''}/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}

/** Of the sheets that lead out of themselves: to the web, to a drawing. */
function sheetRelations(sheets: SheetPart[]): [string, string][] {
  let drawing = 0;
  return sheets.flatMap(({ links = [], charts }, i): [string, string][] => {
    const targets: [string, string, 'External'?][] = links.map((url) => ['hyperlink', url, 'External']);
    if (charts) targets.push(['drawing', `../drawings/drawing${++drawing}.xml`]);
    return targets.length > 0 ? [[`xl/worksheets/_rels/sheet${i + 1}.xml.rels`, relations(targets)]] : [];
  });
}

const bookRelations = (count: number): string =>
  relations([
    ...Array.from({ length: count }, (_, i): [string, string] => [
      'worksheet',
      `worksheets/sheet${i + 1}.xml`,
    ]),
    ['styles', 'styles.xml'],
    ['sharedStrings', 'sharedStrings.xml'],
  ]);

function coreProperties({ title, author, date }: BookInfo): string {
  const at = date === null ? null : `${new Date(date).toISOString().slice(0, 19)}Z`;
  const when = (name: string) =>
    at === null ? '' : `<dcterms:${name} xsi:type="dcterms:W3CDTF">${at}</dcterms:${name}>`;
  return (
    `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${escapeXml(title)}</dc:title><dc:creator>${escapeXml(author)}</dc:creator>` +
    `${when('created')}${when('modified')}</cp:coreProperties>`
  );
}

function contentTypes(sheets: number, drawings: number, charts: number): string {
  const part = (name: string, type: string): string =>
    `<Override PartName="/${name}" ContentType="${type}+xml"/>`;
  const each = (count: number, of: (n: number) => string) =>
    Array.from({ length: count }, (_, i) => of(i + 1)).join('');
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    part('xl/workbook.xml', `${TYPE}.spreadsheetml.sheet.main`) +
    part('xl/styles.xml', `${TYPE}.spreadsheetml.styles`) +
    part('xl/sharedStrings.xml', `${TYPE}.spreadsheetml.sharedStrings`) +
    each(sheets, (n) => part(`xl/worksheets/sheet${n}.xml`, `${TYPE}.spreadsheetml.worksheet`)) +
    each(drawings, (n) => part(`xl/drawings/drawing${n}.xml`, `${TYPE}.drawing`)) +
    each(charts, (n) => part(`xl/charts/chart${n}.xml`, `${TYPE}.drawingml.chart`)) +
    part('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties') +
    '</Types>'
  );
}
