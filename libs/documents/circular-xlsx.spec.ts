import exceljs from 'exceljs';
import { renderCircularXlsx } from './circular-xlsx.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { cellsOf, unzip } from './fixtures/read-back.js';
import { expectSchemaOrder } from './fixtures/schema-order.js';

const snapshot = circularSnapshot();

const ONE = circularSnapshot({ schools: 1, issues: 1 });
const sheetsOf = (parts: Map<string, string>) =>
  [...parts].filter(([name]) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
const formulasOf = (parts: Map<string, string>) =>
  sheetsOf(parts).flatMap(([name, xml]) =>
    [...xml.matchAll(/<c r="([A-Z]+\d+)"[^>]*><f>(.*?)<\/f>(?:<v>(.*?)<\/v>)?/g)].map((match) => ({
      name,
      at: match[1] as string,
      text: (match[2] as string)
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"'),
      result: match[3] ?? '',
    })),
  );

describe('the circular’s workbook', () => {
  it('is read by another reader as typed cells', async () => {
    const book = new exceljs.Workbook();
    await book.xlsx.load(
      (await renderCircularXlsx(snapshot, issuedMeta(snapshot))) as unknown as exceljs.Buffer,
    );
    expect(book.worksheets.map((sheet) => sheet.name)).toEqual([
      '封面',
      ...[
        '概览',
        '指标',
        '问题清单',
        '各单位',
        '类别',
        '监测数值',
        '作业时间',
        '整改销号',
        '期末逾期',
        '期末台账',
        '各月走势',
        '升级处理',
        '补录检查',
      ].map((n) => `${n}（演示数据）`),
    ]);
    for (const { name } of book.worksheets) expect(name.length).toBeLessThanOrEqual(31);
    const figures = book.getWorksheet('指标（演示数据）')!;
    const schools = snapshot.figures.findIndex((figure) => figure.key === 'overview.schools');
    const row = figures.getRow(schools + 3);
    expect(row.getCell(2).value).toBe(12);
    expect(row.getCell(3).value).toBe(15);
    expect(row.getCell(5).value).toBe(0.8);
    expect(row.getCell(5).numFmt).toBe('0.0%');
    const institutions = snapshot.figures.findIndex((figure) => figure.key === 'overview.institutions');
    expect(figures.getRow(institutions + 3).getCell(5).value).toBeNull();
    const issues = book.getWorksheet('问题清单（演示数据）')!;
    expect(issues.rowCount).toBe(snapshot.issues.length + 3);
    expect(issues.getRow(3).getCell(13).value).toEqual(
      new Date(`${snapshot.issues[0]?.registeredOn}T00:00:00Z`),
    );
    expect(issues.autoFilter).toBeTruthy();
    expect(issues.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 });
    expect(issues.pageSetup.printTitlesRow).toBe('2:2');
    expect(issues.pageSetup.printArea).toBe(`A1:R${snapshot.issues.length + 3}`);
    expect(issues.pageSetup.orientation).toBe('landscape');
    const late = book.getWorksheet('补录检查（演示数据）')!.getRow(3).getCell(5);
    expect([late.value, late.numFmt]).toEqual([new Date('2026-09-02T09:12:00Z'), 'yyyy-mm-dd hh:mm']);
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

  it('holds no formula but its own, and hostile text unchanged', async () => {
    const own = formulasOf(await unzip(await renderCircularXlsx(ONE, issuedMeta(ONE)))).map(
      ({ text }) => text,
    );
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
      const hostile = circularSnapshot({ schools: 1, issues: 1, finding, unitName: finding });
      const parts = await unzip(await renderCircularXlsx(hostile, issuedMeta(hostile)));
      const cells = [...parts]
        .filter(([name]) => /\/sheet\d+\.xml$/.test(name))
        .flatMap(([, xml]) => cellsOf(xml));
      expect(formulasOf(parts).map(({ text }) => text)).toEqual(own);
      // Excel reads _x005F_ as an underscore.
      const texts = cells.filter((c) => c.type === 'inlineStr').map((c) => c.text.replace(/_x005F_/g, '_'));
      expect(texts).toContain(finding);
    }
  });

  it('says in the cell where a text is longer than a cell may be', async () => {
    const finding = '督'.repeat(40_000);
    const long = circularSnapshot({ schools: 1, issues: 1, finding });
    const parts = await unzip(await renderCircularXlsx(long, issuedMeta(long)));
    const cells = [...parts]
      .filter(([name]) => /\/sheet\d+\.xml$/.test(name))
      .flatMap(([, xml]) => cellsOf(xml));
    const cut = cells.find((cell) => cell.text.startsWith('督督'));
    expect(cut?.text).toHaveLength(32_767);
    expect(cut?.text).toContain('请在系统中查看全文');
  });

  it('totals what the filter shows, and counts the rows of its figures again', async () => {
    const book = new exceljs.Workbook();
    await book.xlsx.load(
      (await renderCircularXlsx(snapshot, issuedMeta(snapshot))) as unknown as exceljs.Buffer,
    );
    const units = book.getWorksheet('各单位（演示数据）')!;
    const bottom = units.rowCount;
    const column = (n: number) =>
      Array.from({ length: bottom - 3 }, (_, i) => Number(units.getRow(i + 3).getCell(n).value));
    for (const n of [5, 6, 7, 9, 10, 11, 12]) {
      const letter = String.fromCharCode(64 + n);
      expect(units.getRow(bottom).getCell(n).value).toEqual({
        formula: `SUBTOTAL(109,${letter}3:${letter}${bottom - 1})`,
        result: column(n).reduce((a, b) => a + b, 0),
      });
    }
    const figures = book.getWorksheet('指标（演示数据）')!;
    const checked = snapshot.figures.flatMap(({ key }, i) => {
      const { value } = figures.getRow(i + 3).getCell(11);
      return value === null ? [] : [[key, (value as { result: string }).result]];
    });
    expect(checked.length).toBeGreaterThan(15);
    expect(checked.filter(([, result]) => result !== '一致')).toEqual([]);
    const overdue = snapshot.figures.findIndex(({ key }) => key === 'closeout.open_overdue') + 3;
    expect(figures.getRow(overdue).getCell(11).value).toEqual({
      formula: `IF(COUNTIF('整改销号（演示数据）'!$K$3:$K$${snapshot.closeout.rows.length + 2},"逾期未销号")=D${overdue},"一致","不一致")`,
      result: '一致',
    });
  });

  it('says where rows do not make the figure', async () => {
    const wrong = {
      ...snapshot,
      figures: snapshot.figures.map((f) => (f.key === 'closeout.due' ? { ...f, value: 99 } : f)),
    };
    const results = formulasOf(await unzip(await renderCircularXlsx(wrong, issuedMeta(wrong))));
    expect(results.filter(({ result }) => result === '不一致')).toHaveLength(1);
  });

  it('leads from the cover to each sheet and back, and out to the page that verifies it', async () => {
    const verify = { url: 'https://dudao.example.cn/v?c=1&h="6f1c"', shortHash: '6f1c0a2b' };
    const parts = await unzip(await renderCircularXlsx(snapshot, { ...issuedMeta(snapshot), verify }));
    const names = [...parts.get('xl/workbook.xml')!.matchAll(/<sheet name="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    const links = (xml: string) => [...xml.matchAll(/location="'([^']*)'!A1"/g)].map(([, name]) => name);
    expect(links(parts.get('xl/worksheets/sheet1.xml')!)).toEqual(names.slice(1));
    for (const [name, xml] of sheetsOf(parts).slice(1)) expect([name, links(xml)[0]]).toEqual([name, '封面']);
    expect(parts.get('xl/worksheets/_rels/sheet1.xml.rels')).toContain(
      'Target="https://dudao.example.cn/v?c=1&amp;h=&quot;6f1c&quot;" TargetMode="External"',
    );
    const none = await unzip(await renderCircularXlsx(snapshot, { ...issuedMeta(snapshot), verify: null }));
    expect(none.has('xl/worksheets/_rels/sheet1.xml.rels')).toBe(false);
  });

  it('draws charts from cells, with what stands in them', async () => {
    const parts = await unzip(await renderCircularXlsx(snapshot, issuedMeta(snapshot)));
    const trend = parts.get('xl/charts/chart2.xml')!;
    const series = [...trend.matchAll(/<c:ser>(.*?)<\/c:ser>/g)].map(([, xml]) => [
      /<c:tx>.*?<c:v>(.*?)<\/c:v>/.exec(xml as string)?.[1],
      /<c:val><c:numRef><c:f>(.*?)<\/c:f>/.exec(xml as string)?.[1],
      [...(/<c:val>.*/.exec(xml as string)?.[0] ?? '').matchAll(/<c:v>(.*?)<\/c:v>/g)].map(([, v]) =>
        Number(v),
      ),
    ]);
    expect(series).toEqual([
      ['新登记', "'各月走势（演示数据）'!$B$3:$B$8", snapshot.trend!.map((m) => m.registered)],
      ['销号', "'各月走势（演示数据）'!$C$3:$C$8", snapshot.trend!.map((m) => m.closed)],
      ['其中逾期', "'各月走势（演示数据）'!$I$3:$I$8", snapshot.trend!.map((m) => m.overdue)],
      ['期末未销号', "'各月走势（演示数据）'!$H$3:$H$8", snapshot.trend!.map((m) => m.open)],
    ]);
    // A grade with too few figures leaves a gap, no nought.
    const means = /<c:v>均值（分钟）.*?<c:val>(.*?)<\/c:val>/.exec(parts.get('xl/charts/chart3.xml')!)![1]!;
    expect(means).toContain('<c:ptCount val="7"/>');
    expect([...means.matchAll(/<c:pt /g)]).toHaveLength(6);
  });

  it('sets what a correction changed beside what it corrects', async () => {
    const changes = [
      { key: 'overview.visits', title: '督导检查次数', unit: '次', before: '46次', after: '47次' },
    ];
    const corrects = { documentNumber: '云教督通[2026]08号', title: '通报', issuedOn: '2026-10-01', changes };
    const parts = await unzip(await renderCircularXlsx({ ...snapshot, corrects }, issuedMeta(snapshot)));
    const last = sheetsOf(parts).at(-1)![1];
    const texts = cellsOf(last).map(({ text }) => text);
    expect(texts.slice(-5)).toEqual(['督导检查次数', '46次', '47次', '次', 'overview.visits']);
    const cover = cellsOf(parts.get('xl/worksheets/sheet1.xml')!).map(({ text }) => text);
    expect(cover).toContain('云教督通〔2026〕8号《通报》');
  });

  it('is made of older snapshots too, without what they lack', async () => {
    const { trend: _, homework: __, ...rest } = snapshot;
    const old = { ...rest, schema: 1 as const };
    const parts = await unzip(await renderCircularXlsx(old, issuedMeta(old)));
    expect(parts.get('xl/workbook.xml')).not.toMatch(/各月走势|作业时间/);
    expect([...parts.keys()].filter((name) => name.startsWith('xl/charts/'))).toEqual([
      'xl/charts/chart1.xml',
    ]);
  });

  it('is a workbook where the month had nothing', async () => {
    const quiet = circularSnapshot({ schools: 1, issues: 0, demo: false });
    const parts = await unzip(await renderCircularXlsx(quiet, issuedMeta(quiet)));
    expectSchemaOrder(parts);
    const book = new exceljs.Workbook();
    await book.xlsx.load((await renderCircularXlsx(quiet, issuedMeta(quiet))) as unknown as exceljs.Buffer);
    expect(book.getWorksheet('问题清单')!.rowCount).toBe(2);
  });

  it('has the elements of each part in the order of the schema', async () => {
    expectSchemaOrder(await unzip(await renderCircularXlsx(snapshot, issuedMeta(snapshot))));
  });

  it('gives the same bytes for the same snapshot', async () => {
    const [a, b] = [
      await renderCircularXlsx(snapshot, issuedMeta()),
      await renderCircularXlsx(snapshot, issuedMeta()),
    ];
    expect(a.equals(b)).toBe(true);
  });
});
