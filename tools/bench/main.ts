/**
 * `npm run bench [-- P1 P4 …] [--rows 1000000]`: the speed goals as ratios to a named baseline measured in the same run.
 * Absolute figures move with the machine; the ratio is what counts.
 */
import type { Row } from './harness.js';

const BENCHES: Record<string, () => Promise<{ run(options: Options): Promise<Row[]> }>> = {
  P1: () => import('./submit.js'),
  P4: () => import('./status.js'),
  P5: () => import('./ledger-page.js'),
  P7: () => import('./ledger-export.js'),
  P8: () => import('./ledger-xlsx.js'),
  P9: () => import('./circular.js'),
  P11: () => import('./cold-start.js'),
  R14: () => import('./history.js'),
};

export type Options = { rows: number; seconds: number };

const args = process.argv.slice(2);
const option = (name: string, otherwise: number) => {
  const at = args.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(args[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a positive whole number`);
  return value;
};
const options: Options = { rows: option('rows', 200_000), seconds: option('seconds', 5) };
const asked = args.filter((arg) => /^[PR]\d+$/.test(arg));
const unknown = asked.filter((id) => id !== 'P3' && !BENCHES[id]);
if (unknown.length)
  throw new Error(
    `no such bench: ${unknown.join(', ')}; there are P3 (with P1), ${Object.keys(BENCHES).join(', ')}`,
  );
const wanted = asked.length
  ? [...new Set(asked.map((id) => (id === 'P3' ? 'P1' : id)))]
  : Object.keys(BENCHES);

const rows: Row[] = [];
for (const id of wanted) {
  process.stderr.write(`${id} …\n`);
  rows.push(...(await (await BENCHES[id]!()).run(options)));
}
const width = (key: 'what' | 'ours' | 'baseline') => Math.max(...rows.map((row) => row[key].length));
for (const row of rows) {
  const line = [
    row.id.padEnd(4),
    row.what.padEnd(width('what')),
    row.ours.padEnd(width('ours')),
    row.baseline.padEnd(width('baseline')),
    `ratio ${row.ratio.toFixed(2)}`.padEnd(11),
    `goal ${row.goal}`,
    row.met ? 'met' : 'NOT MET',
  ];
  process.stdout.write(`${line.join('  ')}\n`);
}
process.exit(0);
