import { CONTROLLERS } from '#api/controllers.js';
import { ACCESS } from '#api/http/route.js';
import { type Document, routeKey } from '#api/openapi/document.js';
import { Reference } from '#api/openapi/reference.js';
import { ROUTE_NOTES } from '#api/openapi/summaries.js';
import { PROBLEMS } from '#rules/problems.js';
import { startWorld, type World } from '#testkit/world.js';
import { sources } from './sources.js';

/** Served by Fastify and not by the API: the web application's files. */
const NOT_API = (path: string) =>
  !/^\/(api|healthz|readyz|metrics)(\/|$)/.test(path) || path === '/api/*' || path === '/api/v1/*';

describe('the OpenAPI document is what the server serves', () => {
  let world: World;
  let document: Document;
  let documented: { route: string; operation: Document['paths'][string][string] }[];
  beforeAll(async () => {
    world = await startWorld();
    document = (await world.with().get('/openapi.json')).body;
    documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        route: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
  });
  afterAll(() => world.stop());

  test('every route that is served is documented, and the other way round', () => {
    const served = world.app
      .get(Reference)
      .served.filter(({ method, path }) => !['HEAD', 'OPTIONS'].includes(method) && !NOT_API(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(served.length).toBeGreaterThan(10);
    expect(documented.map((one) => one.route).sort()).toEqual([...new Set(served)].sort());
  });

  test('a form has fields, a file that is the body itself is its bytes', () => {
    const bodies = documented.flatMap(({ route, operation }) =>
      Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => ({
        route,
        type,
        schema,
      })),
    );
    const files = bodies.filter(({ type }) => !['application/json', 'multipart/form-data'].includes(type));
    expect(files.map(({ route, type }) => `${route} ${type}`)).toEqual(
      expect.arrayContaining([
        'POST /api/v1/schools/import text/csv',
        expect.stringMatching(/^POST \/api\/v1\/checklists\/import .*sheet$/),
      ]),
    );
    for (const { schema } of files) expect(schema).toMatchObject({ type: 'string' });
    const forms = bodies.filter(({ type }) => type === 'multipart/form-data');
    for (const { schema } of forms) expect(schema).toHaveProperty('properties.file');
  });

  test('every route has its row in the table of summaries, and the other way round', () => {
    const routes = documented.map(({ route }) => {
      const [method = '', path = ''] = route.split(' ');
      return routeKey(method, path);
    });
    expect(routes.filter((route) => !ROUTE_NOTES[route])).toEqual([]);
    expect(Object.keys(ROUTE_NOTES).filter((route) => !routes.includes(route))).toEqual([]);
  });

  test('every handler has an access rule on its face, and the document repeats it', () => {
    const unruled: string[] = [];
    for (const controller of CONTROLLERS) {
      for (const name of Object.getOwnPropertyNames(controller.prototype)) {
        const handler = controller.prototype[name];
        if (name === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler))
          continue;
        const access = Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
        if (!access) unruled.push(`${controller.name}.${name}`);
        else {
          const found = documented.find(
            ({ operation }) => operation.operationId === `${controller.name}.${name}`,
          );
          expect([
            `${controller.name}.${name}`,
            found && (found.operation.security?.length === 0 ? 'public' : 'closed'),
          ]).toEqual([`${controller.name}.${name}`, access.kind === 'public' ? 'public' : 'closed']);
        }
      }
    }
    expect(unruled).toEqual([]);
  });

  test('it is a document of OpenAPI 3.1 whose references all lead somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const lost: string[] = [];
    const old: string[] = [];
    walk(document, '', (value, at) => {
      const ref = value['$ref'];
      if (typeof ref === 'string') {
        const target = ref
          .slice(2)
          .split('/')
          .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
        if (!ref.startsWith('#/') || target === undefined) lost.push(`${at} → ${ref}`);
      }
      if ('nullable' in value && !at.endsWith('/properties')) old.push(at);
    });
    expect({ lost, old }).toEqual({ lost: [], old: [] });
    expect(new Set(documented.map((one) => one.operation.operationId)).size).toBe(documented.length);
  });

  test('no two shapes share a name: the second would take the place of the first', async () => {
    const names = (await sources('apps/api')).flatMap(({ text }) =>
      [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)].map((match) => match[1]),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('path parameters are those of the path', () => {
    for (const { route, operation } of documented) {
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const named = ((operation.parameters ?? []) as { in: string; name: string }[])
        .filter((one) => one.in === 'path')
        .map((one) => one.name);
      expect([route, named.sort()]).toEqual([route, inPath.sort()]);
    }
  });

  test('every success has a schema, every failure is a problem', () => {
    const bare: string[] = [];
    for (const { route, operation } of documented) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const about = `${route} ${status}`;
        if (Number(status) >= 400) {
          const ready = route === 'GET /readyz' && status === '503';
          if (!ready && !('$ref' in response)) bare.push(about);
          continue;
        }
        if (status === '204' || status === '304') continue;
        const content = 'content' in response ? Object.values(response.content ?? {}) : [];
        if (content.length === 0 || content.some((one) => !(one as { schema?: object }).schema))
          bare.push(about);
      }
      if (!Object.keys(operation.responses).some((status) => /^2/.test(status))) bare.push(`${route} 2xx`);
      if (/^(POST|PUT|PATCH)/.test(route) && operation.requestBody) {
        const content = (operation.requestBody as { content: Record<string, { schema?: object }> }).content;
        if (Object.values(content).some((one) => !one.schema)) bare.push(`${route} body`);
      }
    }
    expect(bare).toEqual([]);
  });

  test('the reference and the list of problems read without any connection', async () => {
    const page = await world.with().get('/api/docs');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { operation } of documented) expect(page.text).toContain(operation.summary);
    for (const url of ['/', '/api/docs/']) {
      const bare = await world.app.inject({ url });
      expect([bare.statusCode, bare.headers['location']]).toEqual([302, '/api/docs']);
    }
    // An id that was left empty is not the list.
    expect((await world.as('zhao').get('/zones/')).body.code).toBe('request.not_found');
    expect(page.text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    const problems = await world.with().get('/api/docs/problems');
    for (const code of Object.keys(PROBLEMS)) expect(problems.text).toContain(`id="${code}"`);
  });
});

function walk(value: unknown, at: string, visit: (value: Record<string, unknown>, at: string) => void): void {
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) walk(one, `${at}/${i}`, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  visit(value as Record<string, unknown>, at);
  for (const [key, one] of Object.entries(value)) walk(one, `${at}/${key}`, visit);
}
