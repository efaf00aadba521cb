/** The ledger's exports, read back by other readers. */
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import exceljs from 'exceljs';
import type { LedgerRow } from '#rules/ledger-row.js';
import { ledgerRow, ledgerRows } from './fixtures/ledger.js';
import { cellsOf, unzip } from './fixtures/read-back.js';
import { expectSchemaOrder } from './fixtures/schema-order.js';
import { LEDGER_COLUMNS } from './ledger-columns.js';
import { LEDGER_CSV_HEAD, writeLedgerCsv } from './ledger-csv.js';
import { writeLedgerXlsx } from './ledger-xlsx.js';

const META = { title: '云溪区问题台账', demo: true, filter: '状态：整改中', exportedAt: '2026-10-09 15:04' };

async function xlsx(rows: AsyncIterable<LedgerRow | LedgerRow[]>, options?: { rowsPerSheet: number }) {
  const out = new PassThrough();
  const [count, bytes] = await Promise.all([writeLedgerXlsx(rows, out, META, options), buffer(out)]);
  return { count, bytes };
}

async function* one(row: LedgerRow): AsyncGenerator<LedgerRow> {
  yield row;
}

const LEADS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1', ' =1', '=1\u0000'];

describe('the ledger as a workbook', () => {
  it('holds every row with typed cells', async () => {
    const { count, bytes } = await xlsx(ledgerRows(1234));
    expect(count).toBe(1234);
    const book = new exceljs.Workbook();
    await book.xlsx.load(bytes as unknown as exceljs.Buffer);
    const sheet = book.worksheets[0]!;
    expect(sheet.name).toBe('台账（演示数据）');
    expect(sheet.rowCount).toBe(1235);
    const row = ledgerRow(1233);
    const cells = LEDGER_COLUMNS.map(
      (column, i) => [column, sheet.getRow(1235).getCell(i + 1).value] as const,
    );
    for (const [{ key, kind }, value] of cells) {
      const expected = row[key];
      if (expected === null) expect(value).toBeNull();
      else if (kind === 'date') expect(value).toEqual(new Date(`${expected}T00:00:00Z`));
      else if (kind === 'flag') expect(value).toBe(expected ? '是' : '否');
      else expect(value).toBe(expected);
    }
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(book.worksheets.at(-1)?.name).toBe('说明');
    expectSchemaOrder(await unzip(bytes));
  });

  it('has columns as wide as what stands in them, marks what is overdue, and counts its rows by kind', async () => {
    const { bytes } = await xlsx(ledgerRows(1234));
    const parts = await unzip(bytes);
    const sheet = parts.get('xl/worksheets/sheet1.xml')!;
    const widths = [...sheet.matchAll(/<col min="\d+" max="\d+" width="([\d.]+)"/g)].map(([, w]) =>
      Number(w),
    );
    const of = (key: string) => widths[LEDGER_COLUMNS.findIndex((column) => column.key === key)]!;
    // Ten Chinese characters or 20 figures, and a little room; the long text stays within its column's limit.
    expect(of('unitName')).toBeGreaterThanOrEqual('云溪区第399小学'.length * 1.6);
    expect(of('unitName')).toBeLessThan(26);
    expect(of('finding')).toBe(60);
    for (const [i, { title }] of LEDGER_COLUMNS.entries())
      expect(widths[i]).toBeGreaterThan(title.length * 2);
    expect(sheet).toContain('<conditionalFormatting sqref="R2:R1235">');
    const note = cellsOf(parts.get('xl/worksheets/sheet2.xml')!).map(({ text }) => text);
    expect(note.slice(note.indexOf('整改中'), note.indexOf('整改中') + 4)).toEqual([
      '整改中',
      '一般',
      '1234',
      String(Array.from({ length: 1234 }, (_, i) => i % 5).filter((days) => days > 0).length),
    ]);
    expect(parts.get('xl/worksheets/sheet2.xml')).toContain(
      "<f>SUBTOTAL(103,'台账（演示数据）'!$A$2:$A$1235)</f><v>1234</v>",
    );
  });

  it('sums up what has too many kinds instead of growing with them', async () => {
    async function* varied(): AsyncGenerator<LedgerRow[]> {
      yield Array.from({ length: 500 }, (_, i) => ({ ...ledgerRow(i), status: `状态${i}`, daysOverdue: 1 }));
    }
    const parts = await unzip((await xlsx(varied())).bytes);
    const note = cellsOf(parts.get('xl/worksheets/sheet2.xml')!).map(({ text }) => text);
    const others = note.indexOf('（其他）');
    expect(note.slice(others, others + 4)).toEqual(['（其他）', '', '400', '400']);
    expect(note.filter((text) => text.startsWith('状态') && text !== '状态')).toHaveLength(101);
  });

  it('goes on in further sheets where one is full, and loses no row', async () => {
    const { count, bytes } = await xlsx(ledgerRows(1000, 70), { rowsPerSheet: 300 });
    expect(count).toBe(1000);
    const parts = await unzip(bytes);
    const numbers = [1, 2, 3, 4].flatMap((n) =>
      cellsOf(parts.get(`xl/worksheets/sheet${n}.xml`)!)
        .filter((cell) => /^A\d+$/.test(cell.at) && cell.at !== 'A1')
        .map((cell) => cell.text),
    );
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, i) => `云督问〔2026〕${i + 1}号`));
    expect(parts.has('xl/worksheets/sheet6.xml')).toBe(false);
  });

  it('is a workbook with a head where there are no rows', async () => {
    const { count, bytes } = await xlsx(ledgerRows(0));
    expect(count).toBe(0);
    const book = new exceljs.Workbook();
    await book.xlsx.load(bytes as unknown as exceljs.Buffer);
    expect(book.worksheets[0]?.getRow(1).getCell(1).value).toBe('问题编号');
  });

  it.each(LEADS)('keeps %j as text, unchanged', async (finding) => {
    const { bytes } = await xlsx(one({ ...ledgerRow(0), finding, unitName: finding }));
    const parts = await unzip(bytes);
    const sheet = parts.get('xl/worksheets/sheet1.xml')!;
    expect(sheet).not.toMatch(/<f[ >/]/);
    const cell = cellsOf(sheet).find(({ at }) => at === 'I2');
    expect(cell?.type).toBe('inlineStr');
    expect(cell?.text).toBe(finding.replace('\u0000', '\ufffd'));
  });

  it('waits for a slow reader instead of filling memory', async () => {
    let ahead = 0;
    let asked = 0;
    async function* counted(): AsyncGenerator<LedgerRow[]> {
      for await (const batch of ledgerRows(60_000)) {
        asked += batch.length;
        yield batch;
      }
    }
    let taken = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        taken += chunk.length;
        if (taken < 200_000) ahead = Math.max(ahead, asked);
        setImmediate(done);
      },
    });
    expect(await writeLedgerXlsx(counted(), slow, META)).toBe(60_000);
    // When the reader has taken its first 200 kB, the writer is a few pieces ahead of it, not at the end.
    expect(ahead).toBeLessThan(20_000);
  });

  it('fails with its source and stops asking, and with its reader', async () => {
    async function* broken(): AsyncGenerator<LedgerRow[]> {
      yield [ledgerRow(0)];
      throw new Error('the database went away');
    }
    await expect(writeLedgerXlsx(broken(), new PassThrough().resume(), META)).rejects.toThrow(
      'the database went away',
    );
    let closed = false;
    async function* endless(): AsyncGenerator<LedgerRow[]> {
      try {
        for (;;) yield [ledgerRow(0)];
      } finally {
        closed = true;
      }
    }
    const gone = new Writable({ write: (_, __, done) => done(new Error('the client left')) });
    await expect(writeLedgerXlsx(endless(), gone, META)).rejects.toThrow('the client left');
    expect(closed).toBe(true);
  });

  it('gives the same bytes for the same rows', async () => {
    expect((await xlsx(ledgerRows(3000))).bytes.equals((await xlsx(ledgerRows(3000))).bytes)).toBe(true);
  });
});

describe('the ledger as CSV', () => {
  const LINES = [
    'WT2026-00001,一小,"他说：""不改"",\n真的",2026-09-01',
    'WT2026-00002,二小,"\n\n""","",',
    'WT2026-00003,三小,"""",',
    "WT2026-00004,'=校,没有引号,",
  ];
  async function csv(chunks: Buffer[], onRows?: (rows: number) => void): Promise<[string, number]> {
    const out = new PassThrough();
    async function* copied(): AsyncGenerator<Buffer> {
      yield* chunks;
    }
    const [bytes, rows] = await Promise.all([buffer(out), writeLedgerCsv(copied(), out, onRows)]);
    return [bytes.toString(), rows];
  }

  it('ends its rows by CR LF wherever the pieces are cut, and leaves line feeds in texts alone', async () => {
    const bytes = Buffer.from(LINES.map((line) => `${line}\n`).join(''));
    const expected = LEDGER_CSV_HEAD + LINES.map((line) => `${line}\r\n`).join('');
    for (const size of [1, 2, 3, 5, 17, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await csv(chunks)).toEqual([expected, LINES.length]);
    }
    expect(await csv([])).toEqual([LEDGER_CSV_HEAD, 0]);
    expect(LEDGER_CSV_HEAD.charCodeAt(0)).toBe(0xfeff);
  });

  it('tells how many rows there are, and stops where the listener throws', async () => {
    const heard: number[] = [];
    const line = Buffer.from('a,b\n');
    await csv([line, Buffer.concat([line, line])], (rows) => void heard.push(rows));
    expect(heard).toEqual([1, 3]);
    let closed = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield line;
      } finally {
        closed = true;
      }
    }
    const stopped = writeLedgerCsv(endless(), new PassThrough().resume(), (rows) => {
      if (rows > 10) throw new Error('the process stops');
    });
    await expect(stopped).rejects.toThrow('the process stops');
    expect(closed).toBe(true);
  });
});
