/** The thread behind circular-files.ts: circulars are set here, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { renderCircularDocx } from './circular-docx.js';
import type { ThreadAnswer, ThreadOrder } from './circular-files.js';
import { renderCircularPdf } from './circular-pdf.js';
import { renderCircularXlsx } from './circular-xlsx.js';
import { type OfficeFonts, setOfficeFonts } from './office-fonts.js';

async function make({ order, snapshot, meta }: ThreadOrder): Promise<ThreadAnswer> {
  try {
    // Copies of their own: Node's small buffers share one pool.
    const pdf = Uint8Array.from(await renderCircularPdf(snapshot, meta));
    const xlsx = Uint8Array.from(await renderCircularXlsx(snapshot, meta));
    const docx = Uint8Array.from(await renderCircularDocx(snapshot, meta));
    return { order, pdf, xlsx, docx };
  } catch (error) {
    return { order, error: (error as Error).stack ?? String(error) };
  }
}

const port = parentPort;
if (!port) throw new Error('circular-thread runs as a worker thread');
setOfficeFonts(workerData as OfficeFonts);
let before = Promise.resolve();
port.on('message', (order: ThreadOrder) => {
  before = before.then(async () => port.postMessage(await make(order)));
});
