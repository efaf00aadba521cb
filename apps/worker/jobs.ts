import { type ExportJob, failExport } from '#core/exports/write.js';
import { CIRCULAR_RENDER } from './circular-render.js';
import { writeExport } from './export-write.js';
import { type Job, job } from './work.js';

/** What follows an event: the job named in the outbox → its work. */
export const JOBS: Readonly<Record<string, Job>> = {
  'circular.render': CIRCULAR_RENDER,
  'export.write': job<ExportJob>({ attempts: 8, run: writeExport, giveUp: failExport }),
};
