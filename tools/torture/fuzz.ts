import { createHash, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#core/foundation/ids.js';
import { freePort, Program } from '../bench/harness.js';
import { Contract, type Document, type Route } from './contract.js';
import type { Figure } from './figure.js';
import { hostileUpload, Payloads } from './payloads.js';
import { type Call, PASSWORD, type Scene, Scenes } from './scenes.js';

const WANTED = 20_000;
const CLIENTS = 8;
/** An answer later than this is a hang. */
const PATIENCE = 10_000;
const PEOPLE = ['head', 'staff', 'leader', 'zone', 'inspector', 'school', 'auditor', 'sysadmin'];

/** Would end the run's own sessions: only with what was made for it (scenes.ts). */
const ENDS_THE_RUN = /auth\/(logout|password)|(PATCH|DELETE) .*users\/\{id\}/;

/** R4: payloads generated from the served OpenAPI document, valid and mutated, on every route and by every role. */
export async function run(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dudao-fuzz-'));
  const port = await freePort();
  const product = new Program('apps/all/main.js', {
    DATA_DIR: dataDir,
    PORT: String(port),
    DEMO_PASSWORD: PASSWORD,
    LOG_LEVEL: 'fatal',
  });
  const base = `http://127.0.0.1:${port}`;
  try {
    await product.ready(`${base}/readyz`);
    const document = (await (await fetch(`${base}/api/v1/openapi.json`)).json()) as Document;
    const held = await Promise.all(PEOPLE.map((name) => login(base, `demo_${name}`)));
    const tokens = [undefined, ...held];
    const byName = Object.fromEntries(PEOPLE.map((name, i) => [name, held[i]!]));
    const scenes = new Scenes(caller(base, byName), byName, dataDir);
    const waiting = new Map<Route, Scene>();
    const missed = new Map<string, string>();
    const payloads = new Payloads(document.components.schemas, await whatIsThere(base, tokens[1]!));
    const contract = new Contract(document);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'parameters')
        .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const found = new Map<string, number>();
    let done = 0;
    let accepted = 0;
    const opened = new Map<Route, number>();
    const one = async (n: number) => {
      const route = routes[n % routes.length]!;
      const name = `${route.method} ${route.path}`;
      // The run itself may move what a scene is being made from: then it is made at the route's next turn.
      const scene =
        waiting.get(route) ??
        (await scenes.of(name).catch((error: Error) => void missed.set(name, error.message)));
      if (scene) waiting.set(route, scene);
      else if (ENDS_THE_RUN.test(name)) return;
      const set = scene && (ENDS_THE_RUN.test(name) || randomInt(3) > 0) ? scene : undefined;
      const fault = (text: string) => {
        const line = `${name}: ${text}`;
        found.set(line, (found.get(line) ?? 0) + 1);
      };
      const { url, headers, body } = set ? staged(route, set, payloads) : request(route, payloads);
      const token =
        set && (ENDS_THE_RUN.test(name) || randomInt(6)) ? set.token : tokens[randomInt(tokens.length)];
      const began = performance.now();
      const answer = await fetch(`${base}${url}`, {
        method: route.method,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        ...(body !== undefined ? { body } : {}),
      }).catch((error: Error) => error);
      done++;
      if (answer instanceof Error) {
        fault(`no answer (${answer.cause ?? answer.name}) after ${Math.round(performance.now() - began)} ms`);
        return;
      }
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.ok) {
        accepted++;
        opened.set(route, (opened.get(route) ?? 0) + 1);
      }
      // What it took is used up; what it does not take may have been spoilt by the run itself.
      if (set && (answer.ok || randomInt(8) === 0)) waiting.delete(route);
      if (answer.status >= 500)
        fault(
          `${answer.status} ${bytes.toString().slice(0, 200)} for ${url.slice(0, 200)} ${String(body).slice(0, 300)}`,
        );
      else for (const text of contract.faults(route, answer, bytes)) fault(text);
    };
    let next = 0;
    while (done < WANTED) {
      const until = done + WANTED / 10;
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          while (done < until) await one(next++);
        }),
      );
      payloads.known = await whatIsThere(base, tokens[1]!);
    }
    const seldom = [...opened]
      .filter(([, n]) => n < 5)
      .map(([{ method, path }, n]) => `${n} × ${method} ${path}`);
    if (seldom.length) process.stderr.write(`  seldom accepted: ${seldom.join(', ')}\n`);
    const alive = await fetch(`${base}/healthz`).then((answer) => answer.status);
    for (const [text, count] of [...found].slice(0, 40)) process.stderr.write(`  ${count} × ${text}\n`);
    const shut = routes.filter((route) => !opened.has(route)).map(({ method, path }) => `${method} ${path}`);
    for (const name of shut) process.stderr.write(`  nothing accepted: ${name} ${missed.get(name) ?? ''}\n`);
    const total = [...found.values()].reduce((a, b) => a + b, 0);
    return [
      {
        id: 'R4',
        what: `${done} payloads on ${routes.length} routes, ${accepted} accepted`,
        figure: `${total} × 5xx, hang or off the contract`,
        ok: total === 0 && accepted > 500,
      },
      {
        id: 'R4',
        what: 'routes that never took a payload',
        figure: `${shut.length} of ${routes.length}`,
        ok: shut.length === 0,
      },
      { id: 'R4', what: 'alive afterwards', figure: String(alive), ok: alive === 200 },
    ];
  } finally {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Asked = { url: string; headers: Record<string, string>; body: Buffer | string | undefined };

/** A request that the route will take, or that request with one thing wrong. */
function staged(
  { path, method }: Route,
  { params = {}, query, body, type }: Scene,
  payloads: Payloads,
): Asked {
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const url = query ? `${at}?${query}` : at;
  const wrong = randomInt(3) > 0;
  if (Buffer.isBuffer(body)) {
    const headers = { 'content-type': type! };
    return { url, headers, body: wrong ? body.subarray(0, randomInt(body.length)) : body };
  }
  if (body === undefined || method === 'GET') return { url, headers: {}, body: undefined };
  const value = wrong ? payloads.mutate(body) : body;
  return { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** One request to a route: address, headers and body, each sometimes wrong. */
function request({ path, method, operation }: Route, payloads: Payloads): Asked {
  const query = new URLSearchParams();
  // Where a route knows dozens of parameters, some of those tried are always wrong.
  const plain = randomInt(6) === 0;
  let url = path;
  for (const { in: where, name, schema } of operation.parameters ?? []) {
    const noun = name === 'id' ? (path.split('/')[3] ?? '') : name;
    if (where === 'path')
      url = url.replace(`{${name}}`, encodeURIComponent(payloads.parameter(schema ?? ANY_ID, noun)));
    else if (where === 'query' && !plain && randomInt(3) === 0)
      query.append(name, payloads.parameter(schema ?? {}, noun));
  }
  if (randomInt(50) === 0) query.append('__proto__', '1');
  const headers: Record<string, string> = {};
  if (method !== 'GET' && randomInt(5) === 0) headers['idempotency-key'] = KEYS[randomInt(KEYS.length)]!;
  if (randomInt(10) === 0)
    headers[method === 'GET' ? 'if-none-match' : 'if-match'] = TAGS[randomInt(TAGS.length)]!;
  const at = query.size ? `${url}?${query}` : url;
  const content = operation.requestBody?.content;
  if (!content) return { url: at, headers, body: undefined };
  const json = content['application/json'];
  if (!json || randomInt(40) === 0) {
    const { body, type } = hostileUpload();
    return { url: at, headers: { ...headers, 'content-type': type }, body };
  }
  const value = randomInt(3) ? payloads.mutated(json.schema ?? {}) : payloads.valid(json.schema ?? {});
  const text = JSON.stringify(value);
  const body = randomInt(60) ? text : text.slice(0, randomInt(text.length));
  return { url: at, headers: { ...headers, 'content-type': 'application/json' }, body };
}
const ANY_ID = { type: 'string', format: 'uuid' };
const KEYS = ['torture', ' ', 'x'.repeat(300), 'ключ'.normalize().replace(/[^ -~]/g, '\u00ff'), newId()];
const TAGS = ['"x"', '*', 'W/"x"', '"', 'x'.repeat(5000)];

/** Asks as a person of the demo, for what a scene needs; whoever is not of the demo asks without a token. */
function caller(base: string, tokens: Record<string, string>): Call {
  return async <T>(person: string, method: string, path: string, body?: unknown) => {
    const token = tokens[person];
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${person}: ${method} ${path}: ${answer.status} ${bytes}`);
    const json = answer.headers.get('content-type')?.startsWith('application/json');
    return (json ? JSON.parse(bytes.toString()) : bytes) as T;
  };
}

async function login(base: string, username: string): Promise<string> {
  const answer = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`${username}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

/** What is there: ids by noun, codes by the field's name. */
async function whatIsThere(base: string, token: string): Promise<Record<string, string[]>> {
  const known: Record<string, string[]> = { 'api-keys': [] };
  const office = async (path: string, init: RequestInit = {}): Promise<Found> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers };
    const answer = await fetch(`${base}/api/v1/${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<Found>;
  };
  for (const noun of NOUNS) known[noun] = (await office(`${noun}?limit=50`)).items.map(({ id }) => id);
  const items = (await office('checklist-items?limit=200')).items;
  known['itemCode'] = items.map(({ itemCode }) => itemCode);
  known['fromLibrary'] = (await office('checklist-templates')).items.map(({ code }) => code);
  known['idOrCode'] = (await office('schools')).items.map(({ code }) => code);
  const order = JSON.stringify({ kind: 'issues', format: 'csv' });
  known['exports'] = [(await office('exports', { method: 'POST', body: order })).id];
  const sha256 = createHash('sha256').update(PHOTO).digest('hex');
  await office(`attachments/${sha256}`, {
    method: 'PUT',
    body: PHOTO,
    headers: { 'content-type': 'image/png' },
  });
  known['sha256'] = [sha256];
  return known;
}
type Found = { id: string; items: { id: string; code: string; itemCode: string }[] };
/** A whole picture of one point. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const NOUNS = [
  'schools',
  'institutions',
  'departments',
  'issues',
  'inspections',
  'notices',
  'checklists',
  'circulars',
  'plans',
  'zones',
  'users',
];
