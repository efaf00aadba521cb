import { PROBLEMS } from '#rules/problems.js';
import { sources } from './sources.js';

describe('the catalogue of problems', () => {
  test('every code that is thrown stands in it, and every code in it is used', async () => {
    const files = (await sources('apps', 'libs')).filter(({ path }) => path !== 'libs/rules/problems.ts');
    const thrown = new Map<string, string>();
    for (const { path, text } of files) {
      for (const match of text.matchAll(/\bproblem\(\s*'([^']+)'/g)) thrown.set(match[1] as string, path);
    }
    expect([...thrown].filter(([code]) => !(code in PROBLEMS))).toEqual([]);
    const all = files.map(({ text }) => text).join('\n');
    // `request.invalid` is thrown by invalid() in the catalogue's own file.
    const unused = Object.keys(PROBLEMS).filter(
      (code) => code !== 'request.invalid' && !all.includes(`'${code}'`),
    );
    expect(unused).toEqual([]);
  });

  test('titles are Chinese, codes dotted, statuses those of the contract', () => {
    for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z_]+\.[a-z_]+$/);
      expect(title).toMatch(/\p{Script=Han}/u);
      expect([400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 431, 500, 503]).toContain(
        status,
      );
    }
  });
});
