import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { problem } from '#rules/problems.js';
import { chunksOf } from '../foundation/incoming.js';

/** 10 MiB: a photo of a telephone, or a scan of some pages. */
export const MOST_BYTES = 10 * 1024 * 1024;
/** What is larger waits on the disk, so that many slow senders do not fill the memory. */
const KEPT_IN_MEMORY = 512 * 1024;

export type Received = {
  sha256: string;
  size: number;
  /** All of it in memory; at most MOST_BYTES. */
  read(): Promise<Buffer>;
};

/**
 * Takes in a body of unknown length, hashing on the way, and hands it to `use`; nothing of it is left afterwards.
 * @throws attachment.too_large (413) as soon as the limit is passed
 */
export async function receive<T>(body: Readable, use: (file: Received) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `dudao-upload-${process.pid}-${randomUUID()}`);
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let size = 0;
  let spilled: FileHandle | undefined;
  try {
    for await (const chunk of chunksOf(body)) {
      size += chunk.length;
      if (size > MOST_BYTES) throw tooLarge();
      hash.update(chunk);
      kept.push(chunk);
      if (size > KEPT_IN_MEMORY) {
        spilled ??= await open(path, 'wx', 0o600);
        await spilled.writeFile(Buffer.concat(kept.splice(0)));
      }
    }
    await spilled?.close();
    const read = () => (spilled ? readFile(path) : Promise.resolve(Buffer.concat(kept)));
    return await use({ sha256: hash.digest('hex'), size, read });
  } finally {
    if (spilled) {
      await spilled.close();
      await rm(path, { force: true });
    }
  }
}

/** The refusal of a body of more than MOST_BYTES. */
export const tooLarge = () => problem('attachment.too_large', '附件最大 10 MB，请压缩或分开上传');
