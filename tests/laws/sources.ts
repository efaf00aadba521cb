import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '#platform/package-root.js';

export type Source = { path: string; text: string };

/** The TypeScript files below some folders of the repository, without specs; paths from the root. */
export async function sources(...folders: string[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(packageRoot, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const full = join(entry.parentPath, entry.name);
      const path = full.slice(packageRoot.length + 1);
      if (!entry.isFile() || !/\.tsx?$/.test(path) || /\.spec\.tsx?$/.test(path)) continue;
      if (path.includes('node_modules/') || path.startsWith('apps/web/')) continue;
      found.push({ path, text: await readFile(full, 'utf8') });
    }
  }
  return found;
}
