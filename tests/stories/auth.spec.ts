import { hashPassword } from '#core/auth/passwords.js';
import { type PersonName } from '#testkit/cast.js';
import { startSecond } from '#testkit/second.js';
import { startWorld, type World } from '#testkit/world.js';

const PASSWORD = 'Dudao-2026-east';
let world: World;
let hash: string;

beforeAll(async () => {
  world = await startWorld();
  hash = await hashPassword(PASSWORD);
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.setNow('2026-03-10');
  await world.dataSource.query(`DELETE FROM login_failures`);
  await world.dataSource.query(
    `UPDATE users SET password_hash = $1, disabled_at = NULL, valid_until = NULL, must_change_password = false, password_changed_at = $2`,
    [hash, world.now()],
  );
});

const login = (username: string, password = PASSWORD, voice = world.with()) =>
  voice.post('/auth/login', { username, password });
const eventsOf = (person: PersonName) =>
  world.dataSource.query(`SELECT action FROM events WHERE actor_id = $1 OR subject_id = $1 ORDER BY id`, [
    world.cast.people[person],
  ]) as Promise<{ action: string }[]>;

describe('Inspector Wang logs in', () => {
  it('with the name in any case, and learns who she is and what she may do', async () => {
    const answer = await login('  WANG ');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      accessToken: expect.stringMatching(/^dda_/),
      refreshToken: expect.stringMatching(/^ddr_/),
      expiresIn: 900,
      user: {
        id: world.cast.people.wang,
        name: '王督学',
        roles: ['inspector'],
        districtId: world.cast.districts.A,
        unitId: null,
        zoneIds: [world.cast.zones.east],
      },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    const me = await world.with(answer.body.accessToken).get('/me');
    expect(me.body).toMatchObject({
      username: 'wang',
      district: { code: '370203', name: '示范区' },
      zones: [{ name: '东片区' }],
    });
    expect(me.body.permissions).toEqual(expect.arrayContaining(['inspection.write', 'issue.register']));
    expect(me.body.permissions).not.toContain('user.write');
    expect((await eventsOf('wang')).map((event) => event.action)).toContain('logged_in');
  });

  it('and nobody without a token is answered', async () => {
    for (const voice of [world.with(), world.with('dda_invented-by-somebody'), world.with('x')]) {
      const answer = await voice.get('/me');
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });

  it('not with a wrong password, and a stranger’s name is answered with the same words', async () => {
    const wrong = await login('wang', 'not-her-password');
    const unknown = await login('nobody-of-this-name', 'not-her-password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const words = ({ body }: typeof wrong) => [body.code, body.title, body.detail];
    expect(words(unknown)).toEqual(words(wrong));
    expect(wrong.body.code).toBe('auth.invalid_credentials');
  });

  it('not when her account is disabled or its last day is past', async () => {
    const { wang } = world.cast.people;
    await world.dataSource.query(`UPDATE users SET valid_until = '2026-03-09' WHERE id = $1`, [wang]);
    expect((await login('wang')).body.code).toBe('auth.invalid_credentials');
    await world.dataSource.query(`UPDATE users SET valid_until = '2026-03-10' WHERE id = $1`, [wang]);
    const { accessToken } = (await login('wang')).body;
    expect((await world.with(accessToken).get('/me')).status).toBe(200);
    await world.dataSource.query(`UPDATE users SET valid_until = NULL, disabled_at = now() WHERE id = $1`, [
      wang,
    ]);
    expect((await login('wang')).body.code).toBe('auth.invalid_credentials');
  });

  it('and fields that do not belong there are refused', async () => {
    const answer = await world
      .with()
      .post('/auth/login', { username: 'wang', password: PASSWORD, role: 'office_head' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ pointer: '/role', code: 'unknown_field' }),
    ]);
    expect((await world.with().post('/auth/login', { username: 'wang' })).body.errors[0].pointer).toBe(
      '/password',
    );
  });
});

describe('A name is locked', () => {
  it('after five failures, for fifteen minutes, however it is written', async () => {
    for (let i = 0; i < 5; i++) expect((await login('chen', `wrong ${i}`)).status).toBe(401);
    for (const name of ['chen', 'CHEN', ' chen ', 'ｃｈｅｎ', 'ch en']) {
      const locked = await login(name);
      expect([name, locked.status, locked.body.code]).toEqual([name, 429, 'auth.locked']);
      expect(Number(locked.headers['retry-after'])).toBe(900);
    }
    expect((await eventsOf('chen')).map((event) => event.action)).toContain('login_locked');
    expect((await login('feng')).status).toBe(200);
    world.setNow(new Date(world.now().getTime() + 15 * 60_000).toISOString());
    expect((await login('chen')).status).toBe(200);
  });

  it('also when nobody has it, so that locking tells nothing', async () => {
    for (let i = 0; i < 5; i++) expect((await login('nobody', 'x')).status).toBe(401);
    expect((await login('nobody', 'x')).body.code).toBe('auth.locked');
  });

  it('and a right password in between gives all five tries back', async () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) expect((await login('feng', 'wrong')).status).toBe(401);
      expect((await login('feng')).status).toBe(200);
    }
  });

  it('under fifty tries at once through two processes: at most five are looked at', async () => {
    const { app, stop } = await startSecond(world);
    const inject = async (i: number) =>
      (
        await (i % 2 ? app : world.app).inject({
          method: 'POST',
          url: '/api/v1/auth/login',
          headers: { 'x-forwarded-for': `10.0.0.${i}` },
          payload: { username: i % 3 ? 'li' : 'LI', password: `guess ${i}` },
        })
      ).statusCode;
    const statuses = await Promise.all(Array.from({ length: 50 }, (_, i) => inject(i)));
    await stop();
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(45);
  });

  it('never by right passwords, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => login('sun')));
    expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(200));
  });
});

describe('A session', () => {
  it('goes on by its refresh token, which is good once', async () => {
    const first = (await login('wang')).body;
    const second = await world.with().post('/auth/refresh', { refreshToken: first.refreshToken });
    expect(second.status).toBe(200);
    expect(second.body.user.id).toBe(world.cast.people.wang);
    expect((await world.with(second.body.accessToken).get('/me')).status).toBe(200);

    const reused = await world.with().post('/auth/refresh', { refreshToken: first.refreshToken });
    expect([reused.status, reused.body.code]).toEqual([401, 'auth.refresh_reused']);
    for (const token of [first.accessToken, second.body.accessToken]) {
      expect((await world.with(token).get('/me')).status).toBe(401);
    }
    const dead = await world.with().post('/auth/refresh', { refreshToken: second.body.refreshToken });
    expect([dead.status, dead.body.code]).toEqual([401, 'auth.refresh_invalid']);
    expect((await eventsOf('wang')).map((event) => event.action)).toContain('refresh_reused');
  });

  it('with two refreshes of one token at once has one winner and ends', async () => {
    const { refreshToken } = (await login('wang')).body;
    const both = await Promise.all([1, 2].map(() => world.with().post('/auth/refresh', { refreshToken })));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });

  it('ends: the access token after 15 minutes, the refresh token after 12 hours, the whole after 30 days', async () => {
    const start = world.now().getTime();
    const later = (minutes: number) => world.setNow(new Date(start + minutes * 60_000).toISOString());
    let { accessToken, refreshToken } = (await login('wang')).body;
    const idle = (await login('wang')).body.refreshToken;
    later(14);
    expect((await world.with(accessToken).get('/me')).status).toBe(200);
    later(15);
    expect((await world.with(accessToken).get('/me')).status).toBe(401);
    for (let hours = 11; hours < 30 * 24; hours += 11) {
      later(hours * 60);
      const answer = await world.with().post('/auth/refresh', { refreshToken });
      expect([hours, answer.status]).toEqual([hours, 200]);
      refreshToken = answer.body.refreshToken;
    }
    expect((await world.with().post('/auth/refresh', { refreshToken: idle })).status).toBe(401);
    later(30 * 24 * 60);
    expect((await world.with().post('/auth/refresh', { refreshToken })).status).toBe(401);
  });

  it('ends at the logout, at once, and no other with it', async () => {
    const [one, two] = [(await login('wang')).body, (await login('wang')).body];
    expect((await world.with(one.accessToken).get('/me')).status).toBe(200);
    expect((await world.with(one.accessToken).post('/auth/logout')).status).toBe(204);
    expect((await world.with(one.accessToken).get('/me')).status).toBe(401);
    expect((await world.with().post('/auth/refresh', { refreshToken: one.refreshToken })).status).toBe(401);
    expect((await world.with(two.accessToken).get('/me')).status).toBe(200);
  });

  it('is dead in another process too, as soon as that has heard of the logout', async () => {
    const { app, stop } = await startSecond(world);
    const { accessToken } = (await login('wang')).body;
    const there = async () =>
      (await app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${accessToken}` } }))
        .statusCode;
    expect(await there()).toBe(200);
    await world.with(accessToken).post('/auth/logout');
    let status = await there();
    for (let i = 0; i < 200 && status === 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      status = await there();
    }
    await stop();
    expect(status).toBe(401);
  });
});

describe('Her password', () => {
  it('is changed with the old one; all other sessions end and hers goes on', async () => {
    const [here, elsewhere] = [(await login('wang')).body, (await login('wang')).body];
    const change = await world
      .with(here.accessToken)
      .post('/auth/password', { oldPassword: PASSWORD, newPassword: 'Quite-Another-9' });
    expect(change.status).toBe(204);
    expect((await world.with(elsewhere.accessToken).get('/me')).status).toBe(401);
    expect((await world.with(here.accessToken).get('/me')).status).toBe(200);
    expect((await login('wang')).status).toBe(401);
    expect((await login('wang', 'Quite-Another-9')).status).toBe(200);
  });

  it('is not changed without it, nor to a weak one or the same, and guessing locks', async () => {
    const voice = world.with((await login('feng')).body.accessToken);
    const change = (oldPassword: string, newPassword: string) =>
      voice.post('/auth/password', { oldPassword, newPassword });
    const refusals = [
      await change('wrong', 'Quite-Another-9'),
      await change(PASSWORD, PASSWORD),
      await change(PASSWORD, 'feng-Abc-12345'),
      await change(PASSWORD, 'short1A'),
    ];
    expect(refusals.map(({ status, body }) => [status, body.code, body.errors[0].pointer])).toEqual([
      [400, 'request.invalid', '/oldPassword'],
      [400, 'request.invalid', '/newPassword'],
      [400, 'auth.password_weak', '/newPassword'],
      [400, 'auth.password_weak', '/newPassword'],
    ]);
    for (let i = 0; i < 5; i++) expect((await change(`guess ${i}`, 'Quite-Another-9')).status).toBe(400);
    expect((await change(PASSWORD, 'Quite-Another-9')).status).toBe(429);
  });

  it('given by somebody else must be changed before anything else is done', async () => {
    await world.dataSource.query(`UPDATE users SET must_change_password = true WHERE id = $1`, [
      world.cast.people.wang,
    ]);
    const { accessToken, user } = (await login('wang')).body;
    expect(user.mustChangePassword).toBe(true);
    const voice = world.with(accessToken);
    expect((await voice.get('/me')).status).toBe(200);
    const refused = await voice.get('/compliance/units');
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.password_change_required']);
    await voice.post('/auth/password', { oldPassword: PASSWORD, newPassword: 'Quite-Another-9' });
    expect((await voice.get('/compliance/units')).status).toBe(200);
  });
});
