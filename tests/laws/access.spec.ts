import { Reference } from '#api/openapi/reference.js';
import { ROLE_NAMES } from '#rules/actor.js';
import { ISSUE_ACTIONS } from '#rules/issue-lifecycle.js';
import { PERMISSIONS } from '#rules/permissions.js';
import { startWorld, type World } from '#testkit/world.js';
import { sources } from './sources.js';

/** The whole list of what needs no login. Adding to it is a decision, made here. */
const PUBLIC = [
  'GET /api/docs',
  'GET /api/docs/problems',
  'GET /api/v1/openapi.json',
  'GET /api/v1/public/verify/:hash',
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
];
const API = /^\/(api|healthz|readyz|metrics)(\/|$)/;
const SAMPLE = '0190a6e0-0000-7000-8000-000000000001';

describe('every door is locked', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const routes = () =>
    world.app
      .get(Reference)
      .served.filter(({ method, path }) => API.test(path) && !['HEAD', 'OPTIONS'].includes(method))
      .map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));

  test('a stranger is refused with 401 at every route but the public ones, whatever the token', async () => {
    const open: string[] = [];
    for (const { method, path, name } of routes()) {
      const url = path.replace(/:sha256/, 'a'.repeat(64)).replace(/:(\w+)/g, SAMPLE);
      const answers = await Promise.all(
        [{}, { authorization: 'Bearer dda_nobody-knows-this' }, { authorization: 'Basic YTpi' }].map(
          (headers) => world.app.inject({ method: method as 'GET', url, headers }),
        ),
      );
      const statuses = answers.map((answer) => answer.statusCode);
      if (!statuses.every((status) => status === 401)) open.push(name);
      else expect(answers[0]?.json()).toMatchObject({ code: 'auth.required', status: 401 });
    }
    expect(open.sort()).toEqual(PUBLIC);
  });

  test('every permission is asked for somewhere and given to somebody, every role may do something', async () => {
    const text = (await sources('apps', 'libs'))
      .filter(({ path }) => path !== 'libs/rules/permissions.ts')
      .map((file) => file.text)
      .join('\n');
    const names = Object.keys(PERMISSIONS);
    expect(names.filter((name) => !text.includes(`'${name}'`))).toEqual([]);
    for (const [name, roles] of Object.entries(PERMISSIONS)) {
      expect([name, roles.length > 0, new Set(roles).size]).toEqual([name, true, roles.length]);
      expect(roles.filter((role) => !ROLE_NAMES.includes(role))).toEqual([]);
    }
    const able = new Set([
      ...Object.values(PERMISSIONS).flat(),
      ...Object.values(ISSUE_ACTIONS).flatMap((action) => action.may),
    ]);
    expect(ROLE_NAMES.filter((role) => !able.has(role))).toEqual([]);
  });

  test('who administers accounts and keys does no supervision, and who audits changes nothing', () => {
    const of = (role: (typeof ROLE_NAMES)[number]) =>
      Object.entries(PERMISSIONS)
        .filter(([, roles]) => roles.includes(role))
        .map(([name]) => name);
    expect(
      of('system_admin').filter((name) => /^(issue|inspection|circular|notice|export)\./.test(name)),
    ).toEqual([]);
    expect(
      of('auditor').filter((name) => /write|register|issue$|draft$|receive|cancel|manage/.test(name)),
    ).toEqual([]);
  });
});
