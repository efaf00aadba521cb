import { createHmac, timingSafeEqual } from 'node:crypto';
import { type FileStore, readWhole } from '#platform/files.js';
import { canonicalJson } from '#rules/canonical-json.js';

/**
 * The newest seal of a district as remembered outside the database: what a superuser of the database cannot take back.
 * Where the database was once found behind it (a restored backup, or a cut tail) the break stays noted for good.
 */
export type Head = { n: number; mac: string; breaks: Break[] };

/** Seals after `startsFrom` up to `lostThrough` were gone. Signed off by an operator who had restored a backup, or not (null). */
export type Break = {
  startsFrom: number;
  lostThrough: number;
  foundAt: string;
  acknowledgedAt: string | null;
};

const keyOf = (districtId: string) => `audit/heads/${districtId}.json`;

/** The head; null when there is none yet, 'forged' when the file was not written with our key. */
export async function readHead(
  files: FileStore,
  auditKey: Buffer,
  districtId: string,
): Promise<Head | null | 'forged'> {
  const stream = await files.get(keyOf(districtId));
  if (!stream) return null;
  const text = (await readWhole(stream)).toString();
  try {
    const { signature, ...head } = JSON.parse(text) as Head & { signature: string };
    const expected = sign(auditKey, districtId, head);
    const given = Buffer.from(signature, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected) ? head : 'forged';
  } catch {
    // What cannot even be read was not written by us: files are replaced whole.
    return 'forged';
  }
}

export async function writeHead(
  files: FileStore,
  auditKey: Buffer,
  districtId: string,
  head: Head,
): Promise<void> {
  const signature = sign(auditKey, districtId, head).toString('hex');
  await files.put(keyOf(districtId), Buffer.from(`${JSON.stringify({ ...head, signature })}\n`));
}

function sign(auditKey: Buffer, districtId: string, head: Head): Buffer {
  return createHmac('sha256', auditKey)
    .update(`head|${districtId}|${canonicalJson(head)}`)
    .digest();
}
