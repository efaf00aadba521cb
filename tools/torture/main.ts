/**
 * `npm run torture [-- R1 R3 …]`: reliability under kills, storms and hostile input. Each check runs the built product
 * on a database of its own, prints its figure, and fails the run where the figure is not the goal's. Sizes are arguments
 * (`-- R16 seconds=30`), and so is the version from which R15 upgrades (`-- R15 from=../dudao-before`, built).
 */
import type { Figure } from './figure.js';

const CHECKS: Record<string, () => Promise<{ run(): Promise<Figure[]> }>> = {
  R1: () => import('./kills.js'),
  R3: () => import('./sync-storm.js'),
  R4: () => import('./fuzz.js'),
  R7: () => import('./uploads.js'),
  R15: () => import('./rolling.js'),
  R16: () => import('./outage.js'),
};

const asked = process.argv.slice(2).filter((one) => !one.includes('='));
const unknown = asked.filter((id) => !CHECKS[id]);
if (unknown.length)
  throw new Error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}`);
let failed = 0;
for (const id of asked.length ? asked : Object.keys(CHECKS)) {
  process.stderr.write(`${id} …\n`);
  for (const { id: row, what, figure, ok } of await (await CHECKS[id]!()).run()) {
    process.stdout.write(
      `${row.padEnd(3)} ${ok === null ? 'none' : ok ? 'ok  ' : 'FAIL'} ${what}: ${figure}\n`,
    );
    if (ok === false) failed++;
  }
}
process.exit(failed ? 1 : 0);
