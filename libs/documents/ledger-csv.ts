/**
 * The ledger as CSV in UTF-8 with a byte order mark, streamed.
 *
 * CSV has no cell types, and Excel runs a field that begins with = + - or @ as a formula even between quotes. Such a
 * text (and nothing else) gets one apostrophe before it, which every spreadsheet program then shows as text; whoever
 * reads the file by program takes one leading apostrophe off where a formula character follows. In the workbook text
 * is unchanged: there a string cell is never run.
 */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FORMULA_LEAD } from '#rules/formula-lead.js';
import { LEDGER_COLUMNS, type LedgerRow } from './ledger-columns.js';
import type { LedgerRows } from './ledger-xlsx.js';

const PIECE = 256 * 1024;
const NEEDS_QUOTES = /[",\r\n]/;

/** The byte order mark and the head line. */
export const LEDGER_CSV_HEAD = `\ufeff${LEDGER_COLUMNS.map((column) => column.title).join(',')}\r\n`;

/** One row, ended by CR LF (RFC 4180). */
export function ledgerCsvLine(row: LedgerRow): string {
  let line = '';
  for (let i = 0; i < LEDGER_COLUMNS.length; i++) {
    const { key, kind } = LEDGER_COLUMNS[i] as (typeof LEDGER_COLUMNS)[number];
    const value = row[key];
    if (i > 0) line += ',';
    if (value === null || value === '') continue;
    if (kind === 'integer' || kind === 'date') line += value;
    else if (kind === 'flag') line += value ? '是' : '否';
    else if (kind === 'label') line += knownText(value as string);
    else line += csvText(value as string);
  }
  return `${line}\r\n`;
}

/** Names of units and the like, looked up rather than examined again in every row; bounded. */
const known = new Map<string, string>();

function knownText(text: string): string {
  let field = known.get(text);
  if (field === undefined) {
    if (known.size > 20_000) known.clear();
    field = csvText(text);
    known.set(text, field);
  }
  return field;
}

/** A text as a CSV field that no spreadsheet program runs. */
export function csvText(text: string): string {
  // A first character beyond these can begin no formula: the usual case costs one comparison.
  const first = text.charCodeAt(0);
  const safe =
    (first < 0x41 || (first > 0x2fff && first < 0x3001) || first > 0xfeff) && FORMULA_LEAD.test(text)
      ? `'${text}`
      : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Writes and ends `out`; resolves to the number of rows. */
export async function writeLedgerCsv(rows: LedgerRows, out: Writable): Promise<number> {
  let count = 0;
  async function* lines(): AsyncGenerator<Buffer> {
    let text = LEDGER_CSV_HEAD;
    for await (const batch of rows) {
      for (const row of Array.isArray(batch) ? batch : [batch]) {
        text += ledgerCsvLine(row);
        count++;
        if (text.length >= PIECE) {
          yield Buffer.from(text);
          text = '';
        }
      }
    }
    yield Buffer.from(text);
  }
  const bytes = lines();
  try {
    await pipeline(Readable.from(bytes, { objectMode: true }), out);
  } finally {
    await bytes.return(undefined);
  }
  return count;
}
