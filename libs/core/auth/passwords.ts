import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type PasswordPolicy, passwordFault } from '#rules/password.js';
import { problem } from '#rules/problems.js';

/** OWASP Password Storage Cheat Sheet, argon2id (the package's default): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFC'), COST);

/** A hash nobody knows the password of: an unknown name costs the same time as a wrong password. */
let nobody: Promise<string> | undefined;

/** Whether the password is the one of this hash; takes the same time where there is none. */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const usable = stored?.startsWith('$argon2id$') ? stored : null;
  nobody ??= hashPassword(randomBytes(24).toString('base64url'));
  const same = await verify(usable ?? (await nobody), password.normalize('NFC'));
  return usable !== null && same;
}

/** @throws auth.password_weak (400) naming what the policy asks for */
export function requireStrong(
  password: string,
  user: { username: string; name: string },
  policy: PasswordPolicy,
  pointer: string,
): void {
  const fault = passwordFault(password, [user.username, user.name], policy);
  if (fault === null) return;
  throw problem('auth.password_weak', {
    detail: fault,
    errors: [{ pointer, code: 'password_weak', message: fault }],
  });
}
