/** The parts of a workbook's package that hold its sheets together. */
import { STYLES_XML } from './styles.js';
import { escapeXml, textElement } from './xml-text.js';

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export interface SheetPart {
  name: string;
  /** `A1:Y100`, where the sheet is a list with a head in its first row; null for a page of text. */
  list: string | null;
}

/** Name and text of each part but the sheets, which are `xl/worksheets/sheet1.xml` and on. */
export function packageParts(sheets: SheetPart[], shared: Iterable<string>): [string, string][] {
  return [
    ['xl/sharedStrings.xml', sharedStrings([...shared])],
    ['xl/styles.xml', STYLES_XML],
    ['xl/workbook.xml', workbook(sheets)],
    ['xl/_rels/workbook.xml.rels', sheetRelations(sheets.length)],
    ['_rels/.rels', relations([['officeDocument', 'xl/workbook.xml']])],
    ['[Content_Types].xml', contentTypes(sheets.length)],
  ];
}

/** The name of a sheet as a formula writes it. */
export const quoted = (name: string): string => `'${name.replace(/'/g, "''")}'`;

/** Page setup at the end of a sheet: A4, one page wide, the title above and the page number below. */
export function pageSetup(title: string, landscape: boolean): string {
  // In a header & begins a code; two are one.
  const head = escapeXml(title.replace(/&/g, '&&'));
  return (
    '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>' +
    `<pageSetup paperSize="9" orientation="${landscape ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>` +
    `<headerFooter><oddHeader>&amp;C${head}</oddHeader><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>`
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
  const defined = sheets.flatMap(({ name, list: area }, i) => {
    if (area === null) return [];
    const absolute = `${quoted(name)}!${area.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2')}`;
    return [
      define('_FilterDatabase', i, true, absolute),
      define('Print_Area', i, false, absolute),
      define('Print_Titles', i, false, `${quoted(name)}!$1:$1`),
    ];
  });
  return (
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets>${defined.length > 0 ? `<definedNames>${defined.join('')}</definedNames>` : ''}</workbook>`
  );
}

function relations(targets: [string, string][]): string {
  const list = targets.map(
    ([type, target], i) =>
      `<Relationship Id="rId${i + 1}" Type="${OFFICE}/relationships/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}

const sheetRelations = (count: number): string =>
  relations([
    ...Array.from({ length: count }, (_, i): [string, string] => [
      'worksheet',
      `worksheets/sheet${i + 1}.xml`,
    ]),
    ['styles', 'styles.xml'],
    ['sharedStrings', 'sharedStrings.xml'],
  ]);

function contentTypes(count: number): string {
  const part = (name: string, type: string): string =>
    `<Override PartName="/xl/${name}" ContentType="${TYPE}.${type}+xml"/>`;
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    part('workbook.xml', 'sheet.main') +
    part('styles.xml', 'styles') +
    part('sharedStrings.xml', 'sharedStrings') +
    Array.from({ length: count }, (_, i) => part(`worksheets/sheet${i + 1}.xml`, 'worksheet')).join('') +
    '</Types>'
  );
}
