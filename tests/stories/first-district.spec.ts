import { createDistrict } from '#core/directory/create-district.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const found = (more: object = {}) =>
  inTransaction(world.systemCtx('A'), (ctx) =>
    createDistrict(ctx, {
      code: '370211',
      name: '新区',
      admin: { username: 'First.Admin', password: 'Dudao-2026-start' },
      ...more,
    }),
  );

describe('A district without the demo', () => {
  it('begins with a technician, who enters the head of the office, who names it and enters zones and schools', async () => {
    expect(await found()).toMatchObject({ username: 'first.admin', mustChangePassword: false });
    const login = async (username: string, password: string) =>
      world.with((await world.with().post('/auth/login', { username, password })).body.accessToken);
    const admin = await login('first.admin', 'Dudao-2026-start');
    const head = await admin.post('/users', {
      username: 'new_head',
      name: '新主任',
      roles: ['office_head'],
      password: 'Quite-Another-9',
      mustChangePassword: true,
    });
    expect([head.status, head.body.mustChangePassword]).toEqual([201, true]);
    const voice = await login('new_head', 'Quite-Another-9');
    expect((await voice.get('/settings')).body.code).toBe('auth.password_change_required');
    await voice.post('/auth/password', { oldPassword: 'Quite-Another-9', newPassword: 'Mine-Alone-77' });
    // Its documents are issued in its name, also when that changes, until the office names itself.
    const issuer = async (change: object) => (await voice.patch('/settings', change)).body.documents.issuer;
    expect((await voice.get('/settings')).body.documents.issuer).toBe('新区人民政府教育督导室');
    expect(await issuer({ minSample: 12 })).toBe('新区人民政府教育督导室');
    expect(await issuer({ district: { name: '滨海新区' } })).toBe('滨海新区人民政府教育督导室');
    const own = '滨海新区人民政府教育督导室';
    expect(await issuer({ documents: { issuer: own } })).toBe(own);
    expect(await issuer({ district: { name: '滨海区' } })).toBe(own);
    expect(await issuer({ district: { name: '滨海新区' }, documents: { issuer: '滨海督导' } })).toBe(
      '滨海督导',
    );
    const zone = await voice.post('/zones', { name: '一片区' });
    const school = await voice.post('/schools', {
      code: '3702110001',
      name: '滨海小学',
      stages: ['primary'],
      zoneId: zone.body.id,
    });
    expect([zone.status, school.status]).toEqual([201, 201]);
    expect((await world.as('zhao').get(`/schools/${school.body.id}`)).status).toBe(404);
  });

  it('is not begun twice, nor with a name that is taken or none; a weak password must be changed', async () => {
    await expect(found()).rejects.toMatchObject({ code: 'resource.conflict' });
    await expect(found({ code: '370212' })).rejects.toMatchObject({ code: 'resource.conflict' });
    const one = await world.dataSource.query(`SELECT 1 FROM districts WHERE code = '370212'`);
    expect(one).toEqual([]);
    await expect(
      found({ code: '370213', admin: { username: '管理员', password: 'x' } }),
    ).rejects.toMatchObject({ code: 'request.invalid' });
    const weak = await found({ code: '370214', admin: { username: 'weak', password: 'weakness' } });
    expect(weak.mustChangePassword).toBe(true);
  });
});
