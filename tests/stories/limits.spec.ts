import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { hashPassword } from '#core/auth/passwords.js';
import { startWorld, type World } from '#testkit/world.js';

const PASSWORD = 'Dudao-2026-east';

describe('what one person or one address may ask for', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await world.dataSource.query(`UPDATE users SET password_hash = $1, password_changed_at = now()`, [
      await hashPassword(PASSWORD),
    ]);
  });
  afterAll(() => world.stop());
  beforeEach(() => world.setNow('2026-03-10'));

  const login = async (from: string, username: string, password = 'wrong') => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      remoteAddress: from,
      payload: { username, password },
    });
    return {
      said: answer.statusCode,
      code: answer.json().code,
      retry: Number(answer.headers['retry-after']),
    };
  };
  const failures = async (network: string): Promise<number> => {
    const [row] = await world.dataSource.query(`SELECT failures FROM login_addresses WHERE network = $1`, [
      network,
    ]);
    return row?.failures ?? 0;
  };

  test('failures of many names from one address lock it for a while; other addresses go on', async () => {
    const most = world.config.loginFailuresPerAddress;
    expect((await login('203.0.113.7', 'nobody0')).said).toBe(401);
    await world.dataSource.query(`UPDATE login_addresses SET failures = $1`, [most - 2]);
    expect((await login('203.0.113.7', 'nobody1')).said).toBe(401);
    // A right one gives its try back, and the lock that it would have brought.
    expect((await login('203.0.113.7', 'wang', PASSWORD)).said).toBe(200);
    expect(await failures('203.0.113.7')).toBe(most - 1);
    expect((await login('203.0.113.7', 'nobody2')).said).toBe(401);
    const locked = await login('::ffff:203.0.113.7', 'nobody3');
    expect([locked.said, locked.code]).toEqual([429, 'auth.address_locked']);
    expect(locked.retry).toBeGreaterThan(0);
    expect(locked.retry).toBeLessThanOrEqual(900);
    expect((await login('203.0.113.7', 'feng', PASSWORD)).code).toBe('auth.address_locked');
    expect((await login('203.0.113.8', 'feng', PASSWORD)).said).toBe(200);
    world.setNow('2026-03-10T10:16:00+08:00');
    expect((await login('203.0.113.7', 'feng', PASSWORD)).said).toBe(200);
  });

  test('of forty at once no more are evaluated than are left; the machine itself is not counted', async () => {
    const most = world.config.loginFailuresPerAddress;
    await login('2001:db8::1', 'nobody');
    await world.dataSource.query(`UPDATE login_addresses SET failures = $1, locked_until = NULL`, [most - 4]);
    const storm = await Promise.all(
      Array.from({ length: 40 }, (_, i) => login(`2001:db8::${i.toString(16)}:1`, `stranger${i}`)),
    );
    const count = (code: string) => storm.filter((answer) => answer.code === code).length;
    expect([count('auth.invalid_credentials'), count('auth.address_locked')]).toEqual([4, 36]);
    const [{ before }] = await world.dataSource.query('SELECT count(*)::int AS before FROM login_addresses');
    expect((await login('127.0.0.1', 'nobody')).said).toBe(401);
    const [{ after }] = await world.dataSource.query('SELECT count(*)::int AS after FROM login_addresses');
    expect(after).toBe(before);
  });

  test('who has brought a day’s worth of files waits; another person does not, nor they tomorrow', async () => {
    const put = async (who: 'wang' | 'feng', red: number) => {
      const background = { r: red, g: 0, b: 0 };
      const payload = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .jpeg()
        .toBuffer();
      const sha256 = createHash('sha256').update(payload).digest('hex');
      return world.as(who).put(`/attachments/${sha256}`, undefined, { payload, type: 'image/jpeg' });
    };
    expect((await put('wang', 1)).status).toBe(201);
    const { districts, people } = world.cast;
    await world.dataSource.query(
      `WITH files AS (INSERT INTO attachments (district_id, sha256, media_type, size, stored_at)
         SELECT $1, lpad(n::text, 64, '0'), 'image/jpeg', 2147483647, $3 FROM generate_series(1, 10) n RETURNING sha256)
       INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) SELECT $1, sha256, $2, $3 FROM files`,
      [districts.A, people.wang, world.now()],
    );
    world.setNow('2026-03-10T10:02:00+08:00');
    const refused = await put('wang', 2);
    expect([refused.status, refused.body.code]).toEqual([429, 'attachment.quota_reached']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await put('feng', 2)).status).toBe(201);
    world.setNow('2026-03-11T10:05:00+08:00');
    expect((await put('wang', 3)).status).toBe(201);
  });

  test('no more than twenty exports wait for one person, also of thirty asked for at once', async () => {
    const ask = (who: 'wang' | 'qian') =>
      world.as(who).post('/exports', { kind: 'issues', format: 'csv', filter: {} });
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask('wang')));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ body }) => body.code)).toEqual(Array.from({ length: 10 }, () => 'export.too_many'));
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('qian')).status).toBe(202);
    await world.dataSource.query(`UPDATE exports SET status = 'done', finished_at = now() WHERE id = $1`, [
      answers.find(({ status }) => status === 202)!.body.id,
    ]);
    expect((await ask('wang')).status).toBe(202);
  });
});
