import { expireExports } from '#core/exports/expire.js';
import { sealEverything } from '#core/history/seal.js';
import { clean, SWEEPS } from './sweep.js';
import type { WorkerDeps } from './work.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** What the clock starts: every so many ms, in each worker process; two at once do no harm. */
export type Task = { every: number; run: (deps: WorkerDeps, now: Date) => Promise<unknown> };

export const SCHEDULE: Readonly<Record<string, Task>> = {
  'history.seal': { every: SECOND, run: sealEverything },
  'exports.expire': { every: HOUR, run: expireExports },
  'tokens.sweep': { every: HOUR, run: (deps, now) => clean(deps, SWEEPS.tokens, now) },
  'sessions.sweep': { every: DAY, run: (deps, now) => clean(deps, SWEEPS.sessions, now) },
  'idempotency.sweep': { every: HOUR, run: (deps, now) => clean(deps, SWEEPS.idempotency, now) },
  'rate_windows.sweep': { every: HOUR, run: (deps, now) => clean(deps, SWEEPS.rateWindows, now) },
  'login_failures.sweep': { every: DAY, run: (deps, now) => clean(deps, SWEEPS.loginFailures, now) },
  'scratch.sweep': { every: DAY, run: (deps, now) => SWEEPS.scratch(deps, now) },
};

export type Schedule = { stop(): Promise<void> };

/** Runs every task at once and then again, each `every` ms after it ended; a failure is logged and tried next time. */
export function startSchedule(deps: WorkerDeps, tasks: Readonly<Record<string, Task>> = SCHEDULE): Schedule {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Map<string, Promise<void>>();
  const failing = new Map<string, string>();
  let stopped = false;

  async function once(name: string, task: Task): Promise<void> {
    try {
      await task.run(deps, deps.clock());
      failing.delete(name);
    } catch (err) {
      // A task of every second must not fill the log: said once, until it works again or something else is in its way.
      if (failing.get(name) !== String(err)) deps.log.error({ err, task: name }, '定时任务失败');
      failing.set(name, String(err));
    }
  }
  function start(name: string, task: Task): void {
    const run = once(name, task).finally(() => {
      running.delete(name);
      if (!stopped)
        timers.set(
          name,
          setTimeout(() => start(name, task), task.every),
        );
    });
    running.set(name, run);
  }
  for (const [name, task] of Object.entries(tasks)) start(name, task);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}
