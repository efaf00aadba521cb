import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { FileStore } from '#platform/files.js';
import { type CircularImprint, type CircularSnapshot, narrativeText, shortHash } from '#rules/circular.js';
import { CIRCULAR_FORMATS, type Circular, type CircularFormat } from './circular.entity.js';

/** Makes the documents, away from this thread. */
export type RenderCircular = (
  snapshot: CircularSnapshot,
  imprint: CircularImprint,
) => Promise<Record<CircularFormat, Buffer>>;

/** What documents are made with. `publicUrl`: the address at which the public reaches this installation, without a slash at its end. */
export type Press = { files: FileStore; render: RenderCircular; publicUrl: string };

/** The public page that verifies a circular by its short hash. */
const verifyUrl = (publicUrl: string, snapshotHash: string): string =>
  `${publicUrl}/api/v1/public/verify/${shortHash(snapshotHash)}`;

export type StoredFile = { format: CircularFormat; key: string; sha256: string; size: number };

/**
 * Makes the documents of one revision and puts them into the store. The same revision gives the same bytes under the same
 * keys, so doing it again, also at the same time, changes nothing.
 */
export async function renderFiles(
  circular: Circular,
  { files, render, publicUrl }: Press,
  made: () => Promise<void> = async () => undefined,
): Promise<StoredFile[]> {
  const { snapshot, snapshotHash, narrative, annexes, documentNumber, issuedOn, status } = circular;
  if (!snapshot || !snapshotHash) throw new Error('documents are made of frozen figures');
  const documents = await render(snapshot, {
    documentNumber,
    issuedOn,
    draft: status !== 'issued',
    hash: snapshotHash,
    narrative: narrativeText(snapshot, narrative, annexes),
    annexes,
    recipients: circular.recipients ?? snapshot.recipients,
    copyRecipients: circular.copyRecipients ?? snapshot.copyRecipients,
    // A draft is nothing that the public page would vouch for.
    verify:
      status === 'issued'
        ? { url: verifyUrl(publicUrl, snapshotHash), shortHash: shortHash(snapshotHash) }
        : null,
  });
  await made();
  const stored: StoredFile[] = [];
  for (const format of CIRCULAR_FORMATS) {
    const bytes = documents[format];
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    // A signature that fails late must not leave its number in the files of another that followed it.
    const name = `${circular.renderRevision}-${sha256.slice(0, 16)}.${format}`;
    const key = `circulars/${circular.districtId}/${circular.id}/${name}`;
    await files.put(key, bytes);
    stored.push({ format, key, sha256, size: bytes.length });
  }
  return stored;
}

/** Names the files in the tables, in the transaction that makes them the circular's. */
export async function storeFiles(
  em: EntityManager,
  circular: Pick<Circular, 'districtId' | 'id' | 'renderRevision'>,
  files: readonly StoredFile[],
  now: Date,
): Promise<void> {
  for (const { format, key, sha256, size } of files) {
    await em.query(
      `INSERT INTO circular_files (district_id, circular_id, format, render_revision, storage_key, sha256, size, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (district_id, circular_id, format) DO UPDATE
         SET render_revision = $4, storage_key = $5, sha256 = $6, size = $7, created_at = $8`,
      [circular.districtId, circular.id, format, circular.renderRevision, key, sha256, size, now],
    );
  }
}
