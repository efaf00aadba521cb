/** A WHERE clause that grows with its parameters, so that no value ever becomes SQL text. */
export class Where {
  readonly params: unknown[] = [];
  private readonly parts: string[] = [];

  /** Takes a value and answers its placeholder `$n`. */
  param(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }

  /** Adds a condition; each `?` in it stands for the next value. */
  and(condition: string, ...values: unknown[]): this {
    let next = 0;
    this.parts.push(condition.replace(/\?/g, () => this.param(values[next++])));
    return this;
  }

  toString(): string {
    return this.parts.length ? this.parts.map((part) => `(${part})`).join(' AND ') : 'true';
  }
}
