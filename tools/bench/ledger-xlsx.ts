import { Program, type Row } from './harness.js';

type Figures = { seconds: number; idleMb: number; peakMb: number };

/** P8: the ledger as a styled workbook, against exceljs's own stream with the same rows, styles and sink. */
export async function run(): Promise<Row[]> {
  const measure = async (kind: string, rows: number): Promise<Figures> =>
    JSON.parse(await new Program('tools/bench/xlsx-program.js', {}, [kind, String(rows)]).output());
  const report: Row[] = [];
  for (const [rows, limitMb] of [
    [100_000, 120],
    [1_000_000, 180],
  ] as const) {
    const bare = await measure('exceljs', rows);
    const ours = await measure('dudao', rows);
    const growth = ours.peakMb - ours.idleMb;
    report.push({
      id: 'P8',
      what: `ledger XLSX, ${rows.toLocaleString('en')} rows`,
      ours: `${ours.seconds.toFixed(1)} s, +${growth.toFixed(0)} MB`,
      baseline: `exceljs stream ${bare.seconds.toFixed(1)} s, +${(bare.peakMb - bare.idleMb).toFixed(0)} MB`,
      ratio: ours.seconds / bare.seconds,
      goal: `≤ 1.25 and ≤ ${limitMb} MB above idle`,
      met: ours.seconds / bare.seconds <= 1.25 && growth <= limitMb,
    });
  }
  return report;
}
