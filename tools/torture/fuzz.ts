import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PROBLEMS } from '#rules/problems.js';
import { freePort, Program } from '../bench/harness.js';
import type { Figure } from './main.js';
import { Payloads, type Schema } from './payloads.js';

const WANTED = 10_000;
const CLIENTS = 8;
/** An answer later than this is a hang. */
const PATIENCE = 10_000;
const PASSWORD = 'Torture-2026-fuzz';
const PEOPLE = ['head', 'staff', 'leader', 'zone', 'inspector', 'school', 'auditor', 'sysadmin'];

type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema?: Schema };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

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
    const tokens = [undefined, ...(await Promise.all(PEOPLE.map((name) => login(base, `demo_${name}`))))];
    const payloads = new Payloads(document.components.schemas, await knownIds(base, tokens[2]!));
    const ajv = new Ajv2020({ strict: false, allErrors: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'doc', ...document });
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'parameters')
        .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const found = new Map<string, number>();
    const fault = (text: string) => found.set(text, (found.get(text) ?? 0) + 1);
    let done = 0;
    let accepted = 0;
    const one = async (n: number) => {
      const { path, method, operation } = routes[n % routes.length]!;
      if (/auth\/(logout|password)|users\/\{id\}/.test(path) && method !== 'GET') return; // would end the run's own sessions
      const query = new URLSearchParams();
      let url = path;
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in === 'path')
          url = url.replace(
            `{${parameter.name}}`,
            encodeURIComponent(payloads.parameter(parameter.schema ?? { type: 'string', format: 'uuid' })),
          );
        else if (parameter.in === 'query' && randomInt(3) === 0)
          query.append(parameter.name, payloads.parameter(parameter.schema ?? {}));
      }
      const content = operation.requestBody?.content['application/json'];
      const token = tokens[randomInt(tokens.length)];
      const body = content
        ? JSON.stringify(
            randomInt(3) ? payloads.mutated(content.schema ?? {}) : payloads.valid(content.schema ?? {}),
          )
        : undefined;
      const target = `${base}${url}${query.size ? `?${query}` : ''}`;
      const began = performance.now();
      const answer = await fetch(target, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body !== undefined ? { 'content-type': 'application/json' } : {}),
        },
        ...(body !== undefined ? { body } : {}),
      }).catch((error: Error) => error);
      done++;
      if (answer instanceof Error) {
        fault(
          `${method} ${path}: no answer (${answer.name}) after ${Math.round(performance.now() - began)} ms`,
        );
        return;
      }
      const text = await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      if (answer.status >= 500)
        fault(
          `${method} ${path}: ${answer.status} ${text.slice(0, 200)} for ${(body ?? target).slice(0, 200)}`,
        );
      else if (answer.status >= 400) {
        const problem = type.startsWith('application/problem+json') ? JSON.parse(text) : undefined;
        if (!problem) fault(`${method} ${path}: ${answer.status} is not problem+json`);
        else if (!(problem.code in PROBLEMS)) fault(`${method} ${path}: unknown code ${problem.code}`);
        else if (problem.status !== answer.status)
          fault(`${method} ${path}: status ${problem.status} in an answer ${answer.status}`);
      } else {
        accepted++;
        const documented = operation.responses[String(answer.status)];
        if (!documented) fault(`${method} ${path}: ${answer.status} is not documented`);
        const schema = documented?.content?.['application/json']?.schema;
        if (schema && type.startsWith('application/json') && text) {
          const pointer = `doc#/paths/${path.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}/responses/${answer.status}/content/application~1json/schema`;
          const validate = ajv.getSchema(pointer);
          if (validate && !validate(JSON.parse(text)))
            fault(`${method} ${path}: off the contract: ${ajv.errorsText(validate.errors)}`);
        }
      }
    };
    let next = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        while (done < WANTED) await one(next++);
      }),
    );
    const alive = await fetch(`${base}/healthz`).then((answer) => answer.status);
    for (const [text, count] of [...found].slice(0, 40)) process.stderr.write(`  ${count} × ${text}\n`);
    const total = [...found.values()].reduce((a, b) => a + b, 0);
    return [
      {
        id: 'R4',
        what: `${done} payloads on ${routes.length} routes, ${accepted} accepted`,
        figure: `${total} × 5xx, hang or off the contract`,
        ok: total === 0 && accepted > 500,
      },
      { id: 'R4', what: 'alive afterwards', figure: String(alive), ok: alive === 200 },
    ];
  } finally {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
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

/** Ids of things that are there. */
async function knownIds(base: string, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (const path of [
    'schools',
    'issues',
    'inspections',
    'notices',
    'checklists',
    'circulars',
    'plans',
    'zones',
    'users',
  ]) {
    const answer = await fetch(`${base}/api/v1/${path}?limit=10`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.ok)
      ids.push(...((await answer.json()) as { items: { id: string }[] }).items.map((item) => item.id));
  }
  return ids;
}
