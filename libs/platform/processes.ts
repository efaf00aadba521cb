import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Something the start needs is missing or in the way: one line that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Command {
  file: string;
  args: string[];
}

/** Runs a command to its end. @throws StartError with `failure` and the last thing it said */
export async function run(command: Command, failure: string, input = ''): Promise<void> {
  const child = spawn(command.file, command.args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  // A command that ends early closes its input: its exit code tells, not the broken pipe.
  child.stdin.on('error', () => undefined).end(input);
  const outcome = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `exit ${code ?? signal}`));
  });
  if (outcome === '') return;
  const reason = /(?:error|FATAL|could not).*/.exec(said)?.[0] ?? said.trim().split('\n').at(-1) ?? '';
  throw new StartError(`${failure}：${reason} ${outcome}`.trim());
}

/** True when the child has ended within `ms`. */
export async function waitForExit(child: ChildProcess, ms: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** Ids of the processes that work in `dir`: PostgreSQL's own all do. A zombie has no folder and does not count. */
export function residents(dir: string): number[] {
  let real: string;
  try {
    real = realpathSync(dir);
  } catch {
    return []; // no such folder, nobody in it
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === real;
      } catch {
        return false; // gone meanwhile, or another user's
      }
    });
}

/**
 * Ends what a killed launcher left behind in a cluster and clears its pid file, which may name a stranger by now.
 * The caller holds the launcher's lock: whoever lives here has no master. @returns whether there was any
 */
export async function stopOrphans(clusterDir: string): Promise<boolean> {
  const found = residents(clusterDir).length > 0;
  const pidFile = join(clusterDir, 'postmaster.pid');
  // First politely to the postmaster, who tells the others; those without one end by themselves within moments.
  signal(postmaster(pidFile, residents(clusterDir)), 'SIGINT');
  if (!(await emptied(clusterDir, 10_000))) {
    for (const pid of residents(clusterDir)) signal(pid, 'SIGKILL');
    if (!(await emptied(clusterDir, 5_000))) {
      throw new StartError(
        `数据库目录 ${clusterDir} 中仍有进程 ${residents(clusterDir).join('、')} 无法停止 (a process in it does not end)`,
      );
    }
  }
  rmSync(pidFile, { force: true });
  return found;
}

function postmaster(pidFile: string, living: number[]): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return living.find((one) => one === pid);
  } catch {
    return undefined; // no pid file: no postmaster
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    // It ended between our look and the signal, which is what we wanted.
  }
}

async function emptied(dir: string, ms: number): Promise<boolean> {
  const until = Date.now() + ms;
  while (residents(dir).length > 0) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
