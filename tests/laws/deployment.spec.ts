import { readFile } from 'node:fs/promises';
import { packagePath } from '#platform/package-root.js';

/** How the interface is started: what was measured must be what runs, wherever it is started from. */
test('every way to start the interface gives Node the same flags', async () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(await read('package.json'));
  const flags = scripts['start:api']!.split(' ').filter((word) => word.startsWith('--'));
  expect(flags.length).toBeGreaterThan(0);
  const quoted = flags.map((flag) => `"${flag}"`).join(', ');
  expect(await read('Dockerfile')).toContain(`${quoted}, "dist/apps/api/main.js"`);
  expect(await read('docker-compose.yml')).toContain(`${flags.join(', ')}, dist/apps/api/main.js`);
  expect(await read('apps/all/main.ts')).toContain(`flags: [${quoted.replaceAll('"', "'")}]`);
});

const read = (path: string): Promise<string> => readFile(packagePath(path), 'utf8');
