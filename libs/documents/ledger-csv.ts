/**
 * The ledger as CSV in UTF-8 with a byte order mark, streamed.
 *
 * CSV has no cell types, and Excel runs a field that begins with = + - or @ as a formula even between quotes. Such a
 * text (and nothing else) gets one apostrophe before it, which every spreadsheet program then shows as text; whoever
 * reads the file by program takes one leading apostrophe off where a formula character follows. In the workbook text
 * is unchanged: there a string cell is never run.
 *
 * The fields come guarded and quoted as PostgreSQL writes them (libs/core/issues/export-csv.ts); here they become a file.
 */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LEDGER_COLUMNS } from './ledger-columns.js';

const LF = 0x0a;
const QUOTE = 0x22;
const CRLF = Buffer.from('\r\n');

/** The byte order mark and the head line. */
export const LEDGER_CSV_HEAD = `\ufeff${LEDGER_COLUMNS.map((column) => column.title).join(',')}\r\n`;

/**
 * Writes and ends `out`; resolves to the number of rows. `copied`: rows of LEDGER_COLUMNS ended by LF, cut anywhere.
 * `onRows` hears how many there are so far; what it throws ends the writing.
 */
export async function writeLedgerCsv(
  copied: AsyncIterable<Buffer>,
  out: Writable,
  onRows: (rows: number) => void | Promise<void> = () => undefined,
): Promise<number> {
  const place: Place = { quoted: false, rows: 0 };
  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.from(LEDGER_CSV_HEAD);
    for await (const chunk of copied) {
      yield endLines(chunk, place);
      await onRows(place.rows);
    }
  }
  const lines = bytes();
  try {
    await pipeline(Readable.from(lines, { objectMode: true }), out);
  } finally {
    // Where `out` failed, `copied` (a database connection) is closed before the caller goes on.
    await lines.return(undefined);
  }
  return place.rows;
}

/** Where a chunk ended: inside quotes or not, after how many rows. */
interface Place {
  quoted: boolean;
  rows: number;
}

/** Ends rows by CR LF (RFC 4180); a line feed inside quotes is part of its text. Neither byte occurs inside a UTF-8 character. */
function endLines(chunk: Buffer, place: Place): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  let at = 0;
  let quote = chunk.indexOf(QUOTE);
  let line = chunk.indexOf(LF);
  while (place.quoted ? quote >= 0 : line >= 0 || quote >= 0) {
    if (place.quoted || (quote >= 0 && (line < 0 || quote < line))) {
      place.quoted = !place.quoted;
      at = quote + 1;
    } else {
      pieces.push(chunk.subarray(from, line), CRLF);
      place.rows++;
      at = line + 1;
      from = at;
    }
    if (quote >= 0 && quote < at) quote = chunk.indexOf(QUOTE, at);
    if (line >= 0 && line < at) line = chunk.indexOf(LF, at);
  }
  pieces.push(chunk.subarray(from));
  return Buffer.concat(pieces);
}
