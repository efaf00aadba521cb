type Json = { [key: string]: unknown };

/**
 * A schema of OpenAPI 3.0 as one of 3.1 (JSON Schema 2020-12): `nullable` becomes the type null, `example` becomes
 * `examples`. Everything else already means the same.
 */
export function to31(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(to31);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const out = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, to31(one)])) as Json;
  if ('example' in out && isSchema(out)) {
    out['examples'] = [out['example']];
    delete out['example'];
  }
  return nullable === true ? orNull(out) : out;
}

const isSchema = (value: Json): boolean => 'type' in value || '$ref' in value || 'allOf' in value;

function orNull(schema: Json): Json {
  const { description, ...rest } = schema;
  const note = description ? { description } : {};
  const all = rest['allOf'];
  if (!all && typeof schema['type'] === 'string') {
    const values = schema['enum'];
    return {
      ...schema,
      type: [schema['type'], 'null'],
      ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
    };
  }
  const one = Array.isArray(all) && all.length === 1 ? all[0] : rest;
  return { ...note, anyOf: [one, { type: 'null' }] };
}
