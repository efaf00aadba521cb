import { attachmentKey } from '../attachments/store.js';

/**
 * Keys of all stored files that the database promises to whoever asks. Renditions are made again from the original, and the file
 * of an expired export may go at any time: neither is promised.
 */
export async function promisedFiles(ask: (sql: string) => Promise<{ name: string }[]>): Promise<string[]> {
  const attachments = await ask('SELECT DISTINCT sha256 AS name FROM attachments');
  const documents = await ask(
    `SELECT storage_key AS name FROM circular_files
     UNION ALL SELECT storage_key FROM exports WHERE status = 'done' AND storage_key IS NOT NULL`,
  );
  return [...attachments.map(({ name }) => attachmentKey(name)), ...documents.map(({ name }) => name)];
}
