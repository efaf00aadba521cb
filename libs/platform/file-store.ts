import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';

/** Bytes at hand, or a stream of exactly `size` bytes. */
export type FileBody = Uint8Array | { stream: Readable; size: number };

/**
 * Where attachments, documents and exports lie: a folder or an object store.
 * A key is like `attachments/ab/abcd…`: lower case letters, digits, `.`, `_`, `-` and `/`.
 */
export interface FileStore {
  /** Stores the bytes under the key, replacing what was there; durable and whole when it resolves, else absent. */
  put(key: string, body: FileBody): Promise<void>;
  /** The bytes; undefined when there is no such file. */
  get(key: string): Promise<Readable | undefined>;
  /** Size in bytes; undefined when there is no such file. */
  size(key: string): Promise<number | undefined>;
  /** Removes the file; that there was none is fine. */
  delete(key: string): Promise<void>;
  /** Every file whose key begins with the prefix, in no particular order. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
}

/** @throws RangeError for a key that is not plain, so that no name leads out of the store */
export function checkKey(key: string): string {
  const plain = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/.test(key) && key.length <= 512;
  if (!plain) throw new RangeError(`not a file key: ${JSON.stringify(key.slice(0, 100))}`);
  return key;
}

/** The bytes of one stored file, for what is small enough to hold. */
export async function readWhole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Passes bytes on and fails unless there are exactly `size` of them: a cut upload must not look whole. */
export function exactly(size: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > size ? new RangeError(`more than the announced ${size} bytes`) : null, chunk);
    },
    flush: (done) => done(seen < size ? new RangeError(`${seen} of the announced ${size} bytes`) : null),
  });
}

/** A file of this machine as a body, e.g. an export that was written beside. */
export async function fileBody(path: string): Promise<FileBody> {
  return { stream: createReadStream(path), size: (await stat(path)).size };
}
