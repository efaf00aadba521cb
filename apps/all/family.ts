import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { packagePath } from '#platform/package-root.js';
import { StartError, waitForExit } from '#platform/processes.js';

/** Settings handed to every child beside the launcher's own environment, e.g. DATABASE_URL. */
export type Settings = Record<string, string>;

/** A main file below `dist/`, and the module that holds most of what it loads. */
export interface Program {
  script: string;
  preload: string;
  /** Flags of Node, as the program's own npm script has them. */
  flags?: string[];
}

/** Starts a program, which loads its modules and waits for `release`. */
function begin({ script, preload, flags = [] }: Program, output: 'inherit' | 'pipe'): ChildProcess {
  const query = new URLSearchParams({
    launcher: String(process.pid),
    preload: pathToFileURL(packagePath('dist', preload)).href,
  });
  const guard = new URL(`./child.js?${query}`, import.meta.url).href;
  const node = [...flags, '--enable-source-maps', '--import', guard];
  return spawn(process.execPath, [...node, packagePath('dist', script)], {
    stdio: ['ignore', output, 'inherit', 'ipc'],
    // Ctrl-C in a terminal reaches the launcher alone, which then ends everybody in the right order.
    detached: true,
  });
}

/** A one-off tool, e.g. the demo seeder. */
export interface Tool {
  /** Lets it work. @returns what it printed @throws StartError when it failed */
  release(settings: Settings): Promise<string>;
  /** It is not needed after all. */
  dismiss(): void;
}

export function prepareTool(program: Program, what: string): Tool {
  const child = begin(program, 'pipe');
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    async release(settings) {
      // One that died while it loaded is past hearing; its exit code tells.
      if (child.connected) child.send(settings);
      const code = await ended;
      if (code !== 0)
        throw new StartError(`${what}失败，原因见上 (${program.script} failed with exit code ${code})`);
      return printed;
    },
    dismiss: () => void child.kill('SIGKILL'),
  };
}

/** A process that runs as long as the installation does. */
export interface Member {
  release(settings: Settings): void;
  /** Ends it: politely, then by force after `patience` ms. */
  stop(patience: number): Promise<void>;
  kill(): void;
}

/** A member that stays up this long (ms) is healthy again: its next death is a first one. */
const HEALTHY = 30_000;
/** Deaths in a row before the first readiness, after which the start is given up. */
const PATIENCE = 5;

/**
 * Starts a member and starts it again whenever it dies: at once the first time, then with growing pauses.
 * `onHopeless` is called when it never manages to stay up.
 */
export function prepareMember(
  program: Program,
  name: string,
  note: (line: string) => void,
  onHopeless: (error: StartError) => void,
): Member {
  let child = begin(program, 'inherit');
  let settings: Settings | undefined;
  let stopping = false;
  let deaths = 0;
  let bornAt = Date.now();
  let retry: NodeJS.Timeout | undefined;
  watch();

  function watch(): void {
    child.once('exit', (code, signal) => {
      if (stopping) return;
      deaths = Date.now() - bornAt > HEALTHY ? 1 : deaths + 1;
      if (deaths >= PATIENCE) {
        onHopeless(
          new StartError(`${name}反复退出，原因见上 (${program.script} keeps ending: ${signal ?? code})`),
        );
      }
      const pause = deaths === 1 ? 0 : Math.min(250 * 2 ** (deaths - 2), 5_000);
      note(
        `${name}意外退出（${signal ?? code}），${pause === 0 ? '立即' : `${pause / 1000} 秒后`}重新启动。`,
      );
      retry = setTimeout(again, pause);
    });
  }
  function again(): void {
    bornAt = Date.now();
    child = begin(program, 'inherit');
    watch();
    if (settings && child.connected) child.send(settings);
  }

  return {
    release(given) {
      settings = given;
      bornAt = Date.now();
      if (child.connected) child.send(given);
    },
    async stop(patience) {
      stopping = true;
      clearTimeout(retry);
      child.kill('SIGTERM');
      if (await waitForExit(child, patience)) return;
      note(`${name}未能按时结束，已强制停止。`);
      child.kill('SIGKILL');
      await waitForExit(child, 5_000);
    },
    kill() {
      stopping = true;
      clearTimeout(retry);
      child.kill('SIGKILL');
    },
  };
}
