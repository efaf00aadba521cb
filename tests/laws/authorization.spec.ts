import { randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { Reference } from '#api/openapi/reference.js';
import { tokenFor } from '#testkit/cast.js';
import { startWorld, type World } from '#testkit/world.js';
import { MATRIX, type Row } from './access-matrix.js';
import { type Asker, gatherAskers, MARK, type Scene, setScene } from './scene.js';

const API = /^\/(api|healthz|readyz|metrics)(\/|$)/;
const EVERYWHERE = ['office_head', 'office_staff', 'bureau_leader'];
const named = ({ route, about }: Row) => (about ? `${route} (${about})` : route);

/** What the table decides for one who asks: let in, or refused with this status. */
function decided(row: Row, { role, place, standing, scopes }: Asker): 'in' | 400 | 401 | 403 | 404 {
  if (row.door === 'public') return 'in';
  if (standing === 'anonymous' || standing === 'disabled' || standing === 'expired') return 401;
  const unseen = row.unseen ?? 404;
  const beyond = place === 'other district' && row.on !== 'open';
  if (standing === 'client') {
    if (!row.scope || !scopes?.includes(row.scope)) return 403;
    return beyond ? unseen : (row.client ?? 'in');
  }
  if (row.door === 'person') return 'in';
  if (standing === 'must change password' || !role || !row.door.includes(role)) return 403;
  if (beyond) return unseen;
  if (row.on === 'unit' || row.on === 'whole') {
    const wide = EVERYWHERE.includes(role) || row.alsoEverywhere?.includes(role);
    if (role === 'system_admin' ? !wide : !wide && place !== 'own') return unseen;
  }
  if (row.on !== 'open' && row.visible && !row.visible.includes(role)) return 404;
  return row.may && !row.may.includes(role) ? 403 : 'in';
}

describe('R5: every route × role × place is decided and so answered', () => {
  let world: World;
  let scene: Scene;
  let askers: Asker[];
  beforeAll(async () => {
    world = await startWorld();
    scene = await setScene(world);
    askers = await gatherAskers(world);
  }, 60_000);
  afterAll(() => world.stop());

  async function ask(row: Row, { token, userId }: Asker) {
    const [method = '', template = ''] = row.route.split(' ');
    const path = template
      .replace(/\{\w+\}/, () => (row.of === 'a new id' ? randomUUID() : String(scene[row.of as keyof Scene])))
      .replace(/\{\w+\}/, () => String(row.at));
    // Logging out ends the session: it is that of this question alone.
    const bearer = userId && path === '/auth/logout' && token ? await spare(userId) : token;
    const options: InjectOptions = {
      method: method as 'GET',
      url: `${API.test(path) ? '' : '/api/v1'}${path}${row.query ? `?${row.query}` : ''}`,
      headers: {
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        // What honours it changes nothing, so that everybody meets the same state.
        ...(method === 'GET' ? {} : { 'if-match': '"another-state"' }),
        ...(row.file ? { 'content-type': row.file } : {}),
      },
    };
    if (row.file) options.payload = 'no such file';
    else if (row.body || method !== 'GET') options.payload = row.body?.(scene) ?? {};
    if (method === 'DELETE') delete options.payload;
    return world.app.inject(options);
  }
  async function spare(userId: string): Promise<string> {
    const [{ district, gone }] = await world.dataSource.query(
      `SELECT u.district_id AS district, u.disabled_at IS NOT NULL OR EXISTS (SELECT 1 FROM sessions s
         WHERE s.user_id = u.id AND s.expires_at < '2026-03-10') AS gone FROM users u WHERE u.id = $1`,
      [userId],
    );
    return gone ? 'dda_no-longer-anybodys' : tokenFor(world.dataSource.manager, district, userId);
  }

  test('the table has a row for every route, and a route for every row', () => {
    const served = world.app
      .get(Reference)
      .served.filter(({ method, path }) => API.test(path) && !['HEAD', 'OPTIONS'].includes(method))
      .map(({ method, path }) => `${method} ${path.replace('/api/v1', '').replace(/:(\w+)/g, '{$1}')}`);
    const rows = [...new Set(MATRIX.map(({ route }) => route))];
    expect({
      withoutRow: served.filter((route) => !rows.includes(route)),
      withoutRoute: rows.filter((route) => !served.includes(route)),
    }).toEqual({ withoutRow: [], withoutRoute: [] });
    expect(new Set(MATRIX.map(named)).size).toBe(MATRIX.length);
  });

  test.each(MATRIX.map((row) => [named(row), row] as const))('%s', async (_, row) => {
    const wrong: string[] = [];
    for (const asker of askers) {
      const expected = decided(row, asker);
      const answer = await ask(row, asker);
      const status = answer.statusCode;
      const fine =
        expected === 'in'
          ? status < 300 || [409, 412, 415, 422, ...(row.also ?? [])].includes(status)
          : status === expected;
      if (!fine)
        wrong.push(`${asker.name}: decided ${expected}, answered ${status} ${answer.payload.slice(0, 120)}`);
      const foreign = asker.place === 'other district' || asker.standing === 'anonymous';
      const secrets = foreign ? [MARK, '明德小学', scene.issue, scene.submitted] : [MARK];
      const blind = foreign || (asker.place === 'elsewhere' && !row.route.includes('/circulars'));
      if (blind && secrets.some((secret) => answer.payload.includes(secret)))
        wrong.push(`${asker.name}: reads what is not theirs`);
    }
    expect(wrong).toEqual([]);
  });
});
