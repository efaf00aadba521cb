import { type ArgumentMetadata, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { type FieldError, invalid, problem } from '#rules/problems.js';

const pointerKey = (key: string) => key.replace(/~/g, '~0').replace(/\//g, '~1');

/** A top-level field that a body has and the route does not take. */
export const unknownField = (field: string): FieldError => ({
  pointer: `/${pointerKey(field)}`,
  code: 'unknown_field',
  message: '没有这个字段',
});

function flatten(errors: ValidationError[], base: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${base}/${pointerKey(error.property)}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      pointer,
      code:
        rule === 'whitelistValidation'
          ? 'unknown_field'
          : rule.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      message: rule === 'whitelistValidation' ? '没有这个字段' : message,
    }));
    return [...own, ...flatten(error.children ?? [], pointer)];
  });
}

/** No body of the contract nests deeper; what does would only exhaust the stack. */
const DEEPEST = 32;

const isStream = (value: object): boolean => 'pipe' in value && typeof value.pipe === 'function';

/** Whether a body nests deeper than any of the contract. Asked before anything else walks through it. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || isStream(value)) return false;
  return depth >= DEEPEST || Object.values(value).some((one) => isTooDeep(one, depth + 1));
}

/** Text that PostgreSQL cannot keep (NUL, lone surrogates) is refused by name, wherever in the body it stands. */
function unstorable(value: unknown, pointer: string, found: FieldError[] = []): FieldError[] {
  if (typeof value === 'string') {
    if (value.includes('\u0000') || !value.isWellFormed()) {
      found.push({ pointer, code: 'unstorable_text', message: '含有无法保存的控制字符' });
    }
  } else if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) unstorable(one, `${pointer}/${i}`, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      if (key.includes('\u0000') || !key.isWellFormed()) {
        found.push({ pointer, code: 'unstorable_text', message: '字段名含有无法保存的控制字符' });
      }
      unstorable(one, `${pointer}/${pointerKey(key)}`, found);
    }
  }
  return found;
}

/**
 * class-validator looks through all classes there are for every body and every part of one. What a class demands was said
 * when it was defined, so it is looked for once. Validation by groups or schemas, which nobody uses here, is left alone.
 */
function rememberDemands(): void {
  const storage = getMetadataStorage();
  const look = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, ReturnType<typeof look>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strict, groups) => {
    if (schema || always || strict || groups?.length) return look(target, schema, always, strict, groups);
    const demands = known.get(target) ?? look(target, schema, always, strict, groups);
    known.set(target, demands);
    return demands;
  };
}
rememberDemands();

const pipe = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) => invalid(...flatten(errors, '')),
});

/** Unknown fields are refused, not ignored; every refusal points at its field. */
export class BodyPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    // A parser of uploads left the stream itself here: this route takes no file.
    if (metadata.type === 'body' && typeof value === 'object' && value !== null && 'pipe' in value)
      throw problem('request.unsupported_type', '此地址只接受 JSON');
    const bad = unstorable(value, '');
    if (bad.length) throw invalid(...bad);
    if (metadata.type === 'body') {
      if (Buffer.isBuffer(value) || metadata.metatype === Object) return value;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw problem('request.malformed', '请求内容应为 JSON 对象');
      }
    }
    return pipe.transform(value, metadata);
  }
}
