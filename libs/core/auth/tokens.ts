import { createHash, randomBytes } from 'node:crypto';

/** Tokens are random and opaque; only their SHA-256 is stored, so a stolen table opens nothing. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const PREFIX = { access: 'dda_', refresh: 'ddr_', apiKey: 'ddk_' } as const;

/** A new token: its prefix and 256 random bits. */
export const mintToken = (kind: keyof typeof PREFIX): string =>
  `${PREFIX[kind]}${randomBytes(32).toString('base64url')}`;
