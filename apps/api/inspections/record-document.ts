import { photoLoader } from '#core/attachments/renditions.js';
import type { Ctx } from '#core/foundation/context.js';
import { record } from '#core/history/events.js';
import { recordData } from '#core/inspections/record-data.js';
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
  const load = photoLoader(ctx, files);
  return renderOffThread('record', {
    ...printed,
    signatures: data.signatures.map((one) => ({
      ...one,
      image: one.image === null ? null : () => load(one.image!),
    })),
    photos: data.photos.map(({ sha256, ...photo }) => ({ ...photo, load: () => load(sha256) })),
  });
}
