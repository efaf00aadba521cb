/** One measurement in a process of its own: `copy|csv|exceljs|xlsx DISTRICT` of DATABASE_URL → JSON {seconds, idleMb, peakMb, rows}. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { ENTITIES } from '#core/entities.js';
import { issuesAsCsv } from '#core/issues/export-csv.js';
import { issuesForExport } from '#core/issues/export-rows.js';
import { LEDGER_COLUMNS } from '#documents/ledger-columns.js';
import { writeLedgerCsv } from '#documents/ledger-csv.js';
import { writeLedgerXlsx } from '#documents/ledger-xlsx.js';
import { columnTypes } from '#platform/column-types.js';
import { createDataSource } from '#platform/database.js';
import type { Actor } from '#rules/actor.js';

const [kind, districtId] = process.argv.slice(2) as [string, string];
const databaseUrl = process.env.DATABASE_URL as string;
const dir = mkdtempSync(join(tmpdir(), 'dudao-export-'));
const out = createWriteStream(join(dir, 'ledger'));

/** The same cells of the same rows in the same order, as the tables hold them: nothing worded, nothing guarded. */
const BARE = `SELECT i.number, u.name, u.code, z.name AS zone, i.source, i.category, i.item_code, i.severity, i.finding, i.basis,
    i.standard_value, i.measured_value, i.requirements, i.registered_at, i.original_due_on, i.due_on, i.status, i.office_due_on,
    i.requested_late, i.escalation, i.return_count, i.found_again_count, i.recurrence_of, i.closed_at, n.number AS notice
  FROM issues i JOIN units u ON u.district_id = i.district_id AND u.id = i.unit_id
  LEFT JOIN zones z ON z.district_id = i.district_id AND z.id = i.zone_id
  LEFT JOIN notices n ON n.district_id = i.district_id AND n.id = i.notice_id
  WHERE i.district_id = '${districtId.replace(/[^0-9a-f-]/g, '')}' AND i.source <> 'self_check' ORDER BY i.id`;

const staff: Actor = {
  kind: 'person',
  userId: districtId,
  name: '测评',
  districtId,
  roles: ['office_staff'],
  unitId: null,
  zoneIds: [],
};
const now = new Date();

async function ours(write: (em: EntityManager) => Promise<number>): Promise<number> {
  const dataSource = createDataSource(
    { databaseUrl, poolSize: 2 },
    { entities: ENTITIES, statementTimeout: 0 },
  );
  await dataSource.initialize();
  return timed(() => write(dataSource.manager));
}

async function bare(run: (client: pg.Client) => Promise<number>): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl, types: columnTypes });
  await client.connect();
  return timed(() => run(client));
}

const mb = () => process.memoryUsage().rss / 1_048_576;
let idleMb = 0;
let peakMb = 0;
let seconds = 0;

async function timed(work: () => Promise<number>): Promise<number> {
  global.gc?.();
  idleMb = mb();
  peakMb = idleMb;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, mb());
  }, 20);
  const began = performance.now();
  const rows = await work();
  seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  peakMb = Math.max(peakMb, mb());
  return rows;
}

const KINDS: Record<string, () => Promise<number>> = {
  copy: () =>
    bare(async (client) => {
      const stream = client.query(copyTo(`COPY (${BARE}) TO STDOUT (FORMAT csv)`));
      await pipeline(stream, out);
      return stream.rowCount;
    }),
  csv: () =>
    ours((em) => {
      const keys = LEDGER_COLUMNS.map(({ key }) => key);
      return writeLedgerCsv(issuesAsCsv(em, staff, {}, now, keys), out);
    }),
  xlsx: () =>
    ours((em) =>
      writeLedgerXlsx(issuesForExport(em, staff, {}, now), out, {
        title: '问题台账',
        demo: false,
        filter: null,
        exportedAt: '2026-11-20 10:00',
      }),
    ),
  exceljs: () =>
    bare(async (client) => {
      const { default: ExcelJS } = await import('exceljs');
      const book = new ExcelJS.stream.xlsx.WorkbookWriter({
        stream: out,
        useStyles: true,
        useSharedStrings: false,
      });
      const sheet = book.addWorksheet('台账', { views: [{ state: 'frozen', ySplit: 1 }] });
      sheet.columns = LEDGER_COLUMNS.map(({ title }) => ({
        header: title,
        width: 16,
        style: { alignment: { wrapText: true } },
      }));
      await client.query(`BEGIN; DECLARE ledger NO SCROLL CURSOR FOR ${BARE}`);
      let count = 0;
      for (;;) {
        const { rows } = await client.query({ text: 'FETCH 1000 FROM ledger', rowMode: 'array' });
        for (const row of rows) sheet.addRow(row).commit();
        count += rows.length;
        if (rows.length < 1000) break;
      }
      sheet.commit();
      await book.commit();
      return count;
    }),
};

const rows = await (KINDS[kind] as () => Promise<number>)();
rmSync(dir, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ seconds, idleMb, peakMb, rows }));
process.exit(0);
