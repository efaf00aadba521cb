import { createHash } from 'node:crypto';
import type { PersonName } from '#testkit/cast.js';
import { startSecond } from '#testkit/second.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

type App = World['app'];
type Sent = { key?: string; body?: object; who?: PersonName; path?: string; app?: App };

const found = (finding: string, more: object = {}) => ({
  unitId: world.cast.units.schoolLiu,
  category: '作业管理',
  finding,
  severity: 'minor',
  ...more,
});
/** A write as a client sends it, with all of the answer that a client could keep. */
async function send({ key, body = found('默认'), who = 'wang', path = '/issues', app = world.app }: Sent) {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: {
      authorization: `Bearer ${await world.token(who)}`,
      ...(key ? { 'idempotency-key': key } : {}),
    },
    payload: body,
  });
  const { etag, location } = answer.headers;
  return {
    status: answer.statusCode,
    bytes: answer.payload,
    etag,
    location,
    type: answer.headers['content-type'],
    retryAfter: answer.headers['retry-after'],
    json: () => answer.json(),
  };
}
type Answered = Awaited<ReturnType<typeof send>>;
const kept = ({ status, bytes, etag, location, type }: Answered) => ({ status, bytes, etag, location, type });
const refusal = (answer: Answered) => `${answer.status} ${answer.json().code}`;
const rows = async (finding: string): Promise<number> => {
  const [{ n }] = await world.dataSource.query(
    `SELECT count(*)::int AS n FROM issues WHERE finding = $1 AND source = 'visit'`,
    [finding],
  );
  return n;
};

describe('what is kept of a request', () => {
  const person = (username: string, password: string) => ({
    username,
    name: '新督学',
    roles: ['office_staff'],
    password,
  });
  const hashOf = async (key: string): Promise<string> => {
    const [row] = await world.dataSource.query(
      `SELECT encode(request_hash, 'hex') AS hash FROM idempotency_keys WHERE key = $1`,
      [key],
    );
    return row.hash;
  };
  const guess = (body: object) =>
    createHash('sha256').update('POST /api/v1/users\n').update(JSON.stringify(body)).digest('hex');

  test('does not let a password be guessed from a stolen table', async () => {
    const body = person('newcomer', 'Chu-Ci-Mi-Ma-2026');
    const made = await send({ key: 'person-1', who: 'admin', path: '/users', body });
    expect(made.status).toBe(201);
    expect(await hashOf('person-1')).not.toBe(guess(body));
    expect(made.bytes).not.toContain(body.password);
    expect(kept(await send({ key: 'person-1', who: 'admin', path: '/users', body }))).toEqual(kept(made));
  });

  test('still tells another request under the same key', async () => {
    const other = person('another', 'Chu-Ci-Mi-Ma-2026');
    expect(refusal(await send({ key: 'person-1', who: 'admin', path: '/users', body: other }))).toBe(
      '422 idempotency.key_reused',
    );
  });
});

describe('R2: a repeated request has one effect and one answer', () => {
  test('the same key and body answer byte for byte, long after and while the issue moves on', async () => {
    const first = await send({ key: 'repeat-1', body: found('甲') });
    expect(first.status).toBe(201);
    const { id } = first.json();
    await world.as('li').post(`/issues/${id}/transitions`, { action: 'issue_notice', requirements: '改' });
    for (const day of ['2026-03-10', '2026-03-11', '2026-04-08']) {
      world.setNow(day);
      expect(kept(await send({ key: 'repeat-1', body: found('甲') }))).toEqual(kept(first));
    }
    expect(await rows('甲')).toBe(1);
  });

  test('sixteen at once: one row, every other one the same answer or 409 idempotency.in_flight', async () => {
    const body = found('乙');
    const answers = await Promise.all(Array.from({ length: 16 }, () => send({ key: 'storm', body })));
    const done = answers.filter((answer) => answer.status === 201);
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(new Set(done.map((answer) => JSON.stringify(kept(answer)))).size).toBe(1);
    for (const other of answers.filter((answer) => answer.status !== 201)) {
      expect(refusal(other)).toBe('409 idempotency.in_flight');
      expect(Number(other.retryAfter)).toBeGreaterThan(0);
    }
    expect(await rows('乙')).toBe(1);
    expect(kept(await send({ key: 'storm', body }))).toEqual(kept(done[0]!));
  });

  test('after a restart, and sixteen at once over two processes', async () => {
    const body = found('丙');
    const first = await send({ key: 'restart', body });
    const second = await startSecond(world);
    try {
      expect(kept(await send({ key: 'restart', body, app: second.app }))).toEqual(kept(first));
      const both = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          send({ key: 'both', body: found('丁'), app: i % 2 ? second.app : world.app }),
        ),
      );
      const statuses = new Set(both.map((answer) => answer.status));
      expect([...statuses].filter((status) => ![201, 409].includes(status))).toEqual([]);
      expect(new Set(both.filter((a) => a.status === 201).map((a) => a.bytes)).size).toBe(1);
      expect([await rows('丙'), await rows('丁')]).toEqual([1, 1]);
    } finally {
      await second.stop();
    }
  });

  test('another body, path or method under the key is 422 idempotency.key_reused and has no effect', async () => {
    const first = await send({ key: 'once', body: found('戊') });
    expect(refusal(await send({ key: 'once', body: found('戊二') }))).toBe('422 idempotency.key_reused');
    expect(refusal(await send({ key: 'once', body: {}, path: '/exports' }))).toMatch(/^4(00|22) /);
    const issue = first.json().id;
    const moved = await send({ key: 'once', path: `/issues/${issue}/transitions`, body: found('戊') });
    expect(refusal(moved)).toBe('422 idempotency.key_reused');
    expect([await rows('戊'), await rows('戊二')]).toEqual([1, 0]);
    expect(kept(await send({ key: 'once', body: found('戊') }))).toEqual(kept(first));
  });

  test('the same key of another person is that person’s own, never the other’s answer', async () => {
    const body = found('己');
    const wang = await send({ key: 'shared', body });
    const feng = await send({ key: 'shared', body, who: 'feng' });
    expect([wang.status, feng.status]).toEqual([201, 201]);
    expect(feng.json().id).not.toBe(wang.json().id);
    expect(feng.json().registeredBy.id).toBe(world.cast.people.feng);
    expect(await rows('己')).toBe(2);
    // Who does not even see the school learns nothing from the key; who has no right is refused as ever.
    for (const [who, answer] of [
      ['chen', '404 resource.not_found'],
      ['strangerInspector', '404 resource.not_found'],
      ['liu', '403 issue.not_permitted'],
      ['admin', '403 access.denied'],
    ] as const) {
      expect([who, refusal(await send({ key: 'shared', body, who }))]).toEqual([who, answer]);
    }
  });

  test('a failure is not kept: the same key succeeds once what was missing is there', async () => {
    const category = (severity: string) => found('庚', { severity });
    expect(refusal(await send({ key: 'retry', body: category('grave') }))).toBe('400 request.invalid');
    const body = found('庚');
    expect(refusal(await send({ key: 'retry', body, who: 'liu' }))).toBe('403 issue.not_permitted');
    const { units, people } = world.cast;
    const hash = 'c'.repeat(64);
    const withPhoto = found('辛', { attachments: [hash] });
    expect(refusal(await send({ key: 'photo', body: withPhoto }))).toBe('400 attachment.unknown');
    await world.dataSource.query(
      `INSERT INTO attachments (district_id, sha256, media_type, size, stored_at) VALUES ($1, $2, 'image/jpeg', 9, now())`,
      [world.cast.districts.A, hash],
    );
    await world.dataSource.query(
      `INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) VALUES ($1, $2, $3, now())`,
      [world.cast.districts.A, hash, people.wang],
    );
    const made = await send({ key: 'photo', body: withPhoto });
    expect([made.status, made.json().unit.id]).toEqual([201, units.schoolLiu]);
    expect(kept(await send({ key: 'photo', body: withPhoto }))).toEqual(kept(made));
    expect([await rows('庚'), await rows('辛')]).toEqual([0, 1]);
    const [{ n }] = await world.dataSource.query(
      `SELECT count(*)::int AS n FROM idempotency_keys WHERE key = 'retry'`,
    );
    expect(n).toBe(0);
  });

  test('what was accepted for later (202) keeps its Location, and one job', async () => {
    const body = { kind: 'issues', format: 'csv' };
    const first = await send({ key: 'export', path: '/exports', body });
    expect([first.status, first.location]).toEqual([202, `/api/v1/exports/${first.json().id}`]);
    expect(kept(await send({ key: 'export', path: '/exports', body }))).toEqual(kept(first));
    const [{ n }] = await world.dataSource.query(`SELECT count(*)::int AS n FROM exports`);
    expect(n).toBe(1);
  });

  test('a key is kept 30 days; one that is no key is 400; without a key two requests are two', async () => {
    const body = found('壬');
    const first = await send({ key: 'month', body });
    world.setNow('2026-04-08');
    expect((await send({ key: 'month', body })).bytes).toBe(first.bytes);
    world.setNow('2026-04-10');
    expect((await send({ key: 'month', body })).json().id).not.toBe(first.json().id);
    for (const key of ['有', 'a b', 'x'.repeat(201)]) {
      const bad = await send({ key: Buffer.from(key).toString('latin1'), body: found('癸') });
      expect([key.slice(0, 3), refusal(bad)]).toEqual([key.slice(0, 3), '400 idempotency.key_invalid']);
    }
    await send({ body: found('癸') });
    await send({ body: found('癸') });
    expect(await rows('癸')).toBe(2);
  });
});
