import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import S3rver from 's3rver';
import { exactly } from './file-store.js';
import { checkKey, type FileStore, fileBody, openFiles, readWhole } from './files.js';
import { localFiles } from './local-files.js';

const base = mkdtempSync(join(tmpdir(), 'dudao-files-'));
const bucketServer = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: join(base, 's3') });
const s3 = { endpoint: '', region: 'local', bucket: 'dudao', accessKey: 'S3RVER', secretKey: 'S3RVER' };
beforeAll(async () => {
  const { port } = await bucketServer.run();
  s3.endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await bucketServer.close();
  rmSync(base, { recursive: true, force: true });
});

const stores: [string, () => Promise<FileStore>][] = [
  ['a folder', () => openFiles({ dataDir: join(base, 'local'), s3: undefined })],
  ['an object store', () => openFiles({ dataDir: base, s3 })],
];
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
async function keys(store: FileStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, size } of store.list(prefix)) found.push(`${key} ${size}`);
  return found.sort();
}

describe.each(stores)('files in %s', (_name, open) => {
  let store: FileStore;
  beforeAll(async () => {
    store = await open();
  });

  test('bytes and streams come back as they went in', async () => {
    const bytes = randomBytes(300_000);
    await store.put('attachments/ab/one', bytes);
    await store.put('attachments/ab/two', { stream: Readable.from([bytes, bytes]), size: 600_000 });
    const copy = join(base, 'copy.bin');
    writeFileSync(copy, bytes);
    await store.put('exports/three.csv', await fileBody(copy));
    expect(hash(await readWhole((await store.get('attachments/ab/one'))!))).toBe(hash(bytes));
    expect(await store.size('attachments/ab/two')).toBe(600_000);
    expect(hash(await readWhole((await store.get('exports/three.csv'))!))).toBe(hash(bytes));
    expect(await keys(store, 'attachments/')).toEqual([
      'attachments/ab/one 300000',
      'attachments/ab/two 600000',
    ]);
  });

  test('what is not there is undefined, and deleting it is fine', async () => {
    expect(await store.get('attachments/none')).toBe(undefined);
    expect(await store.size('attachments/none')).toBe(undefined);
    await store.delete('attachments/none');
    await store.put('attachments/gone', Buffer.from('x'));
    await store.delete('attachments/gone');
    expect(await store.size('attachments/gone')).toBe(undefined);
  });

  test('a second writing replaces the first as a whole', async () => {
    await store.put('attachments/twice', Buffer.from('the longer first text'));
    await store.put('attachments/twice', Buffer.from('second'));
    expect(String(await readWhole((await store.get('attachments/twice'))!))).toBe('second');
  });

  test('a stream that ends early or runs over is an error', async () => {
    await expect(
      store.put('cut/short', { stream: Readable.from([Buffer.alloc(10)]), size: 11 }),
    ).rejects.toThrow();
    await expect(
      store.put('cut/long', { stream: Readable.from([Buffer.alloc(12)]), size: 11 }),
    ).rejects.toThrow();
  });

  test('no name leads out of the store', async () => {
    for (const key of [
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      '.hidden',
      'a/.b',
      'A',
      'a\\b',
      'a\0b',
      '',
      'a/',
      '文',
    ]) {
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(/not a file key/);
      await expect(store.get(key)).rejects.toThrow(/not a file key/);
    }
  });

  test('many writers at once to one folder all arrive', async () => {
    const many = Array.from({ length: 40 }, (_, n) => `many/f${n}`);
    await Promise.all(many.map((key) => store.put(key, Buffer.from(key))));
    expect(await keys(store, 'many/')).toHaveLength(40);
  });
});

test('files and folders of the local store are readable by their owner alone, and no draft is left', async () => {
  const root = join(base, 'private');
  const store = localFiles(root);
  await store.put('a/b', Buffer.from('x'));
  await expect(store.put('a/c', { stream: Readable.from([Buffer.alloc(1)]), size: 2 })).rejects.toThrow();
  expect(statSync(join(root, 'a')).mode & 0o077).toBe(0);
  expect(statSync(join(root, 'a', 'b')).mode & 0o077).toBe(0);
  // That nothing of a broken upload is kept is the object store's own promise; here it is ours.
  expect(await keys(store, '')).toEqual(['a/b 1']);
  expect(readdirSync(join(root, '.drafts'))).toEqual([]);
  await store.delete('a/b');
  expect(existsSync(join(root, 'a', 'b'))).toBe(false);
});

test('wrong object store keys stop the start and name the variable', async () => {
  await expect(openFiles({ dataDir: base, s3: { ...s3, accessKey: 'nobody' } })).rejects.toThrow(
    /S3_ACCESS_KEY/,
  );
});

test('the counting stream passes exactly what was announced', async () => {
  expect(await readWhole(Readable.from([Buffer.from('abc')]).pipe(exactly(3)))).toEqual(Buffer.from('abc'));
  expect(checkKey('a/b-c_d.e')).toBe('a/b-c_d.e');
});
