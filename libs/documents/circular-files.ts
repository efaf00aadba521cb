/** The documents of a circular, made in a thread of their own so that the caller's event loop stays free. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CircularImprint, CircularSnapshot } from '#rules/circular.js';
import { officeFonts } from './office-fonts.js';

export type CircularFiles = { pdf: Buffer; xlsx: Buffer; docx: Buffer };
/** What goes to the thread, and what it answers. */
export type ThreadOrder = { order: number; snapshot: CircularSnapshot; meta: CircularImprint };
export type ThreadAnswer = { order: number } & (
  | { pdf: Uint8Array; xlsx: Uint8Array; docx: Uint8Array }
  | { error: string }
);

/** ms after which a circular is given up, and MB of heap beyond which the thread dies, never the process. */
const LIMIT = 120_000;
const HEAP = 512;

type Order = { resolve: (files: CircularFiles) => void; reject: (error: Error) => void };
type Thread = { worker: Worker; orders: Map<number, Order> };
/** One thread, kept: opening the fonts takes longer than setting a circular. */
let thread: Thread | undefined;
let lastOrder = 0;

/** The same snapshot and meta give the same bytes. Rejects when the documents cannot be made. */
export function renderCircularFiles(
  snapshot: CircularSnapshot,
  meta: CircularImprint,
): Promise<CircularFiles> {
  thread ??= start();
  const { worker, orders } = thread;
  const order = ++lastOrder;
  worker.ref();
  worker.postMessage({ order, snapshot, meta } satisfies ThreadOrder);
  return new Promise<CircularFiles>((resolve, reject) => {
    const late = setTimeout(() => void worker.terminate(), LIMIT);
    const ended = () => {
      clearTimeout(late);
      orders.delete(order);
      // An idle thread does not keep the process alive.
      if (orders.size === 0) worker.unref();
    };
    orders.set(order, {
      resolve: (files) => {
        ended();
        resolve(files);
      },
      reject: (error) => {
        ended();
        reject(error);
      },
    });
  });
}

function start(): Thread {
  const worker = new Worker(threadFile(), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
    execArgv: [],
    workerData: officeFonts(),
  });
  const own: Thread = { worker, orders: new Map() };
  const fail = (error: Error) => {
    if (thread === own) thread = undefined;
    for (const order of [...own.orders.values()]) order.reject(error);
  };
  worker.on('message', (answer: ThreadAnswer) => {
    const order = own.orders.get(answer.order);
    if ('error' in answer) order?.reject(new Error(answer.error));
    else
      order?.resolve({
        pdf: Buffer.from(answer.pdf),
        xlsx: Buffer.from(answer.xlsx),
        docx: Buffer.from(answer.docx),
      });
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the thread ended before the circular was made')));
  return own;
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
