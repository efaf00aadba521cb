import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#platform/config.js';
import { secretFile } from '#platform/secrets.js';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

const fileOf = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'secrets', 'demo-password');

/**
 * The one password of the demo accounts: DEMO_PASSWORD, else made and kept beside the other secrets. To be asked only where the
 * accounts are made: elsewhere a new one would open nothing.
 */
export const demoPassword = (config: Pick<Config, 'dataDir' | 'demoPassword'>): string =>
  config.demoPassword ??
  secretFile(fileOf(config), () => {
    const word = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    return `Demo-${word()}-${word()}-${word()}`;
  });

/** The file with the password that was made here; undefined where none was, as after a restore. */
export const demoPasswordFile = (config: Pick<Config, 'dataDir'>): string | undefined =>
  existsSync(fileOf(config)) ? fileOf(config) : undefined;
