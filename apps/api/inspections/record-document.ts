import { attachmentKey } from '#core/attachments/store.js';
import type { Ctx } from '#core/foundation/context.js';
import { record } from '#core/history/events.js';
import { recordData } from '#core/inspections/record-data.js';
import { readWhole } from '#platform/file-store.js';
import type { FileStore } from '#platform/files.js';
import { renderOffThread } from '../documents/render-off-thread.js';

/** The record of an inspection as a PDF, with its photos and signatures. @throws resource.not_found */
export async function recordPdf(ctx: Ctx, files: FileStore, id: string): Promise<Buffer> {
  const data = await recordData(ctx, id);
  // Whoever prints the record has seen its evidence, and views of evidence are on record.
  if (data.photos.length > 0) {
    await record(ctx, {
      subjectType: 'inspection',
      subjectId: id,
      unitId: data.unitId,
      action: 'inspection.printed',
      data: { photos: data.photos.length },
    });
  }
  const { unitId: _, ...printed } = data;
  return renderOffThread('record', {
    ...printed,
    signatures: data.signatures.map((one) => ({
      ...one,
      image: one.image ? loader(files, one.image) : null,
    })),
    photos: data.photos.map(({ sha256, caption }) => ({ caption, load: loader(files, sha256) })),
  });
}

const loader = (files: FileStore, sha256: string) => async () => {
  const stored = await files.get(attachmentKey(sha256));
  if (!stored) throw new Error(`the file of attachment ${sha256} is missing from the store`);
  return readWhole(stored);
};
