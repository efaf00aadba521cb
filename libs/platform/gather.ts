/** What waits for its turn, and who waits for it. */
type Waiting<T, R> = { item: T; since: number; done: (result: R) => void; failed: (error: unknown) => void };

export type GatherLimits<T> = {
  /** Batches under way at a time; what comes meanwhile waits and goes together. */
  atOnce: number;
  /** Items of a batch at most. */
  most: number;
  /** Items of one key are never in the same batch, nor under way at the same time. */
  keyOf: (item: T) => string;
  /** ms that somebody waits for a batch to begin before being told to come again. */
  patience: number;
};

/** Nothing was done: the batches before took too long. As a connection that nobody answered. */
export class WaitedTooLong extends Error {
  readonly code = 'ETIMEDOUT';
}

/**
 * Does together what comes in at the same time, as a database commits in groups: nobody waits for company, but who comes
 * while the batches before are under way shares the next one. `work` answers one result an item, in their order; where it
 * throws, all of the batch fail with its error.
 */
export class Gather<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private readonly keys = new Set<string>();
  private underWay = 0;
  private called = false;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: (items: T[]) => Promise<R[]>,
    private readonly limits: GatherLimits<T>,
  ) {}

  add(item: T): Promise<R> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, since: performance.now(), done, failed });
      if (this.called) return;
      this.called = true;
      // Once all that had come in is handled.
      setImmediate(() => {
        this.called = false;
        this.begin();
      });
    });
  }

  private begin(): void {
    while (this.underWay < this.limits.atOnce) {
      const batch = this.take();
      if (batch.length === 0) break;
      void this.run(batch);
    }
    if (this.waiting.length > 0) this.watch ??= this.watchOldest();
  }

  /** Tells those who have waited too long, whether or not a batch ends. */
  private watchOldest(): NodeJS.Timeout {
    const { patience } = this.limits;
    const left = this.waiting[0]!.since + patience - performance.now();
    return setTimeout(
      () => {
        const latest = performance.now() - patience;
        const late = this.waiting.filter(({ since }) => since <= latest);
        this.waiting = this.waiting.filter(({ since }) => since > latest);
        for (const { failed } of late) failed(new WaitedTooLong('the work before took too long'));
        this.watch = this.waiting.length > 0 ? this.watchOldest() : undefined;
      },
      Math.max(left, 1),
    ).unref();
  }

  private take(): Waiting<T, R>[] {
    const batch: Waiting<T, R>[] = [];
    const left: Waiting<T, R>[] = [];
    for (const one of this.waiting) {
      const key = this.limits.keyOf(one.item);
      if (batch.length === this.limits.most || this.keys.has(key)) left.push(one);
      else {
        this.keys.add(key);
        batch.push(one);
      }
    }
    this.waiting = left;
    return batch;
  }

  private async run(batch: Waiting<T, R>[]): Promise<void> {
    this.underWay++;
    try {
      const results = await this.work(batch.map(({ item }) => item));
      for (const [i, { done }] of batch.entries()) done(results[i]!);
    } catch (error) {
      for (const { failed } of batch) failed(error);
    } finally {
      this.underWay--;
      for (const { item } of batch) this.keys.delete(this.limits.keyOf(item));
      this.begin();
    }
  }
}
