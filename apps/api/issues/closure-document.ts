import { attachmentId } from '#core/attachments/read.js';
import { photoLoader } from '#core/attachments/renditions.js';
import type { Ctx } from '#core/foundation/context.js';
import { record } from '#core/history/events.js';
import { closureOf } from '#core/issues/closure.js';
import type { FileStore } from '#platform/files.js';
import { renderOffThread } from '../documents/render-off-thread.js';

/** The close-out form of an issue as a PDF, with its photos before and after. @throws resource.not_found */
export async function closurePdf(ctx: Ctx, files: FileStore, id: string): Promise<Buffer> {
  const { unitId, closure, before, after, earlier } = await closureOf(ctx, id);
  // Whoever prints the form has seen its evidence, and views of evidence are on record.
  await record(
    ctx,
    ...[...before, ...after, ...earlier].map(({ sha256 }) => ({
      subjectType: 'attachment' as const,
      subjectId: attachmentId(sha256),
      unitId,
      action: 'attachment.viewed',
      data: { sha256, original: false, printedWith: closure.number },
    })),
  );
  const load = photoLoader(ctx, files);
  const photos = (pictures: typeof before, title: string) =>
    pictures.map(({ sha256, noted }, i) => ({
      caption: `${title} ${i + 1}`,
      noted,
      load: () => load(sha256),
    }));
  return renderOffThread('closure', {
    ...closure,
    before: photos(before, '整改前'),
    after: photos(after, '整改后'),
    earlier: photos(earlier, '以前申请的材料'),
  });
}
