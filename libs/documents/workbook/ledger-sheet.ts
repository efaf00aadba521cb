/** What stands before and after the rows of the ledger's sheets. */
import type { LedgerRow } from '#rules/ledger-row.js';
import { LEDGER_COLUMNS } from '../ledger-columns.js';
import type { LedgerMeta } from '../ledger-xlsx.js';
import { XML } from '../ooxml/names.js';
import { MAIN, pageSetup } from './parts.js';
import { cols, columnLetters, textCell } from './sheets.js';
import { OVERLAY } from './styles.js';
import { fittingWidth } from './widths.js';

const LETTERS = LEDGER_COLUMNS.map((_, i) => columnLetters(i + 1));
const LAST = LETTERS.at(-1) as string;
const HEAD = LEDGER_COLUMNS.map((column, i) => textCell(`${LETTERS[i]}1`, 'head', column.title)).join('');

/** `sample`: rows by which the widths are taken; a column is never wider than its own `width`. */
export function ledgerSheetHead(sample: readonly LedgerRow[]): string {
  const widths = LEDGER_COLUMNS.map(({ key, title, width }) => {
    function* texts(): Generator<string> {
      for (const row of sample) yield String(row[key] ?? '');
    }
    return fittingWidth(title, texts(), Math.max(width, 2 * title.length + 3));
  });
  return (
    `${XML}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    '<sheetViews><sheetView workbookViewId="0"><pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight" state="frozen"/>' +
    `</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>${cols(widths)}` +
    `<sheetData><row r="1" ht="22" customHeight="1">${HEAD}</row>`
  );
}

const letterOf = (key: keyof LedgerRow): string =>
  LETTERS[LEDGER_COLUMNS.findIndex((column) => column.key === key)] as string;

export function ledgerSheetTail(lastRow: number, meta: LedgerMeta): string {
  const mark = meta.demo ? '　演示数据　不作为工作依据' : '';
  const codes = (['unitCode', 'itemCode'] as const).map(
    (key) => `<ignoredError sqref="${area(key, lastRow)}" numberStoredAsText="1"/>`,
  );
  return (
    `</sheetData><autoFilter ref="A1:${LAST}${lastRow}"/>${lastRow > 1 ? conditions(lastRow) : ''}` +
    `${pageSetup(meta.title + mark, { landscape: true })}${lastRow > 1 ? `<ignoredErrors>${codes.join('')}</ignoredErrors>` : ''}</worksheet>`
  );
}

const area = (key: keyof LedgerRow, lastRow: number): string =>
  `${letterOf(key)}2:${letterOf(key)}${lastRow}`;

/** Overdue: a bar for the days and a mark for the office's own delay. */
function conditions(lastRow: number): string {
  const days =
    '<cfRule type="dataBar" priority="1"><dataBar minLength="0" maxLength="100"><cfvo type="num" val="0"/><cfvo type="max"/><color rgb="FFE6A6A0"/></dataBar></cfRule>';
  const marked = (priority: number, operator: string, against: string) =>
    `<cfRule type="cellIs" dxfId="${OVERLAY.alarm}" priority="${priority}" operator="${operator}"><formula>${against}</formula></cfRule>`;
  return (
    `<conditionalFormatting sqref="${area('daysOverdue', lastRow)}">${days}${marked(2, 'greaterThan', '0')}</conditionalFormatting>` +
    `<conditionalFormatting sqref="${area('officeOverdue', lastRow)}">${marked(3, 'equal', '"是"')}</conditionalFormatting>`
  );
}
