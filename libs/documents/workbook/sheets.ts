/** Small sheets of a workbook from plain rows: lists with a head, and pages of text. */
import { MAIN, pageSetup, quoted, type SheetPart, XML } from './parts.js';
import { type Look, STYLE } from './styles.js';
import { dateSerial, escapeXml, textElement } from './xml-text.js';

export type Value = string | number | null;

export interface ListColumn {
  title: string;
  look: 'text' | 'wrapped' | 'date' | 'integer' | 'number' | 'decimal' | 'percent';
  /** In characters. */
  width: number;
}

export interface ListSheet {
  name: string;
  columns: ListColumn[];
  /** Dates as `YYYY-MM-DD`, percentages as fractions of one. */
  rows: Value[][];
}

export interface PageSheet {
  name: string;
  widths: number[];
  /** Each row its cells; `to` names the sheet a cell leads to. */
  rows: { text: string; look: Look; to?: string }[][];
}

/** `1` → `A`, `27` → `AA`. */
export function columnLetters(index: number): string {
  const rest = (index - 1) % 26;
  const letter = String.fromCharCode(65 + rest);
  return index <= 26 ? letter : columnLetters((index - 1 - rest) / 26) + letter;
}

/** The XML of a list: frozen head and first column, filter, print setup. `title` is printed over each page. */
export function listXml(sheet: ListSheet, title: string): string {
  const { columns, rows } = sheet;
  const head = columns.map((c, i) => textCell(columnLetters(i + 1), 1, 'head', c.title)).join('');
  const body = rows.map((row, r) => {
    const cells = columns.map((c, i) => cell(columnLetters(i + 1), r + 2, c.look, row[i] ?? null));
    return `<row r="${r + 2}">${cells.join('')}</row>`;
  });
  return (
    `${XML}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>' +
    `<sheetFormatPr defaultRowHeight="15"/>${cols(columns.map((c) => c.width))}` +
    `<sheetData><row r="1" ht="24" customHeight="1">${head}</row>${body.join('')}</sheetData>` +
    `<autoFilter ref="${listArea(sheet)}"/>${pageSetup(title, true)}</worksheet>`
  );
}

/** The area of a list with its head. */
export const listArea = (sheet: ListSheet): string =>
  `A1:${columnLetters(sheet.columns.length)}${sheet.rows.length + 1}`;

/** The XML of a page of text, with links to other sheets. */
export function pageXml(sheet: PageSheet, title: string): string {
  const links: string[] = [];
  const rows = sheet.rows.map((row, r) => {
    const cells = row.map((c, i) => {
      const letters = columnLetters(i + 1);
      if (c.to !== undefined) {
        links.push(
          `<hyperlink ref="${letters}${r + 1}" location="${escapeXml(quoted(c.to))}!A1" display="${escapeXml(c.to)}"/>`,
        );
      }
      return textCell(letters, r + 1, c.look, c.text);
    });
    return `<row r="${r + 1}">${cells.join('')}</row>`;
  });
  return (
    `${XML}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    `${cols(sheet.widths)}<sheetData>${rows.join('')}</sheetData>` +
    `${links.length > 0 ? `<hyperlinks>${links.join('')}</hyperlinks>` : ''}${pageSetup(title, false)}</worksheet>`
  );
}

export const listPart = (sheet: ListSheet): SheetPart => ({ name: sheet.name, list: listArea(sheet) });

function cols(widths: number[]): string {
  const list = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  return `<cols>${list.join('')}</cols>`;
}

function cell(letters: string, row: number, look: ListColumn['look'], value: Value): string {
  if (value === null || value === '') return `<c r="${letters}${row}" s="${STYLE[look]}"/>`;
  if (look === 'text' || look === 'wrapped') return textCell(letters, row, look, String(value));
  const number = look === 'date' ? dateSerial(String(value)) : value;
  return `<c r="${letters}${row}" s="${STYLE[look]}"><v>${number}</v></c>`;
}

/** A string cell: never a formula, whatever its text begins with. */
function textCell(letters: string, row: number, look: Look, text: string): string {
  return `<c r="${letters}${row}" s="${STYLE[look]}" t="inlineStr"><is>${textElement(text)}</is></c>`;
}
