/** The render thread: documents are set here, so that the main thread goes on answering. */
import { parentPort, workerData } from 'node:worker_threads';
import { type OfficeFonts, setOfficeFonts } from '#documents/office-fonts.js';
import { attach, type FromThread, type ToThread } from './protocol.js';
import { RENDERERS } from './renderers.js';

const port = parentPort;
if (!port) throw new Error('render-thread runs as a worker thread');
setOfficeFonts(workerData as OfficeFonts);

const calls = new Map<number, { resolve: (bytes: Buffer) => void; reject: (error: Error) => void }>();
let lastCall = 0;
const send = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

function loadFor(job: number): (loader: number) => Promise<Buffer> {
  return (loader) =>
    new Promise((resolve, reject) => {
      const call = ++lastCall;
      calls.set(call, { resolve, reject });
      send({ type: 'load', job, loader, call });
    });
}

async function render(job: number, kind: string, input: unknown): Promise<void> {
  try {
    const renderer = RENDERERS[kind as keyof typeof RENDERERS] as (given: unknown) => Promise<Buffer>;
    // A copy of its own: Node's small buffers share one pool, which must not be handed away.
    const bytes = Uint8Array.from(await renderer(attach(input, loadFor(job))));
    send({ type: 'done', job, bytes }, [bytes.buffer as ArrayBuffer]);
  } catch (error) {
    send({ type: 'done', job, error: (error as Error).stack ?? String(error) });
  }
}

port.on('message', (message: ToThread) => {
  if (message.type === 'render') {
    void render(message.job, message.kind, message.input);
    return;
  }
  const call = calls.get(message.call);
  calls.delete(message.call);
  if (message.bytes) call?.resolve(Buffer.from(message.bytes));
  else call?.reject(new Error(message.error ?? 'the file could not be read'));
});
