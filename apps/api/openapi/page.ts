import { STATUS_CODES } from 'node:http';
import { PROBLEMS } from '#rules/problems.js';
import type { Document } from './document.js';

type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
};
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Content = Record<string, { schema?: Schema }>;
type Operation = Document['paths'][string][string];

/** The reference as one page without scripts: it reads and prints without any connection. */
export function referencePage(document: Document): string {
  const chapters = new Map<string, string[]>();
  const index = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const chapter = operation.tags?.[0] ?? '';
      const id = `${method}-${path}`;
      push(chapters, chapter, route(id, method, path, operation));
      push(
        index,
        chapter,
        `<li><a href="#${text(id)}"><b>${method.toUpperCase()}</b> ${text(path)}</a> ${text(operation.summary)}</li>`,
      );
    }
  }
  const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return page(
    '接口参考',
    [
      '<h1>区县教育督导平台接口参考</h1>',
      '<p>机器可读的完整描述：<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>（OpenAPI 3.1）。错误代码：<a href="/api/docs/problems">/api/docs/problems</a>。</p>',
      '<p>时刻为 ISO 8601 UTC，日期为本地日期。出错一律为 application/problem+json。列表用 limit 与 cursor 翻页。未列出的字段会被拒绝。</p>',
      ...[...index].map(([name, rows]) => `<h3>${text(name)}</h3><ul class="index">${rows.join('')}</ul>`),
      ...[...chapters].map(([name, routes]) => `<h2>${text(name)}</h2>${routes.join('')}`),
      '<h2>数据结构</h2>',
      ...schemas.map(
        ([name, schema]) =>
          `<section id="schema-${text(name)}"><h3>${text(name)}</h3>${describe(schema as Schema)}</section>`,
      ),
    ].join('\n'),
  );
}

/** Every problem code, each at the anchor that the `type` of its answers names. */
export function problemsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      `<tr id="${text(code)}"><td><code>${text(code)}</code></td><td>${status}</td><td>${text(title)}</td></tr>`,
  );
  return page(
    '错误代码',
    `<h1>错误代码</h1><p>每个错误都带 <code>code</code>；<code>detail</code> 说明怎么办。代码一经使用不再改作他用。<a href="/api/docs">接口参考</a></p>
<table><tr><th>代码</th><th>状态</th><th>含义</th></tr>${rows.join('\n')}</table>`,
  );
}

function route(id: string, method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []) as Parameter[];
  const body = operation.requestBody as { content?: Content } | undefined;
  return `<section id="${text(id)}"><h3><span class="method">${method.toUpperCase()}</span> <code>${text(path)}</code></h3>
<p><b>${text(operation.summary)}</b></p><p>${text(operation.description)}</p>
${parameters.length ? `<table><tr><th>参数</th><th>位置</th><th>类型</th><th>说明</th></tr>${parameters.map(parameterRow).join('')}</table>` : ''}
${body?.content ? `<p>请求内容：${contents(body.content)}</p>` : ''}
<table><tr><th>答复</th><th>内容</th></tr>${Object.entries(operation.responses).map(responseRow).join('')}</table></section>`;
}

function parameterRow(one: Parameter): string {
  const where: Record<string, string> = { path: '路径', query: '查询', header: '请求头' };
  const name = `<code>${text(one.name)}</code>${one.required ? ' *' : ''}`;
  return `<tr><td>${name}</td><td>${where[one.in] ?? one.in}</td><td>${type(one.schema)}</td><td>${text(one.description)}</td></tr>`;
}

function responseRow([status, response]: [string, Operation['responses'][string]]): string {
  if ('$ref' in response) {
    const name = text(STATUS_CODES[Number(status)]);
    return `<tr><td>${status}</td><td>${name}（<a href="#schema-Problem">Problem</a>）</td></tr>`;
  }
  const content = response.content ? ` ${contents(response.content as Content)}` : '';
  return `<tr><td>${status}</td><td>${text(response.description)}${content}</td></tr>`;
}

const contents = (content: Content): string =>
  Object.entries(content)
    .map(([media, { schema }]) => `<code>${text(media)}</code> ${type(schema)}`)
    .join('，');

function describe(schema: Schema): string {
  const note = schema.description ? `<p>${text(schema.description)}</p>` : '';
  if (!schema.properties) return `${note}<p>${type(schema)}</p>`;
  const rows = Object.entries(schema.properties).map(
    ([name, one]) =>
      `<tr><td><code>${text(name)}</code>${schema.required?.includes(name) ? ' *' : ''}</td><td>${type(one)}</td><td>${text(one.description)}</td></tr>`,
  );
  return `${note}<table><tr><th>字段</th><th>类型</th><th>说明</th></tr>${rows.join('')}</table>`;
}

/** A schema in a few words, with links to those that have a name. */
function type(schema: Schema | undefined): string {
  if (!schema) return '';
  const name = schema.$ref?.split('/').at(-1);
  if (name) return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  const parts = schema.anyOf ?? schema.allOf;
  if (parts) return parts.map(type).join(' | ');
  if (schema.items) return `[${type(schema.items)}]`;
  if (schema.enum) return schema.enum.map((value) => `<code>${text(String(value))}</code>`).join(' · ');
  const types = [schema.type ?? 'object'].flat().join(' | ');
  const limits = [
    schema.format,
    schema.minimum !== undefined || schema.maximum !== undefined
      ? `${schema.minimum ?? ''}…${schema.maximum ?? ''}`
      : undefined,
    schema.maxLength !== undefined ? `≤ ${schema.maxLength} 字` : undefined,
  ].filter(Boolean);
  return text(`${types}${limits.length ? `（${limits.join('，')}）` : ''}`);
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

function text(value: string | undefined): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return (value ?? '').replace(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} · 督导平台</title><style>${STYLE}</style></head><body><main>
${body}
</main></body></html>
`;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;margin:0}
main{max-width:60rem;margin:0 auto;padding:1rem}h2{border-bottom:2px solid #b01e1e;margin-top:2.5rem}section{margin:1.5rem 0;overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #8884;padding:.25rem .5rem;text-align:left;vertical-align:top}
th{background:#8882}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}.method{color:#b01e1e}.index{columns:2 22rem;padding-left:1rem}
:target{outline:2px solid #b01e1e;outline-offset:4px}`;
