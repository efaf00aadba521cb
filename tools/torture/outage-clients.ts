import { createHash, randomBytes } from 'node:crypto';
import sharp from 'sharp';
import type { DataSource } from 'typeorm';
import { newId } from '#core/foundation/ids.js';
import type { BenchDistrict } from '../bench/population.js';
import type { Figure } from './figure.js';

/** Clients that read, write and upload until they are stopped, repeating under the same key what was refused. */
export type Clients = {
  /** Answers by what was said: `503 with Retry-After` → how many. */
  told: Map<string, number>;
  /** Ids of issues and hashes of photos whose writing was acknowledged. */
  issues: Set<string>;
  photos: Set<string>;
  slowest(): number;
  /** `performance.now()` of the last refusal; 0 for none. */
  lastRefusal(): number;
  stop(): Promise<void>;
};

export function startClients(base: string, district: BenchDistrict, count: number): Clients {
  const told = new Map<string, number>();
  const [issues, photos] = [new Set<string>(), new Set<string>()];
  let slowest = 0;
  let lastRefusal = 0;
  let over = false;
  const ask = async (method: string, path: string, body?: Buffer | object, key = newId()) => {
    const began = performance.now();
    const type = Buffer.isBuffer(body) ? 'image/jpeg' : 'application/json';
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${district.staff.token}`,
        ...(body ? { 'content-type': type, 'idempotency-key': key } : {}),
      },
      ...(body ? { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    slowest = Math.max(slowest, performance.now() - began);
    const retry = answer.headers.has('retry-after') ? ' with Retry-After' : '';
    const said = `${answer.status}${answer.status >= 500 ? retry : ''}`;
    told.set(said, (told.get(said) ?? 0) + 1);
    if (answer.ok) return JSON.parse(text) as { id: string };
    lastRefusal = performance.now();
    await pause(200);
    return undefined;
  };
  const untilTaken = async (method: string, path: string, body: Buffer | object) => {
    const key = newId();
    for (;;) {
      const made = over ? undefined : await ask(method, path, body, key);
      if (made || over) return made;
    }
  };
  const client = async (n: number) => {
    while (!over) {
      await ask('GET', `/issues?limit=5&unitId=${district.schools[n]}`);
      const made = await untilTaken('POST', '/issues', {
        unitId: district.schools[n],
        category: '组织与制度',
        severity: 'minor',
        finding: '停机演练。',
      });
      if (made) issues.add(made.id);
      const photo = await noise();
      const sha256 = createHash('sha256').update(photo).digest('hex');
      if (await untilTaken('PUT', `/attachments/${sha256}`, photo)) photos.add(sha256);
      await pause(20);
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, n) => client(n)));
  // Told at `stop`; nobody waits for it until then.
  running.catch(() => undefined);
  return {
    told,
    issues,
    photos,
    slowest: () => slowest,
    lastRefusal: () => lastRefusal,
    async stop() {
      over = true;
      await running;
    },
  };
}

/** A photo of some 30 kB that nobody has sent before. */
function noise(): Promise<Buffer> {
  const raw = { width: 100, height: 100, channels: 3 as const };
  return sharp(randomBytes(30_000), { raw }).jpeg({ quality: 95 }).toBuffer();
}

/** How many of what was acknowledged is not there: rows of issues, and photos that are read again byte for byte. */
async function lostOf(
  source: DataSource,
  base: string,
  district: BenchDistrict,
  { issues, photos }: Pick<Clients, 'issues' | 'photos'>,
): Promise<number> {
  const [row]: { there: number }[] = await source.query(
    'SELECT count(*) AS there FROM issues WHERE id = ANY($1::uuid[])',
    [[...issues]],
  );
  let lost = issues.size - (row?.there ?? 0);
  for (const sha256 of photos) {
    const answer = await fetch(`${base}/api/v1/attachments/${sha256}`, {
      headers: { authorization: `Bearer ${district.staff.token}` },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) lost++;
  }
  return lost;
}

/** That none of it is missing, and that there was some. */
export async function lostFigure(
  source: DataSource,
  base: string,
  district: BenchDistrict,
  clients: Clients,
): Promise<Figure> {
  const lost = await lostOf(source, base, district, clients);
  const acknowledged = clients.issues.size + clients.photos.size;
  return {
    id: 'R16',
    what: 'acknowledged and not there',
    figure: `${lost} of ${acknowledged}`,
    ok: lost === 0 && acknowledged > 0,
  };
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
