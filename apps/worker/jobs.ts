import { type ExportJob, failExport } from '#core/exports/write.js';
import { writeExport } from './export-write.js';
import { type Job, job } from './work.js';

/** What follows an event: the job named in the outbox → its work. */
export const JOBS: Readonly<Record<string, Job>> = {
  'export.write': job<ExportJob>({ attempts: 8, run: writeExport, giveUp: failExport }),
};
