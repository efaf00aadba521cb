import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '#platform/package-root.js';
import { freePort, median, type Row } from './harness.js';

/** P11: from `npm start`'s process to the first 200 of /readyz, on an empty data folder and on one that is there. Baseline: Node itself starting. */
export async function run(): Promise<Row[]> {
  const node = await seconds(() => ended(spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })));
  const fresh: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < 3; round++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'dudao-cold-'));
    fresh.push(await start(dataDir));
    warm.push(await start(dataDir));
    rmSync(dataDir, { recursive: true, force: true });
  }
  const row = (what: string, value: number): Row => ({
    id: 'P11',
    what,
    ours: `${value.toFixed(2)} s`,
    baseline: `node -e '' ${node.toFixed(2)} s`,
    ratio: value / node,
    goal: '≤ 3 s embedded',
    met: value <= 3,
  });
  return [
    row('cold start, empty data folder, no demo', median(fresh)),
    row('start, data folder there', median(warm)),
  ];
}

async function start(dataDir: string): Promise<number> {
  const port = await freePort();
  const child = spawn(process.execPath, [packagePath('dist/apps/all/main.js')], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      DEMO: 'false',
      ADMIN_USERNAME: 'bench',
      ADMIN_PASSWORD: 'Bench-2026-start',
      LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  });
  const took = await seconds(async () => {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      if (child.exitCode !== null) throw new Error(`the launcher ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  const gone = ended(child);
  child.kill('SIGTERM');
  await gone;
  return took;
}

const ended = (child: ReturnType<typeof spawn>) => new Promise((resolve) => child.once('close', resolve));

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
