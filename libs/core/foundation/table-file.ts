/** A table that somebody uploads (XLSX, or CSV in UTF-8, UTF-16 or GBK): a header and rows of cells with their addresses. */
import { CsvError, parse } from 'csv-parse/sync';
import { problem } from '#rules/problems.js';
import { type CellValue, columnLetters, readSheet, WorkbookError } from './xlsx-sheet.js';

export type { CellValue } from './xlsx-sheet.js';
export type TableRow = {
  /** Row number as the spreadsheet program shows it. */
  number: number;
  /** By column title; empty cells and columns the file does not have are null. Text is trimmed and never empty. */
  cells: Record<string, CellValue>;
  /** Where the cell stands, e.g. `C3`. */
  address(column: string): string;
};
export type Table = { header: string[]; rows: TableRow[] };

export type TableOptions = {
  filename?: string;
  mediaType?: string;
  /** Name of the sheet of a workbook; default the first. */
  sheet?: string;
  /** The header is the first row that has this column (a title may stand above it); default the first row with any text. */
  headerHas?: string;
  /** Rows below the header at most; default 5,000. */
  maxRows?: number;
};

const MOST_ROWS = 5_000;
const MOST_COLUMNS = 100;
const MOST_CHARACTERS = 5_000;
/** Rows above the header in which a title may stand. */
const TITLE_ROWS = 10;

/** First bytes, in hex, of what is neither text nor a workbook: compound files (.xls), PDF, PNG, JPEG, GIF, ELF, RAR. */
const NO_TABLE = ['d0cf11e0', '25504446', '89504e47', 'ffd8ff', '47494638', '7f454c46', '52617221'];

type RawRow = { number: number; cells: Map<number, CellValue> };

const refuse = (detail: string) => problem('import.invalid', detail);

/**
 * Reads an uploaded table. What it is is decided by its bytes, not by its name.
 * @throws import.invalid (400) for a damaged or oversized table, request.unsupported_type (415) for what is no table
 */
export async function readTable(file: Buffer, options: TableOptions = {}): Promise<Table> {
  const maxRows = options.maxRows ?? MOST_ROWS;
  const rows: RawRow[] = [];
  const take = (row: RawRow) => {
    if (rows.length > maxRows + TITLE_ROWS)
      throw refuse(`一次最多导入 ${maxRows} 行，请分成几个文件分次导入`);
    rows.push(row);
  };
  if (isZip(file)) await fromWorkbook(file, options.sheet, take);
  else fromText(file, take);
  return asTable(rows, maxRows, options.headerHas);
}

const isZip = (file: Buffer): boolean => file.subarray(0, 4).toString('hex') === '504b0304';

async function fromWorkbook(
  file: Buffer,
  sheet: string | undefined,
  take: (row: RawRow) => void,
): Promise<void> {
  try {
    await readSheet(file, sheet, ({ number, cells }) => {
      const found = new Map<number, CellValue>();
      for (const { column, value } of cells) {
        const clean = cleaned(value, number);
        if (clean === null) continue;
        if (column > MOST_COLUMNS) throw refuse(`第 ${number} 行的列数过多，最多 ${MOST_COLUMNS} 列`);
        found.set(column, clean);
      }
      if (found.size) take({ number, cells: found });
    });
  } catch (error) {
    if (error instanceof WorkbookError)
      throw problem('import.invalid', { detail: error.message, cause: error });
    throw error;
  }
}

function fromText(file: Buffer, take: (row: RawRow) => void): void {
  const head = file.subarray(0, 4).toString('hex');
  if (NO_TABLE.some((mark) => head.startsWith(mark)))
    throw problem('request.unsupported_type', '请用 XLSX 或 CSV 文件（旧版 XLS 请另存为 XLSX）');
  const text = decode(file);
  if (text.includes('\u0000')) throw problem('request.unsupported_type', '请用 XLSX 或 CSV 文件');
  let number = 0;
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      bom: true,
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 200_000,
      on_record: (record: string[]) => {
        number++;
        if (record.length > MOST_COLUMNS && record.slice(MOST_COLUMNS).some((value) => value.trim() !== ''))
          throw refuse(`第 ${number} 行的列数过多，最多 ${MOST_COLUMNS} 列`);
        const cells = new Map<number, CellValue>();
        for (const [index, value] of record.slice(0, MOST_COLUMNS).entries()) {
          const clean = cleaned(value, number);
          if (clean !== null) cells.set(index + 1, clean);
        }
        if (cells.size) take({ number, cells });
        return null;
      },
    });
  } catch (error) {
    // Not by its code: some of the parser's begin with CSV_, some do not.
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { lines?: number };
    throw problem('import.invalid', {
      detail: `CSV 文件第 ${lines ?? 1} 行的引号或内容有误，请用表格软件另存后再导入`,
      cause: error,
    });
  }
}

/** Chinese Excel saves CSV as GBK, others as UTF-8 with or without mark, or as UTF-16 text. */
function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    // No valid UTF-8: GB 18030 reads GBK and GB 2312 too.
    return new TextDecoder('gb18030').decode(file);
  }
}

function delimiterOf(text: string): string {
  const line =
    text
      .slice(0, 10_000)
      .split(/\r?\n/)
      .find((one) => one.trim() !== '') ?? '';
  const counts = [',', '\t', ';'].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

function cleaned(value: CellValue, row: number): CellValue {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  // A workbook may spell out characters (`_x0000_`) that neither PostgreSQL nor a file name can hold.
  if (text.includes('\u0000') || !text.isWellFormed())
    throw refuse(`第 ${row} 行有单元格含有无法保存的控制字符`);
  if (text.length > MOST_CHARACTERS) throw refuse(`第 ${row} 行有单元格超过 ${MOST_CHARACTERS} 个字`);
  return text === '' ? null : text;
}

/** 必填 columns are often marked with a star, which is not part of the title. */
const titleOf = (value: CellValue): string =>
  String(value instanceof Date ? value.toISOString() : (value ?? ''))
    .replace(/^[*＊\s]+|[*＊\s]+$/g, '')
    .replace(/\s+/g, ' ');

function asTable(rows: RawRow[], maxRows: number, headerHas: string | undefined): Table {
  const titles = (row: RawRow) => [...row.cells.values()].map(titleOf);
  const at =
    headerHas === undefined
      ? 0
      : rows.slice(0, TITLE_ROWS).findIndex((row) => titles(row).includes(headerHas));
  const head = rows[at];
  if (!head) {
    throw refuse(headerHas && rows.length ? `没有找到表头：应有“${headerHas}”一列` : '文件中没有内容');
  }
  const columns = new Map<string, number>();
  for (const [column, value] of head.cells) {
    const title = titleOf(value);
    if (columns.has(title)) throw refuse(`表头中“${title}”重复`);
    if (title !== '') columns.set(title, column);
  }
  const body = rows.slice(at + 1);
  if (body.length > maxRows) throw refuse(`一次最多导入 ${maxRows} 行，请分成几个文件分次导入`);
  return {
    header: [...columns.keys()],
    rows: body.map(({ number, cells }) => ({
      number,
      cells: Object.fromEntries([...columns].map(([title, column]) => [title, cells.get(column) ?? null])),
      address: (column) => `${columnLetters(columns.get(column) ?? 1)}${number}`,
    })),
  };
}
