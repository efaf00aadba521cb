import { STATUS_CODES } from 'node:http';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ROLES } from '#rules/actor.js';
import { PERMISSIONS } from '#rules/permissions.js';
import { PROBLEMS } from '#rules/problems.js';
import { ACCESS, type Access, KEYED, NO_TRANSACTION } from '../http/route.js';
import { CHAPTERS, OTHER_CHAPTER, ROUTE_NOTES } from './summaries.js';
import { to31 } from './to-31.js';

const BASE = '/api/v1';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: object[];
  requestBody?: { content?: Record<string, { schema?: object }> };
  responses: Record<string, { description: string; content?: object; headers?: object } | { $ref: string }>;
  security?: object[];
};
export type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses?: object; [kind: string]: unknown };
  [key: string]: unknown;
};

/** `GET /issues/{id}`: the key of ROUTE_NOTES. */
export const routeKey = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.startsWith(BASE) ? path.slice(BASE.length) : path}`;

/** The OpenAPI 3.1 document of what this application serves: the controllers' decorators, the tables, nothing else. */
export function buildDocument(app: INestApplication, controllers: readonly Type[]): Document {
  const about = new DocumentBuilder()
    .setTitle('区县教育督导平台接口')
    .setDescription(ABOUT)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: '登录所得访问令牌，或接口密钥 ddk_…' })
    .build();
  const made: OpenAPIObject = SwaggerModule.createDocument(app, about, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  const document = to31(made) as Document;
  document.openapi = '3.1.0';
  const faces = facesByOperation(controllers);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (operation) complete(operation, method, path, faces.get(operation.operationId));
    }
  }
  document.components.schemas['Problem'] = PROBLEM_SCHEMA;
  document.components.responses = Object.fromEntries(
    PROBLEM_STATUSES.map((status) => [`Problem${status}`, problemResponse(status)]),
  );
  document['tags'] = [...new Set([...Object.values(CHAPTERS), OTHER_CHAPTER])].map((name) => ({ name }));
  return document;
}

/** What stands on the handler's face: who may, and whether a repeat is known by its key. */
type Face = { access: Access; keyed: boolean };
function facesByOperation(controllers: readonly Type[]): Map<string, Face> {
  const found = new Map<string, Face>();
  for (const controller of controllers) {
    for (const name of Object.getOwnPropertyNames(controller.prototype)) {
      const handler: unknown = controller.prototype[name];
      if (typeof handler !== 'function') continue;
      const access: Access | undefined =
        Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
      const keyed = Reflect.getMetadata(KEYED, handler) || !Reflect.getMetadata(NO_TRANSACTION, handler);
      if (access) found.set(`${controller.name}.${name}`, { access, keyed });
    }
  }
  return found;
}

/** What the decorators do not say: words, who may, headers, and every way to fail. */
function complete(operation: Operation, method: string, path: string, face: Face | undefined): void {
  const access = face?.access;
  const note = ROUTE_NOTES[routeKey(method, path)];
  const reading = method === 'get';
  operation.summary = note?.summary ?? operation.summary ?? operation.operationId;
  operation.description = [operation.description, whoMay(access)].filter(Boolean).join('\n\n');
  operation.tags = [chapterOf(path)];
  operation.security = access?.kind === 'public' ? [] : [{ bearer: [] }];
  operation.parameters = [
    ...((operation.parameters ?? []) as Parameter[]).map((one) =>
      one.in === 'path' && PATH_SCHEMAS[one.name] ? { ...one, schema: PATH_SCHEMAS[one.name] } : one,
    ),
    ...headers(reading, face),
  ];

  // Only a form has fields: a file that is the body itself is its bytes, which one decorator for all types cannot say.
  for (const [type, body] of Object.entries(operation.requestBody?.content ?? {})) {
    if (type !== 'multipart/form-data' && type !== 'application/json') body.schema = BYTES;
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if ('$ref' in response) continue;
    response.description ||= SUCCESS[status] ?? STATUS_CODES[Number(status)] ?? status;
    if (note?.produces && status === '200' && !response.content) {
      response.content = { [note.produces]: { schema: BYTES } };
    }
  }
  if (reading && (!note?.produces || note.tagged)) {
    operation.responses['304'] = { description: '与 If-None-Match 所示相同，未修改' };
  }
  for (const status of failures(reading, path, operation, access, note?.also ?? [])) {
    operation.responses[String(status)] ??= { $ref: `#/components/responses/Problem${status}` };
  }
}

type Parameter = { name: string; in: string };
/** What the pipes of path parameters demand, which Nest's decorators do not tell. */
const PATH_SCHEMAS: Record<string, object> = {
  id: { type: 'string', format: 'uuid' },
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  key: { type: 'string', minLength: 1, maxLength: 400 },
  hash: { type: 'string', pattern: '^[0-9a-fA-F]{16,64}$' },
  year: { type: 'integer', minimum: 1900, maximum: 2999 },
};

function chapterOf(path: string): string {
  const first = path.startsWith(BASE) ? path.slice(BASE.length + 1).split('/')[0] : undefined;
  return (first && CHAPTERS[first]) ?? OTHER_CHAPTER;
}

function whoMay(access: Access | undefined): string {
  if (!access || access.kind === 'public') return '无需登录。';
  if (access.kind === 'person') return '任何已登录人员。';
  const roles = PERMISSIONS[access.permission].map((role) => ROLES[role]).join('、');
  const scope = access.scope ? `；接口密钥须有 \`${access.scope}\`` : '';
  return `权限 \`${access.permission}\`：${roles}${scope}。所见所办限于本人管辖范围。`;
}

function headers(reading: boolean, face: Face | undefined): object[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength: 200 },
  });
  if (face?.access.kind === 'public') return [];
  if (reading) return [header('If-None-Match', '已有内容的 ETag')];
  return [
    ...(face?.keyed ? [header('Idempotency-Key', '幂等键：重复提交得到第一次的答复，保存 30 天')] : []),
    header('If-Match', '所依据内容的 ETag；已被他人更新时拒绝'),
  ];
}

function failures(
  reading: boolean,
  path: string,
  operation: Operation,
  access: Access | undefined,
  also: readonly number[],
): number[] {
  const open = access?.kind === 'public';
  return [
    400,
    ...(open && !path.includes('{') ? [] : [404]),
    ...(open && reading ? [] : [429]),
    ...(open ? [] : [401, 403]),
    ...(reading ? [] : [409, 412, 422]),
    ...(operation.requestBody ? [413, 415] : []),
    ...(open && !reading ? [401, 403] : []),
    408,
    431,
    500,
    503,
    ...also,
  ].sort((a, b) => a - b);
}

const BYTES = { type: 'string', contentMediaType: 'application/octet-stream' };
const SUCCESS: Record<string, string> = {
  200: '成功',
  201: '已建立',
  202: '已受理，后台办理；见 Location',
  204: '成功，无内容',
};
const PROBLEM_STATUSES = [...new Set(Object.values(PROBLEMS).map(({ status }) => status))].sort(
  (a, b) => a - b,
);

function problemResponse(status: number): object {
  const codes = Object.entries(PROBLEMS)
    .filter(([, problem]) => problem.status === status)
    .map(([code, { title }]) => `\`${code}\` ${title}`);
  return {
    description: codes.join('；'),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: '秒' } } }
      : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const PROBLEM_SCHEMA = {
  type: 'object',
  description: '错误（RFC 9457）。除下列各项外可带该错误特有的内容。',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', description: '错误说明的地址' },
    title: { type: 'string', description: '是什么错误' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS), description: '稳定的错误代码' },
    detail: { type: 'string', description: '怎么办' },
    instance: { type: 'string', description: '请求编号' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: { type: 'string', description: '指向有误字段的 JSON 指针' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
  },
  additionalProperties: true,
};

const ABOUT = `JSON，UTF-8；时刻为 ISO 8601 UTC，日期为本地日期 \`YYYY-MM-DD\`。出错一律为 \`application/problem+json\`，错误代码见 [/api/docs/problems](/api/docs/problems)。

列表用 \`limit\`（默认 50，最多 200）与 \`cursor\` 翻页，末页 \`nextCursor\` 为空。未列出的字段会被拒绝，而不是忽略。`;
