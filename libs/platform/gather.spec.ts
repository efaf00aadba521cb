import { expect, test } from '@jest/globals';
import { Gather, WaitedTooLong } from './gather.js';

/** A gather whose batches end when told to. */
function held(limits: Partial<ConstructorParameters<typeof Gather<string, string>>[1]> = {}) {
  const batches: { items: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const gather = new Gather<string, string>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => `${item}!`)), fail: reject });
      }),
    { atOnce: 1, most: 3, keyOf: (item) => item[0]!, patience: 60_000, ...limits },
  );
  return { gather, batches };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('who comes alone goes at once; who comes meanwhile goes together, at most so many, in the order of coming', async () => {
  const { gather, batches } = held();
  const answers = [gather.add('a')];
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([['a']]);
  for (const item of ['b', 'c', 'd', 'e']) answers.push(gather.add(item));
  await turn();
  expect(batches).toHaveLength(1);
  batches[0]!.end();
  await turn();
  expect(batches[1]!.items).toEqual(['b', 'c', 'd']);
  batches[1]!.end();
  await turn();
  batches[2]!.end();
  expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
});

test('two of one key are never under way together, and do not hold up others', async () => {
  const { gather, batches } = held({ atOnce: 2 });
  const answers = [gather.add('a1'), gather.add('a2'), gather.add('b1')];
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([['a1', 'b1']]);
  answers.push(gather.add('a3'), gather.add('c1'));
  await turn();
  expect(batches[1]!.items).toEqual(['c1']);
  batches[0]!.end();
  await turn();
  expect(batches[2]!.items).toEqual(['a2']);
  batches[1]!.end();
  batches[2]!.end();
  await turn();
  expect(batches[3]!.items).toEqual(['a3']);
  batches[3]!.end();
  expect(await Promise.all(answers)).toEqual(['a1!', 'a2!', 'b1!', 'a3!', 'c1!']);
});

test('a batch that fails fails all of its own and nobody else', async () => {
  const { gather, batches } = held();
  const first = [gather.add('a'), gather.add('b')].map((one) => one.catch((error: Error) => error.message));
  await turn();
  const next = gather.add('c');
  batches[0]!.fail(new Error('lost'));
  await turn();
  batches[1]!.end();
  expect(await Promise.all(first)).toEqual(['lost', 'lost']);
  expect(await next).toBe('c!');
});

test('who has waited too long is told so while the batch before still lasts, and is not done later', async () => {
  const { gather, batches } = held({ patience: 5 });
  const first = gather.add('a');
  await turn();
  const late = gather.add('b').catch((error: unknown) => error);
  expect(await late).toBeInstanceOf(WaitedTooLong);
  batches[0]!.end();
  expect(await first).toBe('a!');
  await turn();
  expect(batches).toHaveLength(1);
});
