import type { DataSource, EntityManager } from 'typeorm';
import type { Circular } from '#core/circulars/circular.entity.js';
import { type RenderCircular, renderFiles } from '#core/circulars/documents.js';
import type { CircularJob } from '#core/circulars/enqueue-render.js';
import { circularToRender, failCircular, freeze, settle, showProgress } from '#core/circulars/rendering.js';
import { renderCircularFiles } from '#documents/circular-files.js';
import type { FileStore } from '#platform/files.js';
import { job } from './work.js';

type Deps = {
  dataSource: DataSource;
  files: FileStore;
  publicUrl: string;
  now: Date;
  /** Ends the job in the transaction of its effect. */
  done: (em: EntityManager) => Promise<void>;
  render?: RenderCircular;
};

/**
 * Freezes a circular's figures, makes its documents from them and leaves a draft. Killed at any point it is taken up again:
 * figures once frozen are not counted anew, documents of a revision are the same bytes under the same keys.
 */
export async function renderCircularJob(
  { dataSource, files, publicUrl, now, done, render = renderCircularFiles }: Deps,
  payload: CircularJob,
): Promise<void> {
  const { manager } = dataSource;
  const found = await circularToRender(manager, payload);
  if (!found) return done(manager);
  await showProgress(manager, found, 10);
  const circular = await freeze(dataSource, payload);
  await showProgress(manager, circular, 40);
  const made = await renderFiles(circular, { files, render, publicUrl }, () =>
    showProgress(manager, circular, 70),
  );
  await dataSource.transaction(async (em) => {
    await settle(em, circular, made, now);
    await done(em);
  });
  await discardOlder(files, circular);
}

/** Documents of earlier revisions are nobody's any more. Later ones may be in the making. */
async function discardOlder(files: FileStore, circular: Circular): Promise<void> {
  const folder = `circulars/${circular.districtId}/${circular.id}/`;
  for await (const { key } of files.list(folder)) {
    if (Number.parseInt(key.slice(folder.length), 10) < circular.renderRevision) await files.delete(key);
  }
}

/** The row of the job table. */
export const CIRCULAR_RENDER = job<CircularJob>({
  attempts: 5,
  run: renderCircularJob,
  giveUp: failCircular,
});
