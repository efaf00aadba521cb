import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '#platform/config.js';
import { secretFile } from '#platform/secrets.js';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The one password of the demo accounts: DEMO_PASSWORD, else made at the first start and kept beside the other secrets. */
export const demoPassword = (config: Pick<Config, 'dataDir' | 'demoPassword'>): string =>
  config.demoPassword ??
  secretFile(join(config.dataDir, 'secrets', 'demo-password'), () => {
    const word = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    return `Demo-${word()}-${word()}-${word()}`;
  });
