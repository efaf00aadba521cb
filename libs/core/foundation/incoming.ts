import type { Readable } from 'node:stream';
import { problem } from '#rules/problems.js';

/** Bytes of a refused body that are still read, so that the sender gets its answer; who sends more is cut off. */
const MOST_DISCARDED = 64 * 1024 * 1024;

/**
 * What a sender sends, chunk by chunk. A reader may leave at any time (a refusal): the rest is read away, for the answer goes
 * through the same connection, the next request may come on it, and one that nobody reads would hold a stop up.
 * @throws request.malformed where the sender hung up: nobody is there to be told, but it is no failure of the server
 */
export async function* chunksOf(body: Readable): AsyncIterable<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw problem('request.malformed', { detail: '上传中断，请重新上传', cause });
  } finally {
    discard(body);
  }
}

function discard(body: Readable): void {
  let size = 0;
  body.on('error', () => undefined); // the sender hung up, as it may
  // A listener, not resume(): that is undone when the iterator takes its own listener away.
  body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_DISCARDED) body.destroy();
  });
}
