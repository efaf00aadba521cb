import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EntityManager } from 'typeorm';
import { readDistrict } from '#core/directory/districts.js';
import type { Export } from '#core/exports/export.entity.js';
import { countForExport } from '#core/exports/total.js';
import { beginExport, type ExportJob, finishExport, noteProgress } from '#core/exports/write.js';
import { issuesAsCsv } from '#core/issues/export-csv.js';
import { issuesForExport } from '#core/issues/export-rows.js';
import type { IssueFilter } from '#core/issues/filter.js';
import { LEDGER_COLUMNS } from '#documents/ledger-columns.js';
import { writeLedgerCsv } from '#documents/ledger-csv.js';
import { type LedgerMeta, writeLedgerXlsx } from '#documents/ledger-xlsx.js';
import { fileBody } from '#platform/files.js';
import type { LedgerRow } from '#rules/ledger-row.js';
import { localMinute } from '#rules/local-date.js';
import { Problem } from '#rules/problems.js';
import { filterInWords } from './filter-in-words.js';
import type { Work } from './work.js';

const KEYS = LEDGER_COLUMNS.map(({ key }) => key);
/** Progress is told this often, in ms. */
const TOLD_EVERY = 1_000;

/**
 * `export.write`: the ledger as its requester may see it now, streamed from the database through a file of this machine
 * into the store; memory does not grow with the rows. The file has one fixed key, so running again replaces it.
 */
export async function writeExport(work: Work, job: ExportJob): Promise<void> {
  const { dataSource, bulk, files, now } = work;
  const begun = await beginExport(dataSource.manager, job, now);
  if (!begun) return;
  const { row, actor } = begun;
  const filter = row.filter as IssueFilter;
  const total = await countForExport(bulk.manager, actor, filter, now);
  const tell = teller(work, job, total);

  const folder = await mkdtemp(join(work.scratchDir, 'export-'));
  try {
    const path = join(folder, `ledger.${row.format}`);
    const sink = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const count =
      row.format === 'csv'
        ? await writeLedgerCsv(issuesAsCsv(bulk.manager, actor, filter, now, KEYS), sink, tell)
        : await writeLedgerXlsx(
            told(issuesForExport(bulk.manager, actor, filter, now), tell),
            sink,
            await metaOf(dataSource.manager, row, filter, now),
          );
    const { size } = await stat(path);
    const sha256 = await sha256Of(path);
    const storageKey = `exports/${row.districtId}/${row.id}.${row.format}`;
    await files.put(storageKey, await fileBody(path));
    try {
      await dataSource.transaction(async (em) => {
        await finishExport(em, begun, { storageKey, rows: count, size, sha256 }, work.clock());
        await work.done(em);
      });
    } catch (error) {
      // Refused, nothing names the file; after any other failure it may be committed all the same, or is written again.
      if (error instanceof Problem) await files.delete(storageKey);
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tells how far the writing is, and ends it when the process stops. */
function teller(work: Work, job: ExportJob, total: number): (rows: number) => Promise<void> {
  let last = Date.now();
  return async (rows) => {
    work.signal.throwIfAborted();
    if (Date.now() - last < TOLD_EVERY) return;
    last = Date.now();
    await noteProgress(work.dataSource.manager, job, rows, total);
  };
}

async function* told(
  batches: AsyncIterable<LedgerRow[]>,
  tell: (rows: number) => Promise<void>,
): AsyncGenerator<LedgerRow[]> {
  let rows = 0;
  for await (const batch of batches) {
    await tell(rows);
    yield batch;
    rows += batch.length;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function metaOf(em: EntityManager, row: Export, filter: IssueFilter, now: Date): Promise<LedgerMeta> {
  const district = await readDistrict(em, row.districtId);
  const [names]: [{ unit?: string; zone?: string }] = await em.query(
    `SELECT (SELECT name FROM units WHERE district_id = $1 AND id = $2) AS unit,
       (SELECT name FROM zones WHERE district_id = $1 AND id = $3) AS zone`,
    [row.districtId, filter.unitId ?? null, filter.zoneId ?? null],
  );
  return {
    title: `${district.name}问题台账`,
    demo: district.demo,
    filter: filterInWords(filter, { unit: names.unit ?? undefined, zone: names.zone ?? undefined }),
    exportedAt: localMinute(now),
  };
}
