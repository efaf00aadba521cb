/** The small parts of the ledger's workbook: styles, shared words, the explanation sheet and how all hang together. */
import { LEDGER_COLUMNS } from '../ledger-columns.js';
import type { LedgerMeta } from '../ledger-xlsx.js';
import { escapeXml, textElement } from './xml-text.js';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const LAST_COLUMN = String.fromCharCode(64 + LEDGER_COLUMNS.length);

interface Finished {
  rows: number;
  sheets: number[];
  shared: Map<string, number>;
}

/** Name and text of each part; asked for after the last row, when the sheets are known. */
export function ledgerParts(meta: LedgerMeta, book: Finished): [string, string][] {
  const names = book.sheets.map((_, i) => `台账${i === 0 ? '' : i + 1}${meta.demo ? '（演示数据）' : ''}`);
  const all = [...names, '说明'];
  const note = all.length;
  return [
    [`xl/worksheets/sheet${note}.xml`, noteSheet(meta, book.rows)],
    ['xl/sharedStrings.xml', sharedStrings(book.shared)],
    ['xl/styles.xml', STYLES],
    ['xl/workbook.xml', workbook(all, book.sheets)],
    ['xl/_rels/workbook.xml.rels', relationships(all.length)],
    ['_rels/.rels', rels([`${OFFICE}/relationships/officeDocument`, 'xl/workbook.xml'])],
    ['[Content_Types].xml', contentTypes(all.length)],
  ];
}

function noteSheet(meta: LedgerMeta, rows: number): string {
  const lines: [string, string][] = [
    ['名称', meta.title],
    ...(meta.demo ? ([['提示', '演示数据　不作为工作依据']] as [string, string][]) : []),
    ['导出时间', meta.exportedAt],
    ['筛选条件', meta.filter ?? '无（全部问题）'],
    ['问题个数', String(rows)],
    ['逾期天数', '截至导出时，责任在被督导单位的逾期自然日数；未逾期为 0。'],
    ['督导机构超时', '等待核验、审批或申辩处理，已超过督导机构办理时限。'],
    ['原定期限', '下发整改通知书时的期限；现期限含批准的延期和督导机构办理所补的工作日。'],
  ];
  const cells = lines.map(([name, text], i) => {
    const cell = (column: string, style: number, value: string): string =>
      `<c r="${column}${i + 1}" s="${style}" t="inlineStr"><is>${textElement(value)}</is></c>`;
    return `<row r="${i + 1}">${cell('A', 1, name)}${cell('B', 5, text)}</row>`;
  });
  return `${XML}<worksheet xmlns="${MAIN}"><cols><col min="1" max="1" width="16" customWidth="1"/><col min="2" max="2" width="80" customWidth="1"/></cols><sheetData>${cells.join('')}</sheetData></worksheet>`;
}

function sharedStrings(shared: Map<string, number>): string {
  const items = [...shared.keys()].map((text) => `<si>${textElement(text)}</si>`);
  return `${XML}<sst xmlns="${MAIN}" uniqueCount="${items.length}">${items.join('')}</sst>`;
}

function workbook(names: string[], sheets: number[]): string {
  const list = names.map(
    (name, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const defined = sheets.flatMap((rows, i) => [
    `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">'${names[i]}'!$A$1:$${LAST_COLUMN}$${rows + 1}</definedName>`,
    `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">'${names[i]}'!$1:$1</definedName>`,
  ]);
  return (
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets><definedNames>${defined.join('')}</definedNames></workbook>`
  );
}

function rels(...targets: [string, string][]): string {
  const list = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}

const relationships = (sheets: number): string =>
  rels(
    ...Array.from({ length: sheets }, (_, i): [string, string] => [
      `${OFFICE}/relationships/worksheet`,
      `worksheets/sheet${i + 1}.xml`,
    ]),
    [`${OFFICE}/relationships/styles`, 'styles.xml'],
    [`${OFFICE}/relationships/sharedStrings`, 'sharedStrings.xml'],
  );

function contentTypes(sheets: number): string {
  const part = (name: string, type: string): string =>
    `<Override PartName="/xl/${name}" ContentType="${TYPE}.${type}+xml"/>`;
  const list = Array.from({ length: sheets }, (_, i) => part(`worksheets/sheet${i + 1}.xml`, 'worksheet'));
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    part('workbook.xml', 'sheet.main') +
    part('styles.xml', 'styles') +
    part('sharedStrings.xml', 'sharedStrings') +
    `${list.join('')}</Types>`
  );
}

/** 0 default, 1 head, 2 text (format @: editing keeps it text), 3 date, 4 integer, 5 wrapped text. */
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>` +
  '<fonts count="2"><font><sz val="10"/><name val="宋体"/></font><font><b/><sz val="10"/><name val="宋体"/></font></fonts>' +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFE7ECF4"/><bgColor indexed="64"/></patternFill></fill></fills>' +
  '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>' +
  '<border><left style="thin"><color rgb="FFBFBFBF"/></left><right style="thin"><color rgb="FFBFBFBF"/></right>' +
  '<top style="thin"><color rgb="FFBFBFBF"/></top><bottom style="thin"><color rgb="FFBFBFBF"/></bottom><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
  '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>' +
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top"/></xf>' +
  '<xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="top"/></xf>' +
  '<xf numFmtId="1" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top"/></xf>' +
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
