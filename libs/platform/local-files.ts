import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkKey, exactly, type FileBody, type FileStore } from './file-store.js';

/** Files below one folder. A file appears under its name only when all of it is on the disk. */
export function localFiles(root: string): FileStore {
  const drafts = join(root, '.drafts');
  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'));
  const syncFolder = sharedFolderSync();
  /** Folders known to be on the disk, so that an ordinary write makes none. */
  const made = new Set<string>();

  async function makeFolder(dir: string): Promise<void> {
    if (made.has(dir)) return;
    const first = await mkdir(dir, { recursive: true, mode: 0o700 });
    // Each new name must be on the disk too: the names stand in the folders above.
    for (let at = dir; first && at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
    made.add(dir);
  }

  return {
    async put(key, body) {
      const path = pathOf(key);
      const draft = join(drafts, randomUUID());
      await makeFolder(drafts);
      try {
        await writeDraft(draft, body);
        await makeFolder(dirname(path));
        await rename(draft, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async get(key) {
      const file = await open(pathOf(key)).catch(absent);
      return file?.createReadStream();
    },
    async size(key) {
      const found = await stat(pathOf(key)).catch(absent);
      return found?.isFile() ? found.size : undefined;
    },
    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await syncFolder(dirname(path)).catch(absent);
    },
    async *list(prefix) {
      // Only the folder that the prefix names needs to be walked.
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      for await (const key of filesBelow(root, folder === '' ? '' : checkKey(folder.slice(0, -1)))) {
        if (!key.startsWith(prefix)) continue;
        const found = await stat(pathOf(key)).catch(absent);
        if (found) yield { key, size: found.size };
      }
    },
  };
}

/** Keys of the files in a folder and those below it; drafts begin with a dot and are no files yet. */
async function* filesBelow(root: string, folder: string): AsyncIterable<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(absent);
  for (const entry of entries ?? []) {
    if (entry.name.startsWith('.')) continue;
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, key);
    else if (entry.isFile()) yield key;
  }
}

async function writeDraft(draft: string, body: FileBody): Promise<void> {
  if (body instanceof Uint8Array) {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(body);
      await file.datasync();
    } finally {
      await file.close();
    }
    return;
  }
  await pipeline(
    body.stream,
    exactly(body.size),
    createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }),
  );
}

/**
 * fsync of a folder, shared: writers that come while one runs wait together for a single next one.
 * The disk does about as many of these a second as submissions with photos need.
 */
function sharedFolderSync(): (dir: string) => Promise<void> {
  const waiting = new Map<string, Promise<void>>();
  const running = new Map<string, Promise<void>>();
  return (dir) => {
    const next = waiting.get(dir);
    if (next) return next;
    const before = running.get(dir) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined) // the other writers have been told of their failure
      .then(() => {
        waiting.delete(dir);
        running.set(dir, turn);
        return syncFolderNow(dir);
      })
      .finally(() => {
        if (running.get(dir) === turn) running.delete(dir);
      });
    waiting.set(dir, turn);
    return turn;
  };
}

async function syncFolderNow(dir: string): Promise<void> {
  const folder = await open(dir);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
