/** Both documents of a circular, made in a thread of their own so that the caller's event loop stays free. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CircularSnapshot } from '#rules/circular.js';
import type { CircularMeta } from './circular-pdf.js';

export type CircularFiles = { pdf: Buffer; xlsx: Buffer };
/** What the thread answers. */
export type ThreadAnswer = { pdf: Uint8Array; xlsx: Uint8Array } | { error: string };

/** ms after which a circular is given up, and MB of heap beyond which the thread dies, never the process. */
const LIMIT = 120_000;
const HEAP = 512;

/** The same snapshot and meta give the same bytes. Rejects when the documents cannot be made. */
export function renderCircularFiles(snapshot: CircularSnapshot, meta: CircularMeta): Promise<CircularFiles> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile(), {
      workerData: { snapshot, meta },
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      execArgv: [],
    });
    const late = setTimeout(() => void worker.terminate(), LIMIT);
    worker.once('message', (answer: ThreadAnswer) => {
      if ('error' in answer) reject(new Error(answer.error));
      else resolve({ pdf: Buffer.from(answer.pdf), xlsx: Buffer.from(answer.xlsx) });
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(late);
      // Without effect once answered.
      reject(new Error('the thread ended before the circular was made'));
    });
  });
}

/** The built thread: beside this file, or under dist/ when the tests run on the sources. */
function threadFile(): string {
  const own = fileURLToPath(new URL('./circular-thread.js', import.meta.url));
  if (existsSync(own)) return own;
  for (let folder = dirname(own); ; folder = dirname(folder)) {
    const built = join(folder, 'dist', 'libs', 'documents', 'circular-thread.js');
    if (existsSync(built)) return built;
    if (folder === dirname(folder))
      throw new Error('dist/libs/documents/circular-thread.js is missing: npm run build');
  }
}
