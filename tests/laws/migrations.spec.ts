import { readFileSync } from 'node:fs';
import { migrationFiles } from '#platform/migrations.js';
import { packagePath } from '#platform/package-root.js';

describe('the migrations', () => {
  /** As `sha256sum` writes it; a migration is entered when it is delivered. */
  const frozen = readFileSync(packagePath('migrations', 'frozen.sha256'), 'utf8').trimEnd();

  test('one that was delivered is never edited, and none comes before it afterwards', () => {
    const lines = frozen.split('\n');
    const files = migrationFiles().map(({ name, sha256 }) => `${sha256}  ${name}.sql`);
    expect(files.slice(0, lines.length)).toEqual(lines);
  });
});
