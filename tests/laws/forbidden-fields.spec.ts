import type { Document } from '#api/openapi/document.js';
import { tokenFor } from '#testkit/cast.js';
import { startWorld, type World } from '#testkit/world.js';
import { MATRIX } from './access-matrix.js';
import { CAST_OF, type Scene, setScene } from './scene.js';

/** What a client might slip in to become more than it is. */
const FORBIDDEN: Record<string, unknown> = {
  role: 'office_head',
  roles: ['office_head'],
  schoolId: '0190a6e0-0000-7000-8000-000000000001',
  districtId: '0190a6e0-0000-7000-8000-000000000002',
  status: 'closed',
  id: '0190a6e0-0000-7000-8000-000000000003',
  revision: 99,
  isAdmin: true,
};
type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  anyOf?: Schema[];
};
type Json = Record<string, unknown>;
/** A write with a body: one for each action where the body depends on it. */
type Write = { name: string; route: string; action?: string; body: Json; places: Place[] };
/** An object in the body: where it stands, and what its schema names. */
type Place = { pointer: string; known: string[] };

describe('R6: no write takes a field that is not its own', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await startWorld();
    scene = await setScene(world);
  }, 60_000);
  afterAll(() => world.stop());

  test('role, roles, schoolId, districtId, status, id, revision, isAdmin: 0 accepted', async () => {
    const document: Document = (await world.with().get('/openapi.json')).body;
    const writes = writesOf(document);
    expect(writes.length).toBeGreaterThan(60);
    const accepted: string[] = [];
    const vague: string[] = [];
    let tried = 0;
    let pointed = 0;
    for (const write of writes) {
      const { path, token } = await addressed(write);
      for (const { pointer, known } of write.places) {
        for (const [field, value] of Object.entries(FORBIDDEN)) {
          if (known.includes(field)) continue;
          tried += 1;
          const body = structuredClone(write.body);
          at(body, pointer)[field] = value;
          const answer = await world.app.inject({
            method: write.route.split(' ')[0] as 'POST',
            url: `/api/v1${path}`,
            headers: token ? { authorization: `Bearer ${token}` } : {},
            payload: body,
          });
          const about = `${write.name} ${pointer}/${field}: ${answer.statusCode}`;
          const { status, code, errors = [], results } = refusalOf(answer);
          if (answer.statusCode < 300 && !results) accepted.push(about);
          else if (status === 400 && names(errors, `${pointer}/${field}`)) pointed += 1;
          else vague.push(`${about} ${code} ${JSON.stringify(errors)}`);
        }
      }
    }
    expect({ accepted, vague }).toEqual({ accepted: [], vague: [] });
    expect(pointed).toBe(tried);
  });

  /** Where a write goes, and somebody who may do it there. */
  async function addressed({
    route,
    action,
    body,
  }: Write): Promise<{ path: string; token: string | undefined }> {
    const row = MATRIX.find((one) => (action ? one.about === action : one.route === route));
    if (!row) throw new Error(`no row for ${route}`);
    let path = (route.split(' ')[1] ?? '').replace(/\{\w+\}/, () =>
      row.of && row.of !== 'a new id' ? String(scene[row.of]) : '0190a6e0-0000-4000-8000-0000000000aa',
    );
    if (action) {
      const issue = await issueFor(action);
      // Of many issues it is one in the state that the action starts from.
      if (path === '/issues/transitions') body['issueIds'] = [issue];
      else path = `/issues/${issue}/transitions`;
    }
    const who = row.may ?? row.visible ?? row.door;
    if (who === 'public') return { path, token: undefined };
    const role =
      who === 'person' ? 'office_head' : action && who.includes('inspector') ? 'inspector' : who[0];
    const person = CAST_OF[role ?? 'office_head'];
    const { people, districts } = world.cast;
    return { path, token: await tokenFor(world.dataSource.manager, districts.A, people[person]) };
  }

  /** An issue in the state that the action starts from, of the inspection that Wang leads. */
  async function issueFor(action: string): Promise<string> {
    const from: Record<string, string> = {
      resolve_on_site: 'registered',
      issue_notice: 'registered',
      object: 'registered',
      uphold: 'objected',
      accept_objection: 'objected',
      verify: 'close_requested',
      close: 'verified',
      return: 'verified',
      settle_referral: 'referred',
      merge: 'registered',
      withdraw: 'registered',
      close_own: 'registered',
    };
    const made = await world.as('wang').post('/issues', {
      unitId: scene.school,
      category: '作业管理',
      finding: action,
      severity: 'minor',
      inspectionId: scene.inspection,
    });
    await world.dataSource.query(
      `UPDATE issues SET status = $2, due_on = '2026-04-01', extension_pending = $3, recurrence_of = $4, source = $5 WHERE id = $1`,
      [
        made.body.id,
        from[action] ?? 'rectifying',
        /^(grant|refuse)_extension$/.test(action),
        action === 'confirm_recurrence' ? scene.issue : null,
        action === 'close_own' ? 'self_check' : 'visit',
      ],
    );
    return made.body.id;
  }
});

type Error = { pointer: string };
type Refused = { status: number; code: string; errors?: Error[]; results?: object[] };
/** What was refused: the request, or (in bulk) the one issue of it. */
function refusalOf(answer: { statusCode: number; payload: string; json(): unknown }): Refused {
  const body = (answer.payload ? answer.json() : {}) as Json & { results?: { problem?: Refused }[] };
  const one = body.results?.[0]?.problem;
  return one ? { ...one, results: body.results as object[] } : (body as unknown as Refused);
}
const names = (errors: Error[], pointer: string) => errors.some((error) => error.pointer === pointer);

function writesOf(document: Document): Write[] {
  const follow = (schema: Schema): Schema => {
    if (schema.$ref)
      return follow(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] as Schema);
    return schema.allOf?.[0] ? follow(schema.allOf[0]) : schema;
  };
  /** A body that looks valid: every field of the schema, one element in every list. Collects its objects on the way. */
  const sample = (given: Schema, pointer: string, places: Place[]): unknown => {
    const schema = follow(given);
    const options = schema.oneOf ?? schema.anyOf;
    if (options?.[0])
      return sample(options.find((one) => one.type !== 'null') ?? options[0], pointer, places);
    const type = [schema.type].flat()[0];
    const example = schema.example ?? schema.examples?.[0];
    if (schema.properties) {
      places.push({ pointer, known: Object.keys(schema.properties) });
      return Object.fromEntries(
        Object.entries(schema.properties).map(([key, value]) => [
          key,
          sample(value, `${pointer}/${key}`, places),
        ]),
      );
    }
    if (example !== undefined) return example;
    if (schema.enum) return schema.enum[0];
    if (type === 'array') return [sample(schema.items ?? {}, `${pointer}/0`, places)];
    if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1);
    if (type === 'boolean') return false;
    if (type === 'object') return {};
    if (schema.format === 'uuid') return '0190a6e0-0000-4000-8000-0000000000bb';
    if (schema.format === 'date') return '2026-03-20';
    if (schema.format === 'date-time') return '2026-03-10T01:00:00Z';
    if (schema.pattern?.includes('64')) return 'a'.repeat(64);
    if (schema.pattern === '^\\d{4}-\\d{2}$') return '2026-02';
    return '正文';
  };
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]): Write[] => {
      if (method === 'get' || method === 'delete') return [];
      const route = `${method.toUpperCase()} ${path.replace('/api/v1', '')}`;
      const { content } = (operation.requestBody ?? {}) as { content?: Record<string, { schema: Schema }> };
      // A write without a body of its own takes none.
      if (!content) return [{ name: route, route, body: {}, places: [{ pointer: '', known: [] }] }];
      const schema = content['application/json']?.schema;
      if (!schema) return [];
      const variants = follow(schema).oneOf?.map(follow) ?? [follow(schema)];
      return variants.map((variant) => {
        const places: Place[] = [];
        const body = sample(variant, '', places) as Json;
        const action = variant.properties?.['action']?.enum?.[0] as string | undefined;
        return {
          name: action ? `${route} ${action}` : route,
          route,
          body,
          places,
          ...(action ? { action } : {}),
        };
      });
    }),
  );
}

/** The object at a pointer of the body. */
function at(body: Json, pointer: string): Json {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Json>((node, key) => node[key] as Json, body);
}
