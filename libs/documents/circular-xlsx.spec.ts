import exceljs from 'exceljs';
import { renderCircularXlsx } from './circular-xlsx.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { cellsOf, unzip } from './fixtures/read-back.js';

const snapshot = circularSnapshot();

describe('the circular’s workbook', () => {
  it('is read by another reader as typed cells', async () => {
    const book = new exceljs.Workbook();
    await book.xlsx.load(
      (await renderCircularXlsx(snapshot, issuedMeta(snapshot))) as unknown as exceljs.Buffer,
    );
    expect(book.worksheets.map((sheet) => sheet.name)).toEqual([
      '封面',
      ...['指标', '问题清单', '各单位', '类别', '监测数值', '整改销号', '期末逾期', '期末台账'].map(
        (n) => `${n}（演示数据）`,
      ),
    ]);
    const figures = book.getWorksheet('指标（演示数据）')!;
    const schools = snapshot.figures.findIndex((figure) => figure.key === 'overview.schools');
    const row = figures.getRow(schools + 2);
    expect(row.getCell(2).value).toBe(12);
    expect(row.getCell(3).value).toBe(15);
    expect(row.getCell(5).value).toBe(0.8);
    expect(row.getCell(5).numFmt).toBe('0.0%');
    const institutions = snapshot.figures.findIndex((figure) => figure.key === 'overview.institutions');
    expect(figures.getRow(institutions + 2).getCell(5).value).toBeNull();
    const issues = book.getWorksheet('问题清单（演示数据）')!;
    expect(issues.rowCount).toBe(snapshot.issues.length + 1);
    expect(issues.getRow(2).getCell(13).value).toEqual(
      new Date(`${snapshot.issues[0]?.registeredOn}T00:00:00Z`),
    );
    expect(issues.autoFilter).toBeTruthy();
    expect(issues.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(issues.pageSetup.printTitlesRow).toBe('1:1');
  });

  it('has a cover with period, cut-off, hash and the definition of every figure', async () => {
    const parts = await unzip(await renderCircularXlsx(snapshot, issuedMeta(snapshot)));
    const said = cellsOf(parts.get('xl/worksheets/sheet1.xml')!)
      .map((cell) => cell.text)
      .join('\n');
    for (const part of ['2026年9月1日至2026年9月30日', '2026年9月30日24时', issuedMeta().hash, '演示数据']) {
      expect(said).toContain(part);
    }
    for (const figure of snapshot.figures.filter((f) => !/^(category|measurement)/.test(f.key))) {
      expect(said).toContain(figure.definition);
    }
  });

  it('holds no formula, and hostile text unchanged', async () => {
    for (const lead of [
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '＝',
      '＋',
      '－',
      '＠',
      '"',
      "'",
      '&<>',
      ' =',
      '_x0041_',
    ]) {
      const finding = `${lead}cmd|' /C calc'!A0`;
      const hostile = circularSnapshot({ schools: 1, issues: 1, finding });
      const parts = await unzip(await renderCircularXlsx(hostile, issuedMeta(hostile)));
      const cells = [...parts].filter(([name]) => name.includes('/sheet')).flatMap(([, xml]) => cellsOf(xml));
      expect(cells.filter((cell) => cell.formula)).toEqual([]);
      // Excel reads _x005F_ as an underscore.
      const texts = cells.filter((c) => c.type === 'inlineStr').map((c) => c.text.replace(/_x005F_/g, '_'));
      expect(texts).toContain(finding);
    }
  });

  it('says in the cell where a text is longer than a cell may be', async () => {
    const finding = '督'.repeat(40_000);
    const long = circularSnapshot({ schools: 1, issues: 1, finding });
    const parts = await unzip(await renderCircularXlsx(long, issuedMeta(long)));
    const cells = [...parts].filter(([name]) => name.includes('/sheet')).flatMap(([, xml]) => cellsOf(xml));
    const cut = cells.find((cell) => cell.text.startsWith('督督'));
    expect(cut?.text).toHaveLength(32_767);
    expect(cut?.text).toContain('请在系统中查看全文');
  });

  it('gives the same bytes for the same snapshot', async () => {
    const [a, b] = [
      await renderCircularXlsx(snapshot, issuedMeta()),
      await renderCircularXlsx(snapshot, issuedMeta()),
    ];
    expect(a.equals(b)).toBe(true);
  });
});
