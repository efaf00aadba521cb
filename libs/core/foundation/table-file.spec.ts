import ExcelJS from 'exceljs';
import { Problem } from '#rules/problems.js';
import { readTable } from './table-file.js';

async function workbook(fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  fill(book.addWorksheet('学校'), book);
  return Buffer.from(await book.xlsx.writeBuffer());
}
const refusal = (reading: Promise<unknown>): Promise<Problem> =>
  reading.then(
    () => Promise.reject(new Error('it was read')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(Problem);
      return error as Problem;
    },
  );

describe('a table that somebody uploads', () => {
  it('is read from a workbook, below a title, with the address of each cell', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['示范区学校名册']);
      sheet.mergeCells('A1:D1');
      sheet.addRow(['学校代码*', '学校名称', '是否寄宿', '建校日期']);
      sheet.addRow([]);
      sheet.addRow([3702030001, '  明德小学 ', true, new Date(Date.UTC(1999, 8, 1))]);
      sheet.addRow([
        '3702030002',
        { richText: [{ text: '育才' }, { text: '中学' }] },
        null,
        { formula: '1+1', result: 2 },
      ]);
    });
    const table = await readTable(file, { headerHas: '学校代码' });
    expect(table.header).toEqual(['学校代码', '学校名称', '是否寄宿', '建校日期']);
    expect(table.rows.map((row) => [row.number, row.cells])).toEqual([
      [
        4,
        {
          学校代码: 3702030001,
          学校名称: '明德小学',
          是否寄宿: true,
          建校日期: new Date(Date.UTC(1999, 8, 1)),
        },
      ],
      [5, { 学校代码: '3702030002', 学校名称: '育才中学', 是否寄宿: null, 建校日期: 2 }],
    ]);
    expect(table.rows[1]?.address('学校名称')).toBe('B5');
  });

  it('is read from the sheet that is named, and says so when there is none', async () => {
    const file = await workbook((sheet, book) => {
      sheet.addRow(['甲']);
      book.addWorksheet('要点').addRow(['乙']);
    });
    expect((await readTable(file, { sheet: '要点' })).header).toEqual(['乙']);
    expect((await refusal(readTable(file, { sheet: '没有' }))).detail).toContain('没有名为“没有”的工作表');
  });

  it.each([
    ['UTF-8', Buffer.from('学校代码,名称\r\n001,"明德,小学"\r\n')],
    ['UTF-8 with mark', Buffer.from('\uFEFF学校代码,名称\n001,"明德,小学"\n')],
    ['GBK', Buffer.from('d1a7d0a3b4fac2eb2cc3fbb3c60a3030312c22c3f7b5c22cd0a1d1a7220a', 'hex')],
    [
      'UTF-16 with tabs',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('学校代码\t名称\n001\t明德,小学\n', 'utf16le')]),
    ],
  ])('is read from CSV in %s', async (_, file) => {
    const table = await readTable(file);
    expect(table.header).toEqual(['学校代码', '名称']);
    expect(table.rows.map((row) => row.cells)).toEqual([{ 学校代码: '001', 名称: '明德,小学' }]);
  });

  it('counts rows as the spreadsheet program does, over empty lines and lines within quotes', async () => {
    const table = await readTable(Buffer.from('甲,乙\n\n"一\n二",1\n三,2\n'));
    expect(table.rows.map((row) => [row.number, row.address('乙')])).toEqual([
      [3, 'B3'],
      [4, 'B4'],
    ]);
  });

  it('does not grow from merged ranges and validations over the whole sheet', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['甲']);
      sheet.addRow(['一']);
      sheet.mergeCells('B1:C2');
    });
    const hostile = await repacked(file, (xml) => xml.replace('B1:C2', 'B1:XFD1048576'));
    const before = process.memoryUsage().rss;
    expect((await readTable(hostile)).rows).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  it('refuses a million cells, a bomb, a damaged file, an old workbook and duplicate columns', async () => {
    const many = await repacked(await workbook((sheet) => sheet.addRow(['甲'])), (xml) =>
      xml.replace(
        /<sheetData>.*<\/sheetData>/s,
        `<sheetData><row>${'<c><v>1</v></c>'.repeat(1_000_000)}</row></sheetData>`,
      ),
    );
    expect((await refusal(readTable(many))).code).toBe('import.invalid');
    const bomb = await repacked(await workbook((sheet) => sheet.addRow(['甲'])), (xml) =>
      xml.replace('<sheetData>', `${' '.repeat(100_000_000)}<sheetData>`),
    );
    expect(bomb.length).toBeLessThan(1_000_000);
    expect((await refusal(readTable(bomb))).detail).toContain('过大');
    const whole = await workbook((sheet) => sheet.addRow(['甲']));
    expect((await refusal(readTable(whole.subarray(0, whole.length / 2)))).detail).toContain('已损坏');
    expect((await refusal(readTable(Buffer.from('d0cf11e0a1b11ae1', 'hex')))).status).toBe(415);
    expect((await refusal(readTable(Buffer.from('甲,甲\n1,2\n')))).detail).toContain('重复');
    expect((await refusal(readTable(Buffer.from(`甲\n${'1\n'.repeat(6000)}`)))).detail).toContain('5000 行');
    expect((await refusal(readTable(Buffer.from(`甲\n${'1,'.repeat(90_000)}`)))).detail).toContain(
      '列数过多',
    );
    expect((await refusal(readTable(Buffer.from('甲,乙\n"1,2\n')))).detail).toContain('引号');
    expect((await refusal(readTable(Buffer.from('甲,乙\n学"校,2\n')))).detail).toContain('引号');
  });
});

/** The same workbook with another first sheet. */
async function repacked(file: Buffer, change: (xml: string) => string): Promise<Buffer> {
  const { default: JSZip } = await import('jszip');
  const zip = await JSZip.loadAsync(file);
  const xml = (await zip.file('xl/worksheets/sheet1.xml')?.async('string')) ?? '';
  zip.file('xl/worksheets/sheet1.xml', change(xml));
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}
