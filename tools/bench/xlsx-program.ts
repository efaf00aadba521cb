/** One measurement in a process of its own: `exceljs|dudao ROWS` → JSON {seconds, idleMb, peakMb}. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEDGER_COLUMNS } from '#documents/ledger-columns.js';
import { writeLedgerXlsx } from '#documents/ledger-xlsx.js';
import type { LedgerRow } from '#rules/ledger-row.js';

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const dir = mkdtempSync(join(tmpdir(), 'dudao-xlsx-'));
const out = createWriteStream(join(dir, 'ledger.xlsx'));

const keys = LEDGER_COLUMNS.map((column) => column.key);
function row(n: number): LedgerRow {
  return Object.fromEntries(
    LEDGER_COLUMNS.map(({ key, kind: cell }) => [
      key,
      cell === 'date'
        ? '2026-11-20'
        : cell === 'integer'
          ? n % 40
          : cell === 'flag'
            ? n % 7 === 0
            : `${key}-${n}，作业公示不完整`,
    ]),
  ) as unknown as LedgerRow;
}
async function* rows(): AsyncGenerator<LedgerRow[]> {
  for (let n = 0; n < count; n += 1000) {
    yield Array.from({ length: Math.min(1000, count - n) }, (_, i) => row(n + i));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const mb = () => process.memoryUsage().rss / 1_048_576;
global.gc?.();
const idleMb = mb();
let peakMb = idleMb;
const watch = setInterval(() => {
  peakMb = Math.max(peakMb, mb());
}, 20);
const began = performance.now();
if (kind === 'dudao') {
  await writeLedgerXlsx(rows(), out, {
    title: '问题台账',
    demo: false,
    filter: null,
    exportedAt: '2026-11-20 10:00',
  });
} else {
  const { default: ExcelJS } = await import('exceljs');
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({
    stream: out,
    useStyles: true,
    useSharedStrings: false,
  });
  const sheet = book.addWorksheet('台账', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = keys.map((key) => ({
    header: key,
    key,
    width: 16,
    style: { alignment: { wrapText: true } },
  }));
  for await (const batch of rows())
    for (const one of batch) sheet.addRow(keys.map((key) => one[key])).commit();
  sheet.commit();
  await book.commit();
}
const seconds = (performance.now() - began) / 1000;
clearInterval(watch);
peakMb = Math.max(peakMb, mb());
rmSync(dir, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ seconds, idleMb, peakMb }));
