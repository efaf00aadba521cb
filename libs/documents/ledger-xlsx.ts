/**
 * The ledger as a workbook, streamed: rows in, bytes out, and memory that does not grow with the rows. Excel's limit
 * of 1,048,576 rows a sheet is met by further sheets, never by leaving rows out.
 */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LedgerRow } from '#rules/ledger-row.js';
import { LEDGER_COLUMNS } from './ledger-columns.js';
import { ledgerParts } from './workbook/ledger-parts.js';
import { ledgerSheetHead, ledgerSheetTail } from './workbook/ledger-sheet.js';
import { columnLetters } from './workbook/sheets.js';
import { STYLE } from './workbook/styles.js';
import { dateSerial, textElement } from './workbook/xml-text.js';
import { type ZipEntry, zipBytes } from './workbook/zip.js';

/** Rows one by one or, faster, in batches. */
export type LedgerRows = AsyncIterable<LedgerRow | LedgerRow[]>;

export interface LedgerMeta {
  /** `云溪区问题台账`. */
  title: string;
  demo: boolean;
  /** What was asked for, in words; null for everything. */
  filter: string | null;
  /** Local minute as text, `2026-10-09 15:04`. */
  exportedAt: string;
}

const ROWS_PER_SHEET = 1_048_575;
/** Below the 4 GiB that a ZIP entry may hold. */
const BYTES_PER_SHEET = 3_500_000_000;
/** Characters gathered before they are handed on: large enough to compress well. */
const PIECE = 256 * 1024;
/** Rows by which the columns' widths are taken: of the first batch, for the widths stand before the rows. */
const MEASURED = 500;
/** Distinct words kept to be shared; beyond them a word is written where it stands. */
const SHARED_LIMIT = 20_000;

/** Writes and ends `out`; resolves to the number of rows. Rejects when `rows` or `out` fails. */
export async function writeLedgerXlsx(
  rows: LedgerRows,
  out: Writable,
  meta: LedgerMeta,
  { rowsPerSheet = ROWS_PER_SHEET } = {},
): Promise<number> {
  const book: Book = { rows: 0, sheets: [], shared: new Map(), tally: new Map() };
  const bytes = zipBytes(entries(rows, meta, book, rowsPerSheet));
  try {
    await pipeline(Readable.from(bytes, { objectMode: true }), out);
  } finally {
    // Where `out` failed, `rows` (a database cursor) is closed before the caller goes on.
    await bytes.return(undefined);
  }
  return book.rows;
}

interface Book {
  rows: number;
  /** Rows of each sheet, without the head. */
  sheets: number[];
  shared: Map<string, number>;
  /** Rows by status and severity, in words, and how many of them are overdue. */
  tally: Map<string, { status: string; severity: string; rows: number; overdue: number }>;
}

async function* entries(
  rows: LedgerRows,
  meta: LedgerMeta,
  book: Book,
  limit: number,
): AsyncGenerator<ZipEntry> {
  const source = rows[Symbol.asyncIterator]();
  try {
    const feed: Feed = { batch: [], at: 0, done: false, source };
    do {
      const index = book.sheets.length;
      yield { name: `xl/worksheets/sheet${index + 1}.xml`, pieces: sheet(feed, meta, book, limit) };
    } while (!(await drained(feed)));
    for (const [name, text] of ledgerParts(meta, book)) yield { name, pieces: [Buffer.from(text)] };
  } finally {
    await source.return?.();
  }
}

interface Feed {
  batch: LedgerRow[];
  at: number;
  done: boolean;
  source: AsyncIterator<LedgerRow | LedgerRow[]>;
}

/** Whether no row is left; fetches the next batch where this one is used up. */
async function drained(feed: Feed): Promise<boolean> {
  while (!feed.done && feed.at >= feed.batch.length) {
    const next = await feed.source.next();
    if (next.done) feed.done = true;
    else {
      feed.batch = Array.isArray(next.value) ? next.value : [next.value];
      feed.at = 0;
    }
  }
  return feed.done;
}

async function* sheet(feed: Feed, meta: LedgerMeta, book: Book, limit: number): AsyncGenerator<Buffer> {
  await drained(feed);
  let text = ledgerSheetHead(feed.batch.slice(feed.at, feed.at + MEASURED));
  let count = 0;
  let bytes = 0;
  while (count < limit && bytes < BYTES_PER_SHEET && !(await drained(feed))) {
    while (count < limit && feed.at < feed.batch.length && text.length < PIECE) {
      const row = feed.batch[feed.at++] as LedgerRow;
      text += rowXml(row, ++count + 1, book.shared);
      tallied(book.tally, row);
    }
    if (text.length >= PIECE) {
      const piece = Buffer.from(text);
      bytes += piece.length;
      yield piece;
      text = '';
    }
  }
  book.rows += count;
  book.sheets.push(count);
  yield Buffer.from(text + ledgerSheetTail(count + 1, meta));
}

/** States and severities are few; beyond a hundred kinds of rows the summary would be no summary, and they are counted as others. */
const KINDS = 100;
const OTHERS = '（其他）';

function tallied(tally: Book['tally'], row: LedgerRow): void {
  const kind = tally.get(`${row.status}\n${row.severity}`) ?? newKind(tally, row);
  kind.rows++;
  if (row.daysOverdue > 0) kind.overdue++;
}

function newKind(tally: Book['tally'], { status, severity }: LedgerRow) {
  const named = tally.size < KINDS ? { status, severity } : { status: OTHERS, severity: '' };
  const key = `${named.status}\n${named.severity}`;
  const kind = tally.get(key) ?? { ...named, rows: 0, overdue: 0 };
  tally.set(key, kind);
  return kind;
}

const LETTERS = LEDGER_COLUMNS.map((_, i) => columnLetters(i + 1));
const SERIALS = new Map<string, number>();

function serial(date: string): number {
  let known = SERIALS.get(date);
  if (known === undefined) {
    // A few decades of days; a hostile year cannot make it grow without bound.
    if (SERIALS.size > 20_000) SERIALS.clear();
    known = dateSerial(date);
    SERIALS.set(date, known);
  }
  return known;
}

function rowXml(row: LedgerRow, number: number, shared: Map<string, number>): string {
  let xml = `<row r="${number}">`;
  for (let i = 0; i < LEDGER_COLUMNS.length; i++) {
    const { key, kind } = LEDGER_COLUMNS[i] as (typeof LEDGER_COLUMNS)[number];
    const value = row[key];
    if (value === null || value === '') continue;
    const cell = `<c r="${LETTERS[i]}${number}"`;
    if (kind === 'date') xml += `${cell} s="${STYLE.date}"><v>${serial(value as string)}</v></c>`;
    else if (kind === 'integer') xml += `${cell} s="${STYLE.integer}"><v>${value}</v></c>`;
    else {
      const text = kind === 'flag' ? (value ? '是' : '否') : (value as string);
      const index = kind === 'text' ? undefined : share(shared, text);
      xml +=
        index === undefined
          ? `${cell} s="${STYLE.text}" t="inlineStr"><is>${textElement(text)}</is></c>`
          : `${cell} s="${STYLE.text}" t="s"><v>${index}</v></c>`;
    }
  }
  return `${xml}</row>`;
}

function share(shared: Map<string, number>, text: string): number | undefined {
  const known = shared.get(text);
  if (known !== undefined || shared.size >= SHARED_LIMIT) return known;
  const index = shared.size;
  shared.set(text, index);
  return index;
}
