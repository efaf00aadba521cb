import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/*
 * A backup is a folder that ordinary tools can read:
 *   manifest.json          what is in it; written last, so a folder without one is no backup
 *   tables/NAME.copy.gz    rows of a table in PostgreSQL's COPY text format
 *   files.jsonl            one stored file a line: {key, size, sha256}
 *   files/KEY              the stored files
 *   audit-key              only where the key was made by the program itself (no AUDIT_KEY given)
 */
export interface Manifest {
  format: 1;
  createdAt: string;
  postgres: string;
  /** Migrations of the database that was backed up, oldest first. */
  migrations: { name: string; sha256: string }[];
  tables: BackupTable[];
  sequences: { name: string; value: number; called: boolean }[];
  files: { count: number; bytes: number; sha256: string };
  /** Files that the database names and the store had lost; absent in backups made before this was noted. */
  missing?: string[];
  /** First half of the SHA-256 of the key that sealed the history: tells which key is needed, not the key. */
  auditKey: { fingerprint: string; included: boolean };
}

export interface BackupTable {
  name: string;
  columns: string[];
  rows: number;
  bytes: number;
  /** Of the compressed file. */
  sha256: string;
}

export interface StoredFile {
  key: string;
  size: number;
  sha256: string;
}

/** A backup that cannot be made or used: one line for the person at the terminal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

export function fingerprint(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** Passes bytes on, counts and hashes them. */
export function meter(): { stream: Transform; bytes: () => number; sha256: () => string } {
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, sha256: () => hash.digest('hex') };
}

export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
