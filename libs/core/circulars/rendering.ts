/** The steps of `circular.render` on the tables. Each may happen any number of times and has one effect. */
import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { canonicalJson, freezeCircular } from '#rules/circular.js';
import { makeCtx, systemActor } from '../foundation/context.js';
import { record } from '../history/events.js';
import { CIRCULAR_FORMATS, Circular } from './circular.entity.js';
import { type StoredFile, storeFiles } from './documents.js';
import type { CircularJob } from './enqueue-render.js';
import { storeLineage } from './lineage/store.js';
import { circularLineage } from './snapshot/lineage.js';
import { readRecords } from './snapshot/records.js';

const key = ({ districtId, circularId }: CircularJob) => ({ districtId, id: circularId });

/** The circular to make documents for; null where there is nothing (more) to do: it was issued, gave up, or has its files. */
export async function circularToRender(em: EntityManager, job: CircularJob): Promise<Circular | null> {
  const circular = await em.findOneBy(Circular, key(job));
  if (!circular || circular.status === 'issued' || circular.status === 'failed') return null;
  const [made]: [{ n: number }] = await em.query(
    `SELECT count(*)::integer AS n FROM circular_files WHERE district_id = $1 AND circular_id = $2 AND render_revision = $3`,
    [job.districtId, job.circularId, circular.renderRevision],
  );
  return circular.status === 'draft' && made.n === CIRCULAR_FORMATS.length ? null : circular;
}

/** Shows how far the making is. A draft stays a draft while its documents are made anew. */
export async function showProgress(em: EntityManager, circular: Circular, progress: number): Promise<void> {
  await em.query(
    `UPDATE circulars SET progress = $4, status = CASE status WHEN 'queued' THEN 'rendering' ELSE status END
     WHERE district_id = $1 AND id = $2 AND render_revision = $3 AND status IN ('queued', 'rendering', 'draft')`,
    [circular.districtId, circular.id, circular.renderRevision, progress],
  );
}

/**
 * Freezes the figures, once: all of them and the rows behind them read in one snapshot of the database, stored with the
 * SHA-256 of their canonical JSON, which covers the rows too. Whoever comes second takes what is there.
 */
export async function freeze(dataSource: DataSource, job: CircularJob): Promise<Circular> {
  try {
    return await freezeAlone(dataSource, job);
  } catch (error) {
    const circular = await dataSource.manager.findOneBy(Circular, key(job));
    // Two began at the same moment and one was first: PostgreSQL refused the other.
    if (circular?.snapshot) return circular;
    throw error;
  }
}

function freezeAlone(dataSource: DataSource, job: CircularJob): Promise<Circular> {
  return dataSource.transaction('REPEATABLE READ', async (em) => {
    const circular = await em.findOneByOrFail(Circular, key(job));
    if (circular.snapshot) return circular;
    const { id, districtId, period, cutoff, corrects } = circular;
    const records = await readRecords(em, { districtId, period, cutoff, corrects });
    const lineage = await storeLineage(em, circular, await circularLineage(em, records));
    const frozen = freezeCircular(records.facts, { circularId: id, lineage });
    // As it will be read back: what JSON leaves out is not part of the hash.
    const snapshot = JSON.parse(JSON.stringify(frozen)) as typeof frozen;
    const snapshotHash = createHash('sha256').update(canonicalJson(snapshot)).digest('hex');
    await em.query(
      `UPDATE circulars SET snapshot = $3, snapshot_hash = $4 WHERE district_id = $1 AND id = $2`,
      [job.districtId, job.circularId, JSON.stringify(snapshot), snapshotHash],
    );
    return { ...circular, snapshot, snapshotHash };
  });
}

/**
 * Makes the documents the circular's: it is a draft from now on. Answers whether it did; not where the text was edited
 * or the circular issued meanwhile, for then other documents count. Call it in the transaction that ends the job.
 */
export async function settle(
  em: EntityManager,
  circular: Circular,
  files: readonly StoredFile[],
  now: Date,
): Promise<boolean> {
  const [rows]: [{ before: string }[], number] = await em.query(
    `UPDATE circulars c SET status = 'draft', progress = 100, error = NULL, updated_at = $4, revision = c.revision + 1
     FROM (SELECT status AS before FROM circulars WHERE district_id = $1 AND id = $2 FOR UPDATE) old
     WHERE c.district_id = $1 AND c.id = $2 AND c.render_revision = $3 AND c.status IN ('queued', 'rendering', 'draft')
     RETURNING old.before`,
    [circular.districtId, circular.id, circular.renderRevision, now],
  );
  if (rows.length === 0) return false;
  await storeFiles(em, circular, files, now);
  if (rows[0]!.before === 'draft') return true;
  await record(makeCtx(em, systemActor(circular.districtId), now), {
    subjectType: 'circular',
    subjectId: circular.id,
    action: 'drafted',
    data: { snapshotHash: circular.snapshotHash },
  });
  return true;
}

/** Marks a circular as failed, for `/retry`. An issued one stays issued. */
export async function failCircular(
  em: EntityManager,
  job: CircularJob,
  message: string,
  now: Date,
): Promise<void> {
  const [rows]: [unknown[], number] = await em.query(
    `UPDATE circulars SET status = 'failed', error = $3, updated_at = $4, revision = revision + 1
     WHERE district_id = $1 AND id = $2 AND status IN ('queued', 'rendering', 'draft') RETURNING id`,
    [job.districtId, job.circularId, message, now],
  );
  if (rows.length === 0) return;
  await record(makeCtx(em, systemActor(job.districtId), now), {
    subjectType: 'circular',
    subjectId: job.circularId,
    action: 'fail',
    reason: message,
  });
}
