import { createHash } from 'node:crypto';

/** A refusal of the server, worded as the server worded it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: { code?: string; title?: string; detail?: string; errors?: unknown },
    what: string,
  ) {
    super(
      `${what} → ${status} ${problem.code ?? ''} ${problem.title ?? ''} ${problem.detail ?? ''} ${JSON.stringify(problem.errors ?? '')}`,
    );
  }
}

/** A person at the API: every call carries an idempotency key and is repeated while the server is away or busy. */
export class Person {
  private token = '';
  readonly base: string;

  constructor(
    server: string,
    readonly username: string,
    private readonly password: string,
  ) {
    this.base = `${server}/api/v1`;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the walk-through reads the answers as a foreign client would
  async login(): Promise<any> {
    const answer = await this.call('POST', '/auth/login', {
      username: this.username,
      password: this.password,
    });
    this.token = answer.accessToken;
    return answer.user;
  }

  get = (path: string) => this.call('GET', path);
  post = (path: string, body: object = {}) => this.call('POST', path, body);
  put = (path: string, body: object) => this.call('PUT', path, body);
  patch = (path: string, body: object) => this.call('PATCH', path, body);

  /** Uploads a file and answers its SHA-256, the name by which writes refer to it. */
  async upload(bytes: Buffer, type: string): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.send('PUT', `/attachments/${sha256}`, bytes, { 'content-type': type });
    return sha256;
  }

  async download(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.send('GET', path)).arrayBuffer());
  }

  // biome-ignore lint/suspicious/noExplicitAny: see above
  private async call(method: string, path: string, body?: object): Promise<any> {
    const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
    if (body) headers['idempotency-key'] = crypto.randomUUID();
    const answer = await this.send(method, path, body && JSON.stringify(body), headers);
    const text = await answer.text();
    return text ? JSON.parse(text) : undefined;
  }

  private async send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(`${this.base}${path}`, {
        method,
        headers: { ...headers, ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) },
        ...(body !== undefined ? { body: body as string } : {}),
      }).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.ok) return answer;
      const away = answer instanceof Error || answer.status === 503 || answer.status === 502;
      if (away && attempt < 40) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        continue;
      }
      if (answer instanceof Error) throw answer;
      throw new Refused(
        answer.status,
        (await answer.json().catch(() => ({}))) as Refused['problem'],
        `${method} ${path}`,
      );
    }
  }
}
