/**
 * Reads the cells of one sheet of an uploaded XLSX workbook, made for files of unknown origin: only the parts that are
 * needed are inflated, each against a budget of its true size, and nothing in the file (merged ranges, validations,
 * defined names) can make more than its own bytes. Formulas answer their stored result.
 */
import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';

export type CellValue = string | number | Date | boolean | null;
export type SheetRow = { number: number; cells: { column: number; value: CellValue }[] };

/** The file is no workbook that can be read, or larger than any list that people keep. `message` is Chinese. */
export class WorkbookError extends Error {}

/** Bytes a part may inflate to; 5,000 rows of schools take less than a tenth of it. */
const MOST_BYTES = 24 * 1024 * 1024;
const MOST_PARTS = 2_000;
const MOST_CELLS = 400_000;
const MOST_STRINGS = 400_000;
const DAY_MS = 86_400_000;
const TOO_LARGE = '工作簿内容过大，请删去多余的行、列后再导入';
const DAMAGED = '文件已损坏，或不是 XLSX 工作簿，请用表格软件另存后再导入';

type Parts = Map<string, yauzl.Entry>;
type Workbook = { zip: yauzl.ZipFile; parts: Parts };

/**
 * The rows of the sheet of that name, or of the first one. `onRow` may throw to end the reading.
 * @throws WorkbookError, and whatever `onRow` throws
 */
export async function readSheet(
  file: Buffer,
  sheet: string | undefined,
  onRow: (row: SheetRow) => void,
): Promise<{ name: string }> {
  const book = await openWorkbook(file);
  try {
    const { path, name, date1904 } = await findSheet(book, sheet);
    const strings = await readStrings(book);
    const dates = await readDateStyles(book);
    await parse(book, path, sheetReader({ strings, dates, date1904 }, onRow));
    return { name };
  } finally {
    book.zip.close();
  }
}

async function openWorkbook(file: Buffer): Promise<Workbook> {
  const open = promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer);
  const zip = await open(file, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw new WorkbookError(DAMAGED, { cause });
  });
  const parts: Parts = new Map();
  await new Promise<void>((resolve, reject) => {
    zip.on('error', (cause: unknown) => reject(new WorkbookError(DAMAGED, { cause })));
    zip.on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      if (parts.size >= MOST_PARTS) return reject(new WorkbookError(TOO_LARGE));
      parts.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
  return { zip, parts };
}

type Listener = {
  open?: (name: string, attributes: Record<string, string>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
};

/** Feeds a part to a listener; a missing part is an empty one. The prefix of an element's name is left off. */
async function parse(book: Workbook, path: string, listener: Listener): Promise<void> {
  const entry = book.parts.get(path);
  if (!entry) return;
  if (entry.uncompressedSize > MOST_BYTES) throw new WorkbookError(TOO_LARGE);
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  const local = (name: string) => name.slice(name.indexOf(':') + 1);
  parser.on('opentag', (tag) =>
    listener.open?.(local(tag.name), tag.attributes as unknown as Record<string, string>),
  );
  parser.on('text', (text) => listener.text?.(text));
  parser.on('closetag', (tag) => listener.close?.(local(tag.name)));
  let fault: Error | undefined;
  parser.on('error', (error) => {
    fault ??= error;
  });
  // yauzl ends a stream that inflates to another size than the entry claims.
  const openStream = promisify(book.zip.openReadStream.bind(book.zip)) as (
    entry: yauzl.Entry,
  ) => Promise<NodeJS.ReadableStream>;
  const decoder = new TextDecoder('utf-8');
  try {
    for await (const chunk of await openStream(entry)) {
      parser.write(decoder.decode(chunk as Buffer, { stream: true }));
      if (fault) break;
    }
    if (!fault) parser.close();
  } catch (cause) {
    if (cause instanceof Error && isZipFault(cause)) throw new WorkbookError(DAMAGED, { cause });
    throw cause;
  }
  if (fault) throw new WorkbookError(DAMAGED, { cause: fault });
}

/** What zlib and yauzl say of a damaged entry. */
const isZipFault = (error: Error & { code?: string }): boolean =>
  /^Z_/.test(error.code ?? '') ||
  /too many bytes|not enough bytes|invalid local file header|encrypted|unsupported compression|file data overflows|CRC/i.test(
    error.message,
  );

async function findSheet(
  book: Workbook,
  wanted: string | undefined,
): Promise<{ path: string; name: string; date1904: boolean }> {
  const sheets: { name: string; relation: string }[] = [];
  let date1904 = false;
  await parse(book, 'xl/workbook.xml', {
    open: (name, attributes) => {
      if (name === 'workbookPr') date1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet' || sheets.length >= MOST_PARTS) return;
      sheets.push({ name: attributes.name ?? '', relation: attributes['r:id'] ?? '' });
    },
  });
  const targets = new Map<string, string>();
  await parse(book, 'xl/_rels/workbook.xml.rels', {
    open: (name, { Id, Target }) => {
      if (name === 'Relationship' && Id && Target) targets.set(Id, Target);
    },
  });
  const found = wanted === undefined ? sheets[0] : sheets.find((sheet) => sheet.name.trim() === wanted);
  if (!found)
    throw new WorkbookError(sheets.length && wanted !== undefined ? `没有名为“${wanted}”的工作表` : DAMAGED);
  const target = targets.get(found.relation) ?? '';
  const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  if (!book.parts.has(path)) throw new WorkbookError(DAMAGED);
  return { path, name: found.name, date1904 };
}

async function readStrings(book: Workbook): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let phonetic = false;
  await parse(book, 'xl/sharedStrings.xml', {
    open: (name) => {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic = true;
      if (name === 't') inText = !phonetic;
    },
    text: (part) => {
      if (inText) text += part;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') phonetic = false;
      if (name !== 'si') return;
      if (strings.length >= MOST_STRINGS) throw new WorkbookError(TOO_LARGE);
      strings.push(unescapeText(text));
    },
  });
  return strings;
}

/** By style index, whether a number in that style is shown as a date or time. */
async function readDateStyles(book: Workbook): Promise<boolean[]> {
  const formats = new Map<number, string>();
  const styles: boolean[] = [];
  let inCellFormats = false;
  await parse(book, 'xl/styles.xml', {
    open: (name, attributes) => {
      if (name === 'numFmt') formats.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (name === 'cellXfs') inCellFormats = true;
      if (name === 'xf' && inCellFormats)
        styles.push(isDateFormat(Number(attributes.numFmtId ?? 0), formats));
    },
    close: (name) => {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return styles;
}

/** ECMA-376 18.8.30: the built-in formats of dates (27–36 and 50–58 are the East Asian ones); else by the code. */
function isDateFormat(id: number, formats: Map<number, string>): boolean {
  const code = formats.get(id);
  if (code !== undefined) return /[ymdhs年月日]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, ''));
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

type Context = { strings: string[]; dates: boolean[]; date1904: boolean };

function sheetReader(context: Context, onRow: (row: SheetRow) => void): Listener {
  let row: SheetRow | undefined;
  let cell: { column: number; type: string; style: number } | undefined;
  let text = '';
  let collecting = false;
  let phonetic = false;
  let [lastRow, seen] = [0, 0];
  return {
    open: (name, attributes) => {
      if (name === 'row') {
        lastRow = Number(attributes.r) || lastRow + 1;
        row = { number: lastRow, cells: [] };
      } else if (name === 'c' && row) {
        if (++seen > MOST_CELLS) throw new WorkbookError(TOO_LARGE);
        const after = (row.cells.at(-1)?.column ?? 0) + 1;
        const column = columnNumber(/^[A-Z]{1,3}/i.exec(attributes.r ?? '')?.[0] ?? '') || after;
        cell = { column, type: attributes.t ?? 'n', style: Number(attributes.s ?? 0) };
        text = '';
      } else if (name === 'rPh') phonetic = true;
      else if (name === 'v' || (name === 't' && !phonetic)) collecting = true;
    },
    text: (part) => {
      if (collecting) text += part;
    },
    close: (name) => {
      if (name === 'v' || name === 't') collecting = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'c' && cell && row) {
        const value = cellValue(cell, text, context);
        if (value !== null) row.cells.push({ column: cell.column, value });
        cell = undefined;
      } else if (name === 'row' && row) {
        if (row.cells.length) onRow(row);
        row = undefined;
      }
    },
  };
}

function cellValue(cell: { type: string; style: number }, text: string, context: Context): CellValue {
  if (text === '') return null;
  if (cell.type === 's') return context.strings[Number(text)] ?? null;
  if (cell.type === 'b') return text === '1';
  if (cell.type === 'str' || cell.type === 'inlineStr' || cell.type === 'e') return unescapeText(text);
  if (cell.type === 'd') return validDate(new Date(text)) ?? text;
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  return context.dates[cell.style] ? (dateOfSerial(number, context.date1904) ?? number) : number;
}

/** Serial 60 is the 29 February 1900 that never was; days before it count from a day later. */
function dateOfSerial(serial: number, date1904: boolean): Date | null {
  const base = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  return validDate(new Date(Math.round((base + serial * DAY_MS) / 1000) * 1000));
}

const validDate = (date: Date): Date | null => (Number.isNaN(date.getTime()) ? null : date);

/** `_x000D_` stands for a character that XML cannot hold. */
const unescapeText = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** A → 1, AA → 27; 0 for no letters. */
const columnNumber = (letters: string): number =>
  [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

/** 1 → A, 27 → AA. */
export function columnLetters(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return `${rest ? columnLetters(rest) : ''}${String.fromCharCode(65 + ((column - 1) % 26))}`;
}
