import { spawnSync } from 'node:child_process';
import { packagePath } from '#platform/package-root.js';
import { median, type Row } from './harness.js';

/** First documents of so many processes; of three of each, so many documents after the first that a compiler has seen. */
const PROCESSES = 5;
const WARM_PROCESSES = 3;
const COLD = 8;
const WARM = 8;

/**
 * P9: a circular of some 100 pages, against bare pdfkit laying out the same amount of text in one cached font. Each in
 * processes of its own, in turn: a first document pays for what a process has not done yet, whoever comes first.
 */
export async function run(): Promise<Row[]> {
  const { pages } = made('ours', 1);
  const first = { ours: [] as number[], bare: [] as number[] };
  for (let i = 0; i < PROCESSES; i++) {
    first.ours.push(...made('ours', 1).ms);
    first.bare.push(...made('bare', 1, pages).ms);
  }
  const warm = { ours: [] as number[], bare: [] as number[] };
  for (let i = 0; i < WARM_PROCESSES; i++) {
    warm.ours.push(...made('ours', COLD + WARM).ms.slice(COLD));
    warm.bare.push(...made('bare', COLD + WARM, pages).ms.slice(COLD));
  }
  const row = (what: string, { ours, bare }: { ours: number[]; bare: number[] }): Row => {
    const ratio = median(ours) / median(bare);
    return {
      id: 'P9',
      what: `circular PDF, ${pages} pages, ${what}`,
      ours: `${(median(ours) / 1000).toFixed(2)} s`,
      baseline: `bare pdfkit ${(median(bare) / 1000).toFixed(2)} s`,
      ratio,
      goal: '≤ 1.25',
      met: ratio <= 1.25,
    };
  };
  return [row('first of a process', first), row('warm', warm)];
}

function made(way: 'ours' | 'bare', times: number, pages = 0): { ms: number[]; pages: number } {
  const program = packagePath('dist/tools/bench/circular-program.js');
  const run = spawnSync(process.execPath, [program, way, String(times), String(pages)]);
  if (run.status !== 0) throw new Error(`${program}: ${run.stderr}`);
  return JSON.parse(run.stdout.toString()) as { ms: number[]; pages: number };
}
