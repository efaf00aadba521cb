/**
 * What goes between the main thread and the render thread. A document's input is a plain object apart from its loaders
 * (one a photo): those stay behind and are called by number, one at a time, so that the photos
 * of a record are never all in memory.
 */
export type ToThread =
  | { type: 'render'; job: number; kind: string; input: unknown }
  | { type: 'loaded'; call: number; bytes?: Uint8Array; error?: string };
export type FromThread =
  | { type: 'load'; job: number; loader: number; call: number }
  | { type: 'done'; job: number; bytes?: Uint8Array; error?: string };

export type Loader = () => Promise<Uint8Array>;
const MARK = '\u0000loader';

/** A copy of the input that can be sent, with its loaders taken out into `loaders`. */
export function detach(value: unknown, loaders: Loader[]): unknown {
  if (typeof value === 'function') return { [MARK]: loaders.push(value as Loader) - 1 };
  if (Array.isArray(value)) return value.map((one) => detach(one, loaders));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, detach(one, loaders)]));
}

/** The inverse on the other side: each mark becomes a function that asks for its bytes. */
export function attach(value: unknown, load: (loader: number) => Promise<Uint8Array>): unknown {
  if (Array.isArray(value)) return value.map((one) => attach(one, load));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const mark = (value as Record<string, unknown>)[MARK];
  if (typeof mark === 'number') return () => load(mark);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, attach(one, load)]));
}
