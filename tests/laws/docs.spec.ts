import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packagePath } from '#platform/package-root.js';
import { sources } from './sources.js';

/** Made by a build or a run: named in the documentation, not kept in the repository. */
const MADE = /^(dist|node_modules|\.data|coverage)(\/|$)/;

describe('the documentation', () => {
  const pages: { path: string; text: string }[] = [];
  let scripts: Record<string, string>;
  beforeAll(async () => {
    const docs = await readdir(packagePath('docs'), { recursive: true });
    const paths = [
      'README.md',
      ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
    ];
    for (const path of paths) pages.push({ path, text: await readFile(packagePath(path), 'utf8') });
    scripts = JSON.parse(await readFile(packagePath('package.json'), 'utf8')).scripts;
  });

  test('every npm script that is named exists', () => {
    const unknown: string[] = [];
    for (const { path, text } of pages) {
      for (const match of text.matchAll(/\bnpm run (?:--?\w+ )*([a-z][\w:-]*)/g)) {
        if (!((match[1] as string) in scripts)) unknown.push(`${path}: npm run ${match[1]}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  test('every path that is named exists', () => {
    const lost: string[] = [];
    for (const { path, text } of pages) {
      for (const named of paths(text)) {
        const here = packagePath(dirname(path), named);
        if (!MADE.test(named) && !existsSync(packagePath(named)) && !existsSync(here))
          lost.push(`${path}: ${named}`);
      }
    }
    expect(lost).toEqual([]);
  });

  test('every file that a comment names exists', async () => {
    const folders = ['apps', 'libs', 'data', 'docs', 'migrations', 'tests', 'tools'];
    const there: string[] = ['/README.md', '/package.json'];
    for (const folder of folders) {
      for (const name of await readdir(packagePath(folder), { recursive: true }))
        there.push(`/${folder}/${name}`);
    }
    const lost: string[] = [];
    for (const { path, text } of await sources('apps', 'libs', 'tests', 'tools')) {
      const comments = text.match(/\/\*\*[\s\S]*?\*\/|(?<=^\s*)\/\/.*$/gm) ?? [];
      for (const [named] of comments
        .join('\n')
        .matchAll(/(?<![\w/.-])[\w-][\w./-]*\.(?:ts|md|json|sql)\b/g)) {
        if (!there.some((file) => file.endsWith(`/${named}`))) lost.push(`${path}: ${named}`);
      }
    }
    expect(lost).toEqual([]);
  });

  test('no script runs a file that is not there', () => {
    const lost: string[] = [];
    for (const [name, command] of Object.entries(scripts)) {
      for (const match of command.matchAll(/(?:^|\s)(?:dist\/)((?:apps|tools|libs|tests)\/[\w/.-]+)\.js/g)) {
        if (!existsSync(packagePath(`${match[1]}.ts`))) lost.push(`${name}: ${match[1]}.ts`);
      }
    }
    expect(lost).toEqual([]);
  });
});

/** Paths between backquotes and in links; with a glob, an ellipsis or a placeholder in it, the part before that. */
function paths(text: string): string[] {
  const ROOMS = /^(apps|libs|data|migrations|docs|tests|tools|deploy)\/|^[\w-]+\.(md|yml|yaml|mjs|cjs)$/;
  const quoted = [...text.matchAll(/`([^`\s]+)`/g), ...text.matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)];
  return quoted
    .map((match) => (match[1] as string).replace(/[*<{…:].*$/, '').replace(/\.\.\.$/, ''))
    .map((named) => named.replace(/\/[^/]*$/, (last) => (named.endsWith('/') ? '' : last)))
    .filter((named) => ROOMS.test(named));
}
