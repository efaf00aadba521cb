/**
 * Lists in a workbook, as an analyst works with them: a head that filters and stays, typed cells, columns as wide as what
 * stands in them, totals of what the filter shows, bars and marks that follow the cells.
 */
import { MIN_SAMPLE } from '#rules/rate.js';
import { RELATIONS, XML } from '../ooxml/names.js';
import { MAIN, pageSetup, quoted, type SheetPart } from './parts.js';
import { cols, columnLetters, formulaCell, sheetLink, textCell } from './sheets.js';
import { type Look, OVERLAY, STYLE } from './styles.js';
import { fittingWidth, rowHeight } from './widths.js';
import { dateSerial, escapeXml } from './xml-text.js';

/** A formula of ours with its result. `null` is an empty result. */
export type Formula = { formula: string; value: number | string | null };
/** Text that leads to a sheet. */
export type Link = { text: string; to: string };
export type Value = string | number | null | Formula | Link;

export interface ListColumn {
  title: string;
  look: 'text' | 'wrapped' | 'date' | 'minute' | 'integer' | 'number' | 'decimal' | 'percent' | 'link';
  /** Characters that the column is wide at most; 40 unless given. */
  most?: number;
  /** What stands under the column: the sum, the number of rows, or a share of two other columns by their titles. */
  total?: 'sum' | 'count' | { of: string; among: string };
  /** A bar in each cell: from nothing to the greatest, or to all of it. */
  bars?: 'values' | 'share';
  /** Marks the cells that hold this, or more than nothing. */
  alarm?: { text: string } | 'positive';
}

export interface ListSheet {
  name: string;
  /** The first row: what the sheet is, beside the way back to the sheet `back`. Absent where the head is the first row. */
  about?: { text: string; back: string };
  columns: ListColumn[];
  /** Dates as `YYYY-MM-DD`, minutes as `YYYY-MM-DD HH:MM`, percentages as fractions of one. */
  rows: Value[][];
}

const MOST = 40;
const TOTAL = '合计（筛选后）';

/** The first row with data. */
export const firstRow = (sheet: Pick<ListSheet, 'about'>): number => (sheet.about ? 3 : 2);
const lastRow = (sheet: ListSheet): number => firstRow(sheet) + sheet.rows.length - 1;
const hasTotals = ({ columns, rows }: ListSheet): boolean =>
  rows.length > 0 && columns.some(({ total }) => total !== undefined);

/** The cells of a column, head and totals left out: `B3:B40`. */
function columnArea(sheet: ListSheet, title: string): string {
  const letters = columnLetters(sheet.columns.findIndex((column) => column.title === title) + 1);
  if (letters === '') throw new Error(`${sheet.name} has no column ${title}`);
  return `${letters}${firstRow(sheet)}:${letters}${Math.max(firstRow(sheet), lastRow(sheet))}`;
}

/** The same as a formula on another sheet names it. */
export const columnRef = (sheet: ListSheet, title: string): string =>
  `${quoted(sheet.name)}!${columnArea(sheet, title).replace(/([A-Z]+)(\d+)/g, '$$$1$$$2')}`;

/** The area that is filtered: the head and its rows. */
const listArea = (sheet: ListSheet): string =>
  `A${firstRow(sheet) - 1}:${columnLetters(sheet.columns.length)}${Math.max(firstRow(sheet) - 1, lastRow(sheet))}`;

export function listPart(sheet: ListSheet): SheetPart {
  const head = firstRow(sheet) - 1;
  const bottom = Math.max(head, lastRow(sheet) + (hasTotals(sheet) ? 1 : 0));
  const print = `A1:${columnLetters(sheet.columns.length)}${bottom}`;
  return { name: sheet.name, list: { area: listArea(sheet), print, head } };
}

/** The XML of a list. `title` is printed over each page. */
export function listXml(sheet: ListSheet, title: string): string {
  const { columns, rows, about } = sheet;
  const first = firstRow(sheet);
  const head = first - 1;
  const links = about ? [sheetLink('A1', about.back)] : [];
  const lines: string[] = [];
  const wide = widths(sheet);
  if (about) {
    lines.push(
      `<row r="1" ht="22" customHeight="1">${textCell('A1', 'back', '返回')}${textCell('B1', 'name', about.text)}</row>`,
    );
  }
  const heads = columns.map((c, i) => textCell(`${columnLetters(i + 1)}${head}`, 'head', c.title));
  lines.push(`<row r="${head}" ht="24" customHeight="1">${heads.join('')}</row>`);
  rows.forEach((row, r) => {
    const cells = columns.map((c, i) => {
      const at = `${columnLetters(i + 1)}${first + r}`;
      const value = row[i] ?? null;
      if (isLink(value)) links.push(sheetLink(at, value.to));
      return cell(at, c.look, value);
    });
    const height = rowHeight(
      columns.map(({ look }, i) => [shown(look, row[i] ?? null), wraps(look) ? (wide[i] as number) : null]),
    );
    lines.push(`<row r="${first + r}"${height}>${cells.join('')}</row>`);
  });
  if (hasTotals(sheet)) lines.push(totals(sheet));
  return (
    `${XML}<worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    `<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="${head}" topLeftCell="B${first}" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="15"/>${cols(wide)}<sheetData>${lines.join('')}</sheetData>` +
    `<autoFilter ref="${listArea(sheet)}"/>${conditions(sheet)}` +
    `${links.length > 0 ? `<hyperlinks>${links.join('')}</hyperlinks>` : ''}` +
    `${pageSetup(title, { landscape: true })}${textNumbers(sheet)}</worksheet>`
  );
}

const wraps = (look: ListColumn['look']): boolean => look === 'wrapped' || look === 'link';

const isLink = (value: Value): value is Link => typeof value === 'object' && value !== null && 'to' in value;

function cell(at: string, look: ListColumn['look'], value: Value): string {
  if (value === null || value === '') return `<c r="${at}" s="${STYLE[look === 'link' ? 'text' : look]}"/>`;
  if (typeof value === 'object') {
    return 'to' in value
      ? textCell(at, 'link', value.text)
      : formulaCell(at, look, value.formula, value.value);
  }
  if (look === 'text' || look === 'wrapped' || look === 'link') {
    return textCell(at, look === 'link' ? 'wrapped' : look, String(value));
  }
  const number = look === 'date' || look === 'minute' ? dateSerial(String(value)) : value;
  return `<c r="${at}" s="${STYLE[look]}"><v>${number}</v></c>`;
}

/** As the cell shows it, to be measured. */
function shown(look: ListColumn['look'], value: Value): string {
  if (value === null) return '';
  const plain = typeof value === 'object' ? ('to' in value ? value.text : (value.value ?? '')) : value;
  if (look === 'percent') return '100.0%';
  return look === 'decimal' && typeof plain === 'number' ? plain.toFixed(2) : String(plain);
}

function widths(sheet: ListSheet): number[] {
  const { columns, rows } = sheet;
  return columns.map(({ title, look, total, most = MOST }, i) => {
    function* texts(): Generator<string> {
      if (i === 0 && !total && hasTotals(sheet)) yield TOTAL;
      for (const row of rows) yield shown(look, row[i] ?? null);
    }
    return fittingWidth(title, texts(), most);
  });
}

/** Sums and counts of the rows that the filter shows, under the list and outside its filter. */
function totals(sheet: ListSheet): string {
  const row = lastRow(sheet) + 1;
  const column = (title: string) => sheet.columns.findIndex((c) => c.title === title);
  const numbers = (i: number) => sheet.rows.map((r) => (typeof r[i] === 'number' ? r[i] : 0));
  const sum = (i: number) => numbers(i).reduce((a, b) => a + b, 0);
  const cells = sheet.columns.map(({ title, total, look }, i) => {
    const at = `${columnLetters(i + 1)}${row}`;
    if (i === 0 && total === undefined) return textCell(at, 'totalText', TOTAL);
    if (total === undefined) return textCell(at, 'totalText', '');
    const area = columnArea(sheet, title);
    if (total === 'count') {
      const filled = sheet.rows.filter((r) => r[i] !== null && r[i] !== '').length;
      return formulaCell(at, 'totalCount', `SUBTOTAL(103,${area})`, filled);
    }
    if (total === 'sum') return formulaCell(at, 'totalInteger', `SUBTOTAL(109,${area})`, sum(i));
    const [of, among] = [column(total.of), column(total.among)];
    const [part, whole] = [of, among].map((n) => `${columnLetters(n + 1)}${row}`);
    const value = sum(among) < MIN_SAMPLE ? '' : sum(of) / sum(among);
    const share = `IF(${whole}<${MIN_SAMPLE},"",${part}/${whole})`;
    return formulaCell(at, look === 'percent' ? 'totalPercent' : 'totalInteger', share, value);
  });
  return `<row r="${row}" ht="20" customHeight="1">${cells.join('')}</row>`;
}

/** Bars and marks. Formulas are ours: a text to look for is of our own words and written as a string. */
function conditions(sheet: ListSheet): string {
  if (sheet.rows.length === 0) return '';
  let priority = 0;
  return sheet.columns
    .map(({ title, bars, alarm }) => {
      const area = columnArea(sheet, title);
      const rules: string[] = [];
      if (bars) {
        const most = bars === 'share' ? '<cfvo type="num" val="1"/>' : '<cfvo type="max"/>';
        rules.push(
          `<cfRule type="dataBar" priority="${++priority}"><dataBar minLength="0" maxLength="100"><cfvo type="num" val="0"/>${most}<color rgb="FFA9BBD3"/></dataBar></cfRule>`,
        );
      }
      if (alarm) {
        const [operator, against] =
          alarm === 'positive' ? ['greaterThan', '0'] : ['equal', `"${alarm.text.replace(/"/g, '""')}"`];
        rules.push(
          `<cfRule type="cellIs" dxfId="${OVERLAY.alarm}" priority="${++priority}" operator="${operator}"><formula>${escapeXml(against)}</formula></cfRule>`,
        );
      }
      return rules.length > 0
        ? `<conditionalFormatting sqref="${area}">${rules.join('')}</conditionalFormatting>`
        : '';
    })
    .join('');
}

/** Codes are text that looks like numbers on purpose: no green corner warns of it. */
function textNumbers(sheet: ListSheet): string {
  const looksSo = (look: Look | ListColumn['look'], i: number) =>
    look === 'text' && sheet.rows.some((row) => typeof row[i] === 'string' && /^\d+$/.test(row[i]));
  const areas = sheet.columns
    .filter(({ look }, i) => looksSo(look, i))
    .map(({ title }) => columnArea(sheet, title));
  return areas.length > 0
    ? `<ignoredErrors>${areas.map((area) => `<ignoredError sqref="${area}" numberStoredAsText="1"/>`).join('')}</ignoredErrors>`
    : '';
}
