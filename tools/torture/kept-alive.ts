import { type ChildProcess, spawn } from 'node:child_process';

/** A process that is started again whenever it dies, as a supervisor would; `kill` takes it away without warning. */
export class KeptAlive {
  private child!: ChildProcess;
  private stopped = false;
  kills = 0;

  constructor(
    readonly name: string,
    private readonly command: string,
    private readonly args: string[],
    private readonly env: Record<string, string> = {},
  ) {
    this.begin();
  }

  private begin(): void {
    this.child = spawn(this.command, this.args, {
      env: { ...process.env, LOG_LEVEL: 'fatal', ...this.env },
      stdio: 'ignore',
    });
    this.child.once('close', () => {
      if (!this.stopped) setTimeout(() => this.stopped || this.begin(), 100);
    });
  }

  kill(): void {
    this.kills++;
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await closed;
  }
}
