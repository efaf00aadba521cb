import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PROBLEMS } from '#rules/problems.js';
import type { Schema } from './payloads.js';

type Content = Record<string, { schema?: Schema }>;
export type Operation = {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
};
export type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
export type Route = { path: string; method: string; operation: Operation };

/** What the served OpenAPI document promises, held against an answer; a field that is not promised is a fault too. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: false });

  constructor(document: Document) {
    addFormats.default(this.ajv);
    const closed = structuredClone(document);
    for (const schema of Object.values(closed.components.schemas)) {
      if (schema.properties) schema.additionalProperties ??= false;
    }
    this.ajv.addSchema({ $id: 'doc', ...closed });
  }

  /** What is wrong with an answer below 500. */
  faults({ path, method, operation }: Route, answer: Response, bytes: Buffer): string[] {
    const { status } = answer;
    const promised = operation.responses[String(status)];
    if (!promised) return [`${status} is not documented: ${bytes.toString().slice(0, 120)}`];
    const type = (answer.headers.get('content-type') ?? '').split(';')[0]!;
    if (status >= 400) {
      if (type !== 'application/problem+json') return [`${status} is not problem+json`];
      const problem = JSON.parse(bytes.toString()) as { code: keyof typeof PROBLEMS; status: number };
      if (PROBLEMS[problem.code]?.status !== status || problem.status !== status)
        return [`${status} with the problem ${problem.code}, ${problem.status}`];
      return this.off('doc#/components/schemas/Problem', bytes);
    }
    if (bytes.length === 0)
      return promised.content && status !== 304 ? [`${status} without its content`] : [];
    const media = Object.keys(promised.content ?? {});
    if (!media.includes(type) && !media.includes('application/octet-stream'))
      return [`${status} answers ${type}, promised is ${media}`];
    if (type !== 'application/json') return [];
    const at = [path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    return this.off(
      `doc#/paths/${at.map((key) => key.replace(/~/g, '~0').replace(/\//g, '~1')).join('/')}`,
      bytes,
    );
  }

  private off(pointer: string, bytes: Buffer): string[] {
    const validate: ValidateFunction | undefined = this.ajv.getSchema(pointer);
    if (!validate) return [`no schema at ${pointer}`];
    if (validate(JSON.parse(bytes.toString()))) return [];
    const more = validate.errors?.[0]?.params['additionalProperty'] ?? '';
    return [`off the contract: ${this.ajv.errorsText(validate.errors)} ${more}`];
  }
}
