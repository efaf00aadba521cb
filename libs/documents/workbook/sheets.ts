/** Pages of text in a workbook: covers and explanations, with links to the other sheets. */
import { RELATIONS, XML } from '../ooxml/names.js';
import { MAIN, pageSetup, quoted } from './parts.js';
import { type Look, STYLE } from './styles.js';
import { rowHeight } from './widths.js';
import { escapeXml, textElement } from './xml-text.js';

export interface PageCell {
  text: string;
  look: Look;
  /** The sheet a cell leads to. */
  to?: string;
  /** A web address it leads to; it is written as text as well. */
  url?: string;
  /** A number, which `text` writes out. */
  value?: number;
  /** Our own formula, of which `text` is the result (a number where `look` is of numbers). */
  formula?: string;
}

export interface PageSheet {
  name: string;
  widths: number[];
  rows: PageCell[][];
  /** Whether charts are drawn on it. */
  drawing?: boolean;
  /** Printed on one page however many rows. */
  onePage?: boolean;
}

/** A sheet's XML, and where its links lead: the targets of `rId1` and on. */
export interface SheetXml {
  xml: string;
  links: string[];
}

/** `1` → `A`, `27` → `AA`. */
export function columnLetters(index: number): string {
  const rest = (index - 1) % 26;
  const letter = String.fromCharCode(65 + rest);
  return index <= 26 ? letter : columnLetters((index - 1 - rest) / 26) + letter;
}

/** The XML of a page. `title` is printed over each page. */
export function pageXml(sheet: PageSheet, title: string): SheetXml {
  const links: string[] = [];
  const hyperlinks: string[] = [];
  const rows = sheet.rows.map((row, r) => {
    const cells = row.map((c, i) => {
      const at = `${columnLetters(i + 1)}${r + 1}`;
      if (c.to !== undefined) hyperlinks.push(sheetLink(at, c.to));
      else if (c.url !== undefined) {
        links.push(c.url);
        hyperlinks.push(`<hyperlink ref="${at}" r:id="rId${links.length}"/>`);
      }
      if (c.value !== undefined) return `<c r="${at}" s="${STYLE[c.look]}"><v>${c.value}</v></c>`;
      if (c.formula !== undefined) return formulaCell(at, c.look, c.formula, Number(c.text));
      return textCell(at, c.look, c.text);
    });
    const tall =
      row[0]?.look === 'title'
        ? ' ht="30" customHeight="1"'
        : rowHeight(row.map((c, i) => [c.text, WRAPS.has(c.look) ? (sheet.widths[i] ?? null) : null]));
    return `<row r="${r + 1}"${tall}>${cells.join('')}</row>`;
  });
  return {
    xml:
      `${XML}<worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
      '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
      `${cols(sheet.widths)}<sheetData>${rows.join('')}</sheetData>` +
      `${hyperlinks.length > 0 ? `<hyperlinks>${hyperlinks.join('')}</hyperlinks>` : ''}` +
      `${pageSetup(title, { onePage: sheet.onePage ?? false })}` +
      `${sheet.drawing ? `<drawing r:id="rId${links.length + 1}"/>` : ''}</worksheet>`,
    links,
  };
}

const WRAPS = new Set<Look>(['head', 'wrapped', 'link']);

export const sheetLink = (at: string, to: string): string =>
  `<hyperlink ref="${at}" location="${escapeXml(`${quoted(to)}!A1`)}" display="${escapeXml(to)}"/>`;

export function cols(widths: number[]): string {
  const list = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  return `<cols>${list.join('')}</cols>`;
}

/** A string cell: never a formula, whatever its text begins with. */
export function textCell(at: string, look: Look, text: string): string {
  return text === ''
    ? `<c r="${at}" s="${STYLE[look]}"/>`
    : `<c r="${at}" s="${STYLE[look]}" t="inlineStr"><is>${textElement(text)}</is></c>`;
}

/** A formula of ours with its result, for readers that do not reckon. Nothing a person typed may be part of it. */
export function formulaCell(at: string, look: Look, formula: string, value: number | string | null): string {
  const body = `<f>${escapeXml(formula)}</f>`;
  if (typeof value === 'string') {
    return `<c r="${at}" s="${STYLE[look]}" t="str">${body}<v>${escapeXml(value)}</v></c>`;
  }
  return `<c r="${at}" s="${STYLE[look]}">${body}${value === null ? '' : `<v>${value}</v>`}</c>`;
}
