import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const keyOf = (secret: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'dudao kept answers 1', 32));

/**
 * Text that holds a secret, for keeping in the database: AES-256-GCM under a key that never enters it. `bound` says what it
 * belongs to; sealed text that was moved elsewhere does not open.
 */
export function seal(text: string, secret: Buffer, bound: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The text; undefined where it was sealed with another key, for something else, or was changed. */
export function unseal(sealed: string, secret: Buffer, bound: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, 12))
      .setAAD(Buffer.from(bound))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    // The one thing that a failed check of the tag says: it is not what was sealed here.
    return undefined;
  }
}
