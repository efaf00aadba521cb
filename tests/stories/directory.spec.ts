import ExcelJS from 'exceljs';
import { readTable } from '#core/foundation/table-file.js';
import { startWorld, type World } from '#testkit/world.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PASSWORD = 'Dudao-2026-east';
let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const school = (more: object = {}) => ({
  code: '3702030100',
  name: '向阳小学',
  stages: ['primary'],
  ownership: 'public',
  boarding: false,
  zoneId: world.cast.zones.east,
  pupils: { 1: 120, 2: 115 },
  ...more,
});
const actionsOn = async (id: string): Promise<string[]> =>
  (await world.dataSource.query(`SELECT action FROM events WHERE subject_id = $1 ORDER BY id`, [id])).map(
    (event: { action: string }) => event.action,
  );
const changesOf = async (id: string) =>
  (
    await world.dataSource.query(`SELECT data FROM events WHERE subject_id = $1 ORDER BY id DESC LIMIT 1`, [
      id,
    ])
  )[0].data.changes;

describe('A school', () => {
  it('is entered by the office, changed, closed on a date and never deleted', async () => {
    const made = await world.as('qian').post('/schools', school());
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      ...school(),
      id: expect.any(String),
      kind: 'school',
      address: null,
      openedOn: null,
      closedOn: null,
    });
    const { id } = made.body;
    const shown = await world.as('wang').get(`/schools/${id}`);
    expect([shown.body, shown.headers.etag]).toEqual([made.body, made.headers.etag]);

    const renamed = await world
      .as('zhao')
      .patch(`/schools/${id}`, { name: '向阳实验小学', pupils: { 1: 100, 10: 1 } });
    expect(renamed.body.errors[0].pointer).toBe('/pupils/10');
    const changed = await world
      .as('zhao')
      .patch(
        `/schools/${id}`,
        { name: '向阳实验小学' },
        { headers: { 'if-match': shown.headers.etag ?? '' } },
      );
    expect([changed.status, changed.body.name]).toEqual([200, '向阳实验小学']);
    expect(await changesOf(id)).toEqual({ name: { from: '向阳小学', to: '向阳实验小学' } });
    const stale = await world
      .as('qian')
      .patch(`/schools/${id}`, { boarding: true }, { headers: { 'if-match': shown.headers.etag ?? '' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'request.stale']);

    const closed = await world.as('zhao').patch(`/schools/${id}`, { closedOn: '2026-03-01' });
    expect(closed.body.closedOn).toBe('2026-03-01');
    const codes = async (query: string) =>
      (await world.as('qian').get(`/schools?${query}`)).body.items.map((one: { code: string }) => one.code);
    expect(await codes('closed=true')).toEqual(['3702030100']);
    expect(await codes('closed=false')).not.toContain('3702030100');
    expect(await codes('')).toContain('3702030100');
    expect((await world.as('zhao').delete(`/schools/${id}`)).status).toBe(404);
    expect(await actionsOn(id)).toEqual(['created', 'updated', 'closed']);
    const [facts] = await world.dataSource.query(`SELECT 1 FROM unit_facts WHERE unit_id = $1`, [id]);
    expect(facts).toBeDefined();
  });

  it('is seen by those it concerns: a zone its schools, a school itself, a technician all, another district none', async () => {
    const seen = async (person: Parameters<World['as']>[0]) =>
      (await world.as(person).get('/schools?closed=false')).body.items.map(
        (one: { name: string }) => one.name,
      );
    expect(await seen('qian')).toEqual(['明德小学', '育才初级中学', '西山学校']);
    expect(await seen('li')).toEqual(['明德小学', '育才初级中学']);
    expect(await seen('chen')).toEqual(['西山学校']);
    expect(await seen('liu')).toEqual(['明德小学']);
    expect(await seen('admin')).toEqual(['明德小学', '育才初级中学', '西山学校']);
    expect(await seen('strangerHead')).toEqual(['邻区第一小学']);
    const west = `/schools/${world.cast.units.schoolWest}`;
    for (const person of ['wang', 'liu', 'strangerHead'] as const) {
      expect([person, (await world.as(person).get(west)).status]).toEqual([person, 404]);
    }
    expect((await world.as('strangerHead').patch(west, { name: '改名' })).status).toBe(404);
    expect((await world.as('zhao').get(`/schools/${world.cast.units.institution}`)).status).toBe(404);
    expect((await world.as('zhao').get('/schools/not-an-id')).status).toBe(404);
  });

  it('is filtered, searched, counted and paged', async () => {
    const zhao = world.as('zhao');
    const names = async (query: string) =>
      (await zhao.get(`/schools?closed=false&${query}`)).body.items.map((one: { name: string }) => one.name);
    expect(await names(`zoneId=${world.cast.zones.west}`)).toEqual(['西山学校']);
    expect(await names('stage=junior')).toEqual(['育才初级中学', '西山学校']);
    expect(await names(`q=${encodeURIComponent('明德')}`)).toEqual(['明德小学']);
    expect(await names(`q=${encodeURIComponent('%')}`)).toEqual([]);
    const first = await zhao.get('/schools?closed=false&limit=2&count=true');
    expect([first.body.items.length, first.body.count]).toEqual([2, 3]);
    const second = await zhao.get(`/schools?closed=false&limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ name: '西山学校' }], nextCursor: null });
    expect((await zhao.get('/schools?cursor=invented')).body.code).toBe('request.cursor_invalid');
    expect((await zhao.get('/schools?limit=500')).status).toBe(400);
    expect((await zhao.get('/schools?colour=red')).body.errors[0].code).toBe('unknown_field');
  });

  it('is not entered twice, nor in another district’s zone, nor by whom it does not concern, nor with foreign fields', async () => {
    const twice = await world.as('qian').post('/schools', school({ code: '3702030001' }));
    expect([twice.status, twice.body.code]).toEqual([409, 'resource.conflict']);
    const foreign = await world
      .as('qian')
      .post('/schools', school({ code: '3702030101', zoneId: world.cast.zones.north }));
    expect([foreign.status, foreign.body.errors[0].pointer]).toEqual([400, '/zoneId']);
    for (const person of ['li', 'wang', 'liu', 'auditor', 'sun'] as const) {
      expect([person, (await world.as(person).post('/schools', school())).status]).toEqual([person, 403]);
    }
    for (const extra of ['districtId', 'id', 'kind', 'closedOn', 'revision']) {
      const answer = await world.as('qian').post('/schools', school({ [extra]: 'x' }));
      expect(answer.body.errors).toEqual([
        expect.objectContaining({ pointer: `/${extra}`, code: 'unknown_field' }),
      ]);
    }
    const bad = await world
      .as('qian')
      .post('/schools', school({ code: '12', stages: [], pupils: { 13: 1 }, zoneId: 'east' }));
    expect(bad.body.errors.map((one: { pointer: string }) => one.pointer).sort()).toEqual([
      '/code',
      '/pupils',
      '/stages',
      '/zoneId',
    ]);
  });
});

test('a school whose grade 6 became junior is still edited: only what a change is about is asked', async () => {
  const zhao = world.as('zhao');
  const code = '3702030077';
  const { id } = (await zhao.post('/schools', school({ code, pupils: { 1: 90, 6: 80 } }))).body;
  const system = (to: string) => zhao.patch('/settings', { schoolSystem: to });
  expect((await system('5-4')).status).toBe(200);
  const change = (body: object) => zhao.patch(`/schools/${id}`, body);
  try {
    expect((await change({ address: '向阳路 1 号' })).status).toBe(200);
    expect((await change({ pupils: { 1: 91, 6: 80 } })).body.errors).toEqual([
      { pointer: '/pupils/6', code: 'grade_unknown', message: '六年级在本区属初中，不属于所选学段' },
    ]);
    expect((await change({ pupils: { 1: 91 } })).status).toBe(200);
  } finally {
    await system('6-3');
  }
  const points = async (body: object) => (await change(body)).body.errors[0].pointer;
  await change({ closedOn: '2026-03-01' });
  expect(await points({ openedOn: '2026-04-01' })).toBe('/openedOn');
  await change({ openedOn: '2020-09-01' });
  expect(await points({ closedOn: '2020-01-01' })).toBe('/closedOn');
  expect(await points({ openedOn: '2026-04-01', closedOn: '2026-03-02' })).toBe('/closedOn');
});

describe('Zones, institutions and departments', () => {
  it('a training institution is private where nothing is said, a department neither', async () => {
    const zoneId = world.cast.zones.east;
    const made = await world.as('zhao').post('/institutions', { name: '乐知培训学校', zoneId });
    expect(made.body.ownership).toBe('private');
    const department = await world.as('zhao').post('/departments', { code: 'BM0077', name: '安全科' });
    expect(department.body.ownership).toBeNull();
  });

  it('are entered and changed like schools', async () => {
    const zhao = world.as('zhao');
    const zone = await zhao.post('/zones', { code: 'south', name: '南片区' });
    expect([zone.status, zone.body]).toEqual([
      201,
      { id: expect.any(String), code: 'south', name: '南片区', closedOn: null, schools: 0 },
    ]);
    expect((await zhao.post('/zones', { code: 'south', name: '又一个' })).status).toBe(409);
    const [institution, department] = [
      await zhao.post('/institutions', { name: '启明培训学校', zoneId: zone.body.id, ownership: 'private' }),
      await zhao.post('/departments', { code: 'BM0009', name: '体卫艺科' }),
    ];
    expect([institution.status, department.status]).toEqual([201, 201]);
    const moved = await zhao.patch(`/institutions/${institution.body.id}`, { zoneId: world.cast.zones.west });
    expect(moved.body.zoneId).toBe(world.cast.zones.west);
    expect((await zhao.patch(`/departments/${department.body.id}`, { name: '体育卫生艺术科' })).status).toBe(
      200,
    );
    expect((await world.as('chen').get('/institutions')).body.items).toHaveLength(1);
    expect((await zhao.get('/departments')).body.items.map((one: { name: string }) => one.name)).toEqual([
      '基础教育科',
      '体育卫生艺术科',
      '安全科',
    ]);
    expect((await zhao.patch(`/zones/${zone.body.id}`, { closedOn: '2026-03-10' })).body.closedOn).toBe(
      '2026-03-10',
    );
    const full = await zhao.patch(`/zones/${world.cast.zones.east}`, { closedOn: '2026-03-10' });
    expect([full.status, full.body.detail]).toEqual([409, expect.stringContaining('还有')]);
    expect(
      (await world.as('strangerHead').patch(`/zones/${world.cast.zones.east}`, { name: 'x' })).status,
    ).toBe(404);
    expect((await world.as('strangerHead').get('/zones')).body.items).toHaveLength(1);
  });
});

describe('A person', () => {
  const person = (more: object = {}) => ({
    username: 'He.Jing',
    name: '何静',
    roles: ['inspector'],
    zoneIds: [world.cast.zones.east],
    password: PASSWORD,
    ...more,
  });

  it('is entered by the technician, logs in, and works at once in the zone', async () => {
    const made = await world.as('admin').post('/users', person({ phone: '0532-88881234' }));
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      name: '何静',
      roles: ['inspector'],
      unitId: null,
      zoneIds: [world.cast.zones.east],
      username: 'he.jing',
      phone: '0532-88881234',
      validUntil: null,
      disabled: false,
      mustChangePassword: false,
      createdAt: world.now().toISOString(),
    });
    const { accessToken } = (
      await world.with().post('/auth/login', { username: 'he.jing', password: PASSWORD })
    ).body;
    expect((await world.with(accessToken).get('/schools?closed=false')).body.items).toHaveLength(2);
    const [event] = await world.dataSource.query(`SELECT data FROM events WHERE subject_id = $1`, [
      made.body.id,
    ]);
    expect(JSON.stringify(event)).not.toContain(PASSWORD);
    expect((await world.as('admin').post('/users', person({ username: 'HE.JING' }))).status).toBe(409);
  });

  it('given other roles, a new password, or disabled, is out at once', async () => {
    const { id } = (await world.as('admin').post('/users', person({ username: 'leaver' }))).body;
    const enter = async (password = PASSWORD) => {
      const answer = await world.with().post('/auth/login', { username: 'leaver', password });
      return answer.status === 200 ? world.with(answer.body.accessToken) : null;
    };
    const works = async (voice: Awaited<ReturnType<typeof enter>>) => (await voice?.get('/me'))?.status;
    const change = (body: object) => world.as('admin').patch(`/users/${id}`, body);

    let voice = await enter();
    expect(await works(voice)).toBe(200);
    expect((await change({ roles: ['office_staff'] })).status).toBe(200);
    expect(await works(voice)).toBe(401);

    voice = await enter();
    expect((await change({ password: 'Brand-New-Key-7' })).status).toBe(200);
    expect(await works(voice)).toBe(401);
    expect(await enter()).toBeNull();

    voice = await enter('Brand-New-Key-7');
    expect((await change({ disabled: true })).body.disabled).toBe(true);
    expect(await works(voice)).toBe(401);
    expect(await enter('Brand-New-Key-7')).toBeNull();
    expect((await change({ disabled: false })).status).toBe(200);

    voice = await enter('Brand-New-Key-7');
    expect((await voice?.get('/schools?closed=false'))?.body.items).toHaveLength(3);
    expect(
      (await change({ roles: ['zone_officer'], zoneIds: [world.cast.zones.west] })).body.zoneIds,
    ).toEqual([world.cast.zones.west]);
    voice = await enter('Brand-New-Key-7');
    expect((await voice?.get('/schools?closed=false'))?.body.items).toHaveLength(1);
    // Another zone only changes what is seen; nobody has to log in again for it.
    await change({ zoneIds: [world.cast.zones.east] });
    expect((await voice?.get('/schools?closed=false'))?.body.items).toHaveLength(2);
    expect(await actionsOn(id)).toEqual([
      'created',
      'updated',
      'password_reset',
      'disabled',
      'enabled',
      'updated',
      'updated',
    ]);
  });

  it('needs a place that fits the roles, of this district', async () => {
    const { admin } = { admin: world.as('admin') };
    const pointers = async (more: object) => {
      const answer = await admin.post('/users', person({ username: 'refused', ...more }));
      expect(answer.status).toBe(400);
      return answer.body.errors.map((one: { pointer: string }) => one.pointer);
    };
    expect(await pointers({ zoneIds: [] })).toEqual(['/zoneIds']);
    expect(await pointers({ roles: ['unit_leader'], zoneIds: [] })).toEqual(['/unitId']);
    expect(await pointers({ roles: ['unit_leader'], unitId: world.cast.units.schoolOther })).toEqual([
      '/unitId',
    ]);
    expect(await pointers({ zoneIds: [world.cast.zones.north] })).toEqual(['/zoneIds/0']);
    expect(await pointers({ roles: ['system_admin', 'office_head'] })).toEqual(['/roles']);
    expect(await pointers({ roles: ['king'] })).toEqual(['/roles']);
    expect(await pointers({ password: 'refused-123' })).toEqual(['/password']);
    expect(await pointers({ validUntil: '2026-03-09' })).toEqual(['/validUntil']);
    for (const extra of ['districtId', 'id', 'passwordHash', 'disabled', 'role', 'unit_id']) {
      expect(await pointers({ [extra]: 'x' })).toEqual([`/${extra}`]);
    }
    const ended = await admin.post(
      '/users',
      person({ username: 'evaluator', roles: ['auditor'], zoneIds: [], validUntil: '2026-06-30' }),
    );
    expect([ended.status, ended.body.validUntil]).toEqual([201, '2026-06-30']);
  });

  it('is kept by the technician alone, who can neither promote nor lock out the own account', async () => {
    const { cast } = world;
    for (const stranger of ['zhao', 'wang', 'liu', 'auditor'] as const) {
      const answer = await world.as(stranger).patch(`/users/${cast.people.feng}`, { roles: ['office_head'] });
      expect([stranger, answer.status]).toEqual([stranger, 403]);
    }
    const admin = world.as('admin');
    expect((await admin.patch(`/users/${cast.people.strangerHead}`, { disabled: true })).status).toBe(404);
    expect((await admin.patch(`/users/${cast.people.admin}`, { disabled: true })).status).toBe(409);
    expect((await admin.patch(`/users/${cast.people.admin}`, { roles: ['office_head'] })).status).toBe(409);
    expect((await admin.patch(`/users/${cast.people.admin}`, { validUntil: '2026-03-10' })).status).toBe(409);
    expect((await admin.patch(`/users/${cast.people.admin}`, { phone: '0532-1234567' })).status).toBe(200);
  });

  it('is seen by colleagues as far as they need: names and roles for a team, accounts for the office', async () => {
    const { cast } = world;
    const seen = async (person: Parameters<World['as']>[0], query = '') =>
      (await world.as(person).get(`/users?limit=200${query}`)).body.items as Record<string, unknown>[];
    const ids = (people: Record<string, unknown>[]) => people.map((one) => one.id);
    const [office, team] = [await seen('qian'), await seen('wang')];
    expect(ids(office)).toEqual(expect.arrayContaining([cast.people.liu, cast.people.admin]));
    expect(ids(office)).not.toContain(cast.people.strangerHead);
    expect(ids(team)).toEqual(expect.arrayContaining([cast.people.chen, cast.people.li, cast.people.zhao]));
    expect(ids(team)).not.toContain(cast.people.liu);
    expect(Object.keys(team[0] ?? {})).toEqual(['id', 'name', 'roles', 'unitId', 'zoneIds']);
    expect((await world.as('wang').get(`/users/${cast.people.liu}`)).status).toBe(404);
    expect((await world.as('liu').get('/users')).status).toBe(403);
    expect(ids(await seen('qian', '&role=zone_officer'))).toContain(cast.people.li);
    expect(ids(await seen('qian', `&q=${encodeURIComponent('刘')}`))).toEqual([cast.people.liu]);
    expect(ids(await seen('qian', `&unitId=${cast.units.schoolLiu}`))).toHaveLength(2);
  });
});

describe('The register of schools', () => {
  const HEADER = ['学校代码*', '学校名称*', '学段*', '责任区*', '办学性质', '寄宿', '一年级'];
  const workbook = async (...rows: unknown[][]): Promise<Buffer> => {
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet('学校');
    sheet.addRows([['示范区中小学名册'], HEADER, ...rows]);
    return Buffer.from(await book.xlsx.writeBuffer());
  };
  const send = (payload: Buffer, type = XLSX, query = '') =>
    world.as('qian').post(`/schools/import${query}`, undefined, { payload, type });
  const form = (payload: Buffer, filename: string, type: string) => {
    const boundary = 'x-boundary-of-the-story';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`;
    return world.as('qian').post('/schools/import', undefined, {
      payload: Buffer.concat([Buffer.from(head), payload, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      type: `multipart/form-data; boundary=${boundary}`,
    });
  };
  const known = async (code: string) =>
    (await world.as('qian').get(`/schools?q=${code}`)).body.items[0] as Record<string, unknown> | undefined;

  it('is imported from a workbook, and a second time only reported or brought up to date', async () => {
    const file = await workbook(
      [3702030201, '朝阳小学', '小学', '东片区', '公办', '否', 98],
      ['3702030202', '朝阳学校', '九年一贯制', 'west', '民办', '是', null],
    );
    const imported = await send(file);
    expect([imported.status, imported.body]).toEqual([
      200,
      { total: 2, created: 2, updated: 0, unchanged: 0 },
    ]);
    expect(await known('3702030201')).toMatchObject({
      stages: ['primary'],
      pupils: { 1: 98 },
      ownership: 'public',
    });
    expect(await known('3702030202')).toMatchObject({
      stages: ['primary', 'junior'],
      boarding: true,
      ownership: 'private',
      zoneId: world.cast.zones.west,
    });
    const again = await send(file);
    expect([again.status, again.body.errors[0].code]).toEqual([400, 'code_taken']);
    const newer = await workbook(
      ['3702030201', '朝阳第一小学', '小学', '东片区', '公办', '否', 98],
      ['3702030202', '朝阳学校', '九年一贯制', 'west', '民办', '是', null],
      ['3702030203', '朝阳高中', '高中', '东片区', null, null, null],
    );
    const updated = await send(newer, XLSX, '?mode=upsert');
    expect(updated.body).toEqual({ total: 3, created: 1, updated: 1, unchanged: 1 });
    expect(await known('3702030201')).toMatchObject({ name: '朝阳第一小学' });
    expect((await send(newer, XLSX, '?mode=upsert')).body).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 3,
    });
  });

  it('is refused where a cell spells out what no database holds; a line break spelt out is read', async () => {
    for (const name of ['坏_x0000_校', '坏_xD800_校']) {
      const refused = await send(await workbook(['3702030209', name, '小学', '东片区', null, null, null]));
      expect([refused.status, refused.body.code]).toEqual([400, 'import.invalid']);
    }
    expect(await known('3702030209')).toBeUndefined();
    const read = await send(
      await workbook(['3702030209', '好校', '小学', '东片区', null, null, '9_x000D_']),
      XLSX,
    );
    expect([read.status, read.body.created]).toEqual([200, 1]);
  });

  it('is imported from a form, and from a CSV as Chinese Excel saves it', async () => {
    const csv = '学校代码,学校名称,学段,责任区\n3702030301,海滨小学,小学,东片区\n';
    const first = await form(Buffer.from(csv), '名册.csv', 'text/csv');
    expect([first.status, first.body.created]).toEqual([200, 1]);
    const gbk = Buffer.concat([
      Buffer.from('d1a7d0a3b4fac2eb2cd1a7d0a3c3fbb3c62cd1a7b6ce2cd4f0c8cec7f80a', 'hex'),
      Buffer.from('333730323033303330322cd0a1d1a72cd0a1d1a72cb6abc6acc7f80a', 'hex'),
    ]);
    const second = await send(gbk, 'text/csv');
    expect([second.status, second.body]).toMatchObject([200, { created: 1 }]);
    expect(await known('3702030302')).toMatchObject({ name: '小学', stages: ['primary'] });
  });

  it('is refused as a whole, with every bad row and column, when one cell is wrong', async () => {
    const answer = await send(
      await workbook(
        ['3702030401', '好学校', '小学', '东片区', '公办', '否', 10],
        ['37020304', '', '大学', '火星片区', '股份', '也许', -1],
        ['3702030401', '重复学校', '小学', '东片区', null, null, null],
        ['3702030402', '高中', '高中', '东片区', null, null, 5],
      ),
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'import.invalid']);
    const places = answer.body.rows.map((one: { address: string; column: string }) => [
      one.address,
      one.column,
    ]);
    expect(places.sort()).toEqual([
      ['A4', '学校代码'],
      ['A5', '学校代码'],
      ['B4', '学校名称'],
      ['C4', '学段'],
      ['D4', '责任区'],
      ['E4', '办学性质'],
      ['F4', '寄宿'],
      ['G4', '一年级'],
      ['G6', '一年级'],
    ]);
    expect(answer.body.errors[0]).toMatchObject({
      pointer: '/rows/4/学校代码',
      message: expect.stringContaining('10 位'),
    });
    expect(await known('3702030401')).toBeUndefined();
  });

  it('is refused when it is no register, no table, too large, empty or from somebody else', async () => {
    const csv = (text: string) => send(Buffer.from(text), 'text/csv');
    const missing = await csv('学校代码,学校名称,颜色\n1,2,3\n');
    expect(missing.body.errors.map((one: { code: string }) => one.code)).toEqual([
      'column.missing',
      'column.missing',
      'column.unknown',
    ]);
    expect((await csv('甲,乙\n1,2\n')).body.detail).toContain('学校代码');
    expect((await csv('学校代码,学校名称,学段,责任区\n')).status).toBe(400);
    expect((await send(Buffer.from('%PDF-1.7'), 'application/pdf')).status).toBe(415);
    expect((await send(Buffer.from('%PDF-1.7'), 'text/csv')).status).toBe(415);
    expect((await send(Buffer.alloc(11 * 1024 * 1024, 'x'), 'text/csv')).status).toBe(413);
    expect((await form(Buffer.alloc(11 * 1024 * 1024, 'x'), 'a.csv', 'text/csv')).status).toBe(413);
    expect((await world.as('qian').post('/schools/import', {})).status).toBe(415);
    const payload = await workbook(['3702030501', '不该有', '小学', '东片区', null, null, null]);
    for (const person of ['wang', 'liu', 'auditor'] as const) {
      expect(
        (await world.as(person).post('/schools/import', undefined, { payload, type: XLSX })).status,
      ).toBe(403);
    }
    expect(await known('3702030501')).toBeUndefined();
  });

  it('has a template that can be filled in and sent back', async () => {
    const template = await world.as('qian').get('/schools/import-template.xlsx');
    expect([template.status, template.headers['content-type']]).toEqual([200, XLSX]);
    const table = await readTable(template.body as Buffer);
    expect(table.header.slice(0, 4)).toEqual(['学校代码', '学校名称', '学段', '责任区']);
    expect(table.header).toHaveLength(19);
    const answer = await send(template.body as Buffer, XLSX, '?mode=upsert');
    expect(answer.status).toBe(200);
  });
});
