import { Worker } from 'node:worker_threads';
import { officeFonts } from '#documents/office-fonts.js';
import { packagePath } from '#platform/package-root.js';
import { detach, type FromThread, type Loader, type ToThread } from './protocol.js';
import type { Input, Kind } from './renderers.js';

/** ms after which a document is given up and the thread with it. */
const LIMIT = 60_000;
/** MB of heap for the fonts and the largest document; beyond it the thread dies, never the process. */
const HEAP = 512;

type Job = { loaders: Loader[]; resolve: (bytes: Buffer) => void; reject: (error: Error) => void };
type Thread = { worker: Worker; jobs: Map<number, Job> };
/** One thread, kept: opening the fonts costs more than setting a record. */
let thread: Thread | undefined;
let lastJob = 0;

/**
 * Makes a single document in a worker thread. Photos are asked for one by one through the loaders in `input`.
 * Rejects when the document cannot be made or takes longer than a minute.
 */
export function renderOffThread<K extends Kind>(kind: K, input: Input<K>): Promise<Buffer> {
  thread ??= start();
  const { worker, jobs } = thread;
  const job = ++lastJob;
  const loaders: Loader[] = [];
  return new Promise<Buffer>((resolve, reject) => {
    const late = setTimeout(() => void worker.terminate(), LIMIT);
    const settle = () => {
      clearTimeout(late);
      jobs.delete(job);
      // An idle thread does not keep the process alive.
      if (jobs.size === 0) worker.unref();
    };
    jobs.set(job, {
      loaders,
      resolve: (bytes) => {
        settle();
        resolve(bytes);
      },
      reject: (error) => {
        settle();
        reject(error);
      },
    });
    worker.ref();
    worker.postMessage({ type: 'render', job, kind, input: detach(input, loaders) } satisfies ToThread);
  });
}

function start(): Thread {
  // Built code: a thread is started from a file, also when the tests run on the sources.
  const worker = new Worker(packagePath('dist', 'apps', 'api', 'documents', 'render-thread.js'), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
    execArgv: [],
    workerData: officeFonts(),
  });
  const jobs = new Map<number, Job>();
  const own: Thread = { worker, jobs };
  const fail = (error: Error) => {
    if (thread === own) thread = undefined;
    for (const job of jobs.values()) job.reject(error);
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the render thread ended before the document was made')));
  worker.on('message', (message: FromThread) => {
    const job = jobs.get(message.job);
    if (message.type === 'load') return void answer(worker, message.call, job?.loaders[message.loader]);
    if (message.bytes) job?.resolve(Buffer.from(message.bytes));
    else job?.reject(new Error(message.error ?? 'the document could not be made'));
  });
  return own;
}

async function answer(worker: Worker, call: number, loader: Loader | undefined): Promise<void> {
  try {
    if (!loader) throw new Error('the document is no longer being made');
    const bytes = Uint8Array.from(await loader());
    worker.postMessage({ type: 'loaded', call, bytes } satisfies ToThread, [bytes.buffer as ArrayBuffer]);
  } catch (error) {
    worker.postMessage({ type: 'loaded', call, error: (error as Error).message } satisfies ToThread);
  }
}
