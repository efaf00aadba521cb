import { randomUUID } from 'node:crypto';
import type { Document } from '#api/openapi/document.js';
import { startWorld, type World } from '#testkit/world.js';

describe('a parameter that a route does not know', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('is refused by every route that reads or writes, by name', async () => {
    const { body: document } = await world.with().get('/openapi.json');
    const routes = Object.entries(document.paths as Document['paths']).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { security?: object[] }>)
        .filter(([method, { security }]) => method !== 'parameters' && security?.length)
        .map(([method]) => ({ method: method.toUpperCase(), path })),
    );
    expect(routes.length).toBeGreaterThan(80);
    const tokens = await Promise.all(
      (['zhao', 'li', 'admin', 'liu'] as const).map((who) => world.token(who)),
    );
    const ignored: string[] = [];
    for (const { method, path } of routes) {
      const url = path
        .replace('{sha256}', 'a'.repeat(64))
        .replace('{year}', '2026')
        .replace('{code}', '370203')
        .replace('{idOrCode}', '3702030001')
        .replace(/\{\w+\}/g, randomUUID());
      const answers = await Promise.all(
        tokens.map((token) =>
          world.app.inject({
            method: method as 'GET',
            url: `${url}?verbose=1`,
            headers: { authorization: `Bearer ${token}` },
          }),
        ),
      );
      // Who may not at all is told that; of the others each is told of the parameter, before anything is looked for.
      const said = answers.filter(({ statusCode }) => statusCode !== 403).map((answer) => answer.json());
      const told = said.every(
        (problem) =>
          problem.code === 'request.invalid' &&
          problem.errors.some(
            (error: { pointer: string; code: string }) =>
              error.pointer === '/verbose' && error.code === 'unknown_field',
          ),
      );
      if (said.length === 0 || !told) ignored.push(`${method} ${path} ${JSON.stringify(said[0])}`);
    }
    expect(ignored).toEqual([]);
  });

  test('also where the answer is in memory; the address without it goes on', async () => {
    const path = '/compliance/schools/3702030001';
    expect((await world.as('qian').get(path)).status).toBe(200);
    const refused = await world.as('qian').get(`${path}?fresh=true`);
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ pointer: '/fresh', code: 'unknown_field', message: '没有这个字段' }],
    ]);
    expect((await world.as('qian').get(`${path}?`)).status).toBe(200);
  });

  test('is let be on public pages, which messengers and probes decorate', async () => {
    for (const path of ['/healthz?probe=1', '/readyz?verbose', '/api/v1/openapi.json?from=singlemessage']) {
      expect([path, (await world.with().get(path)).status]).toEqual([path, 200]);
    }
  });
});
