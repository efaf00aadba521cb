import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds package.json, `migrations/` and `data/`: found by walking up, because the same code
 * runs from the sources (tests) and from `dist/` (the product), one level deeper.
 */
export const packageRoot: string = (() => {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`package.json was not found above ${dir}`);
    dir = parent;
  }
  return dir;
})();

/** A path inside the package, e.g. `packagePath('data', 'fonts')`. */
export function packagePath(...parts: string[]): string {
  return join(packageRoot, ...parts);
}
