/** The thread behind circular-files.ts: one circular, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CircularSnapshot } from '#rules/circular.js';
import type { ThreadAnswer } from './circular-files.js';
import { type CircularMeta, renderCircularPdf } from './circular-pdf.js';
import { renderCircularXlsx } from './circular-xlsx.js';

const { snapshot, meta } = workerData as { snapshot: CircularSnapshot; meta: CircularMeta };

async function make(): Promise<ThreadAnswer> {
  try {
    // Copies of their own: Node's small buffers share one pool.
    return {
      pdf: Uint8Array.from(await renderCircularPdf(snapshot, meta)),
      xlsx: Uint8Array.from(await renderCircularXlsx(snapshot, meta)),
    };
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) };
  }
}

parentPort?.postMessage(await make());
