import { readFileSync } from 'node:fs';
import { packagePath } from '#platform/package-root.js';
import type { LibraryChecklist, LibraryItem, Policy } from '#rules/library.js';
import { validateLibrary } from '#rules/library-check.js';

export type Library = {
  policies: readonly Policy[];
  items: readonly LibraryItem[];
  checklists: readonly LibraryChecklist[];
  itemByCode: ReadonlyMap<string, LibraryItem>;
};

let loaded: Library | undefined;

/**
 * The library of data/library, read once a process: it changes with a release, never while running.
 * @throws Error naming every fault when the data does not hang together, so that a bad edit stops the start
 */
export function library(): Library {
  loaded ??= load();
  return loaded;
}

function load(): Library {
  const { policies } = read<{ policies: Policy[] }>('policies');
  const { items } = read<{ items: LibraryItem[] }>('checklist-items');
  const { checklists } = read<{ checklists: LibraryChecklist[] }>('checklists');
  const faults = validateLibrary(policies, items, checklists);
  if (faults.length) throw new Error(`data/library does not hang together:\n${faults.join('\n')}`);
  return { policies, items, checklists, itemByCode: new Map(items.map((item) => [item.itemCode, item])) };
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(packagePath('data', 'library', `${name}.json`), 'utf8')) as T;
}
