import { startWorld, type World } from '#testkit/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const pointers = (answer: { body: { errors: { pointer: string }[] } }) =>
  answer.body.errors.map((one) => one.pointer);

describe('The settings of the district', () => {
  it('are read by its people and changed by the head of the office, figure by figure', async () => {
    const before = await world.as('zhao').get('/settings');
    expect(before.body).toMatchObject({
      district: { code: '370203', name: '示范区', demo: false },
      schoolSystem: '6-3',
      daysAllowed: { minor: 30, major: 15, serious: 5, immediate: 3 },
      passwords: { minLength: 10 },
    });
    const changed = await world
      .as('zhao')
      .patch(
        '/settings',
        { daysAllowed: { minor: 20 }, documents: { issuer: '示范区人民政府教育督导室' } },
        { headers: { 'if-match': before.headers.etag ?? '' } },
      );
    expect(changed.status).toBe(200);
    expect(changed.body.daysAllowed).toEqual({ minor: 20, major: 15, serious: 5, immediate: 3 });
    expect(changed.body.documents).toMatchObject({
      issuer: '示范区人民政府教育督导室',
      noticeSeries: '教督改',
    });
    const again = await world.as('wang').get('/settings');
    expect([again.body, again.headers.etag]).toEqual([changed.body, changed.headers.etag]);
    const [event] = await world.dataSource.query(`SELECT * FROM events WHERE subject_type = 'settings'`);
    expect(event).toMatchObject({
      action: 'updated',
      actor_name: '赵主任',
      data: { changes: { daysAllowed: { to: { minor: 20 } } } },
    });
    const stale = await world
      .as('zhao')
      .patch('/settings', { minSample: 5 }, { headers: { 'if-match': before.headers.etag ?? '' } });
    expect(stale.status).toBe(412);
    expect((await world.as('strangerHead').get('/settings')).body.daysAllowed.minor).toBe(30);
  });

  it('take limits, vetoes and severities by item, and give them back with null', async () => {
    const zhao = world.as('zhao');
    const set = await zhao.patch('/settings', {
      localLimits: { 'SJ-KH-06': '18:00', 'SJ-ZY-11': { junior: 60 } },
      veto: { 'SJ-ZY-01': { scope: '年度考核评优' } },
      severities: { 'SJ-ZY-02': 'serious' },
    });
    expect(set.status).toBe(200);
    const less = await zhao.patch('/settings', {
      localLimits: { 'SJ-ZY-11': null },
      veto: { 'SJ-ZY-01': null },
    });
    expect(less.body).toMatchObject({
      localLimits: { 'SJ-KH-06': '18:00' },
      veto: {},
      severities: { 'SJ-ZY-02': 'serious' },
    });
    expect(Object.keys(less.body.localLimits)).toEqual(['SJ-KH-06']);
  });

  it('are refused, each fault by its place, and nothing of them is kept', async () => {
    const zhao = world.as('zhao');
    const before = (await zhao.get('/settings')).body;
    const limits = await zhao.patch('/settings', {
      minSample: 7,
      localLimits: {
        'SJ-ZY-02': 75,
        'SJ-ZY-01': 5,
        'SJ-KH-06': '25点',
        'SJ-ZY-11': { primary: 120 },
        'XX-00-00': 1,
        'SJ-ZY-03': [1],
      },
      veto: { 'SJ-ZY-01': { scope: '' }, 'SJ-ZY-02': { scope: '甲', more: 1 } },
      severities: { 'SJ-ZY-01': 'terrible' },
    });
    expect([limits.status, limits.body.code]).toEqual([400, 'request.invalid']);
    expect(pointers(limits).sort()).toEqual(
      [
        ...['SJ-ZY-02', 'SJ-ZY-01', 'SJ-KH-06', 'SJ-ZY-11', 'XX-00-00', 'SJ-ZY-03'].map(
          (c) => `/localLimits/${c}`,
        ),
        '/veto/SJ-ZY-01',
        '/veto/SJ-ZY-02',
        '/severities/SJ-ZY-01',
      ].sort(),
    );
    const figures = await zhao.patch('/settings', {
      daysAllowed: { minor: 0, serious: 1.5 },
      maxExtensions: 99,
      schoolSystem: '5-5',
      policyProfile: 'mine',
      passwords: { minLength: 4 },
      documents: { noticeSeries: '教督改〔2026〕' },
      colour: 'red',
      officeDays: { verify: 5, lunch: 1 },
    });
    expect(pointers(figures).sort()).toEqual([
      '/colour',
      '/daysAllowed/minor',
      '/daysAllowed/serious',
      '/documents/noticeSeries',
      '/maxExtensions',
      '/officeDays/lunch',
      '/passwords/minLength',
      '/policyProfile',
      '/schoolSystem',
    ]);
    const term = (code: string, from: string, to: string) => ({ code, name: code, from, to });
    const terms = await zhao.patch('/settings', {
      terms: [
        term('a', '2026-02-20', '2026-07-03'),
        term('a', '2026-09-01', '2027-01-22'),
        term('c', '2027-01-20', '2027-01-10'),
        term('d', '2026-06-01', '2027-07-01'),
      ],
    });
    expect(terms.body.errors.map((one: { code: string }) => one.code)).toEqual(
      expect.arrayContaining(['term.repeated', 'term.ends_before_start', 'term.too_long', 'term.overlap']),
    );
    expect((await zhao.get('/settings')).body).toEqual(before);
  });

  it('are nobody else’s to change', async () => {
    for (const person of ['qian', 'sun', 'li', 'wang', 'liu', 'auditor', 'admin'] as const) {
      const answer = await world.as(person).patch('/settings', { minSample: 1 });
      expect([person, answer.status]).toEqual([person, 403]);
    }
    for (const foreign of ['districtId', 'id', 'demo', 'code']) {
      expect(pointers(await world.as('zhao').patch('/settings', { [foreign]: 'x' }))).toEqual([
        `/${foreign}`,
      ]);
    }
  });

  it('name the district, whose code is its own', async () => {
    const zhao = world.as('zhao');
    const named = await zhao.patch('/settings', { district: { name: '示范新区' } });
    expect(named.body.district).toMatchObject({ code: '370203', name: '示范新区', demo: false });
    expect((await world.as('wang').get('/me')).body.district.name).toBe('示范新区');
    expect((await zhao.patch('/settings', { district: { code: '370204' } })).status).toBe(409);
    expect(pointers(await zhao.patch('/settings', { district: { demo: false } }))).toEqual([
      '/district/demo',
    ]);
  });

  it('decide how strong a password must be and how long it lasts', async () => {
    const zhao = world.as('zhao');
    await zhao.patch('/settings', { passwords: { minLength: 20, maxAgeDays: 90 } });
    const made = await world.as('admin').post('/users', {
      username: 'short',
      name: '短',
      roles: ['office_staff'],
      password: 'Dudao-2026-east',
    });
    expect([made.status, made.body.code, made.body.detail]).toEqual([
      400,
      'auth.password_weak',
      '密码至少 20 个字符',
    ]);
    await world.dataSource.query(`UPDATE users SET password_changed_at = $1`, [
      new Date(world.now().getTime() - 91 * 86_400_000),
    ]);
    const voice = world.with((await freshToken()) ?? '');
    expect((await voice.get('/me')).body.mustChangePassword).toBe(true);
    expect((await voice.get('/settings')).body.code).toBe('auth.password_change_required');
    await world.dataSource.query(`UPDATE users SET password_changed_at = $1`, [world.now()]);
    await zhao.patch('/settings', { passwords: { minLength: 10, maxAgeDays: 0 } });
  });

  /** A token that no cache remembers yet. */
  async function freshToken(): Promise<string> {
    const { tokenFor } = await import('#testkit/cast.js');
    return tokenFor(world.dataSource.manager, world.cast.districts.A, world.cast.people.qian);
  }
});

describe('A deadline in working days', () => {
  const deadline = (query: string, person: Parameters<World['as']>[0] = 'wang') =>
    world.as(person).get(`/calendar/deadline?${query}`);

  it('passes over holidays, counts the days worked in exchange, and says so', async () => {
    const answer = await deadline('from=2026-09-30&workingDays=3');
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        from: '2026-09-30',
        workingDays: 3,
        dueOn: '2026-10-10',
        explanation: expect.stringContaining('2026年10月10日'),
        skipped: [{ name: '国庆节', from: '2026-10-01', to: '2026-10-07' }],
        makeUp: ['2026-10-10'],
      },
    ]);
    expect(answer.body.explanation).toContain('国庆节');
    expect(answer.body.explanation).toContain('调休上班日');
  });

  it('is not guessed beyond the calendar', async () => {
    const answer = await deadline('from=2026-12-30&workingDays=30');
    expect([answer.status, answer.body.code, answer.body.neededYear]).toEqual([
      422,
      'calendar.beyond_horizon',
      2027,
    ]);
  });

  it.each([
    'from=2026-02-30&workingDays=3',
    'from=2026-09-30&workingDays=0',
    'from=2026-09-30&workingDays=1001',
    'from=2026-09-30&workingDays=1.5',
    'from=2026-09-30&workingDays=three',
    'from=2026-09-30',
    'workingDays=3',
    'from=2026-09-30&workingDays=3&days=1',
    'from=2026-09-30&from=2026-09-30&workingDays=3',
  ])('is refused for %s', async (query) => {
    const answer = await deadline(query);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });
});

describe('The calendar of a year', () => {
  const calendar = (more: object = {}) => ({
    source: {
      title: '国务院办公厅关于2027年部分节假日安排的通知',
      documentNumber: '国办发明电〔2026〕9号',
      issuedOn: '2026-11-05',
    },
    holidays: [{ name: '元旦', from: '2027-01-01', to: '2027-01-03' }],
    workdays: ['2027-01-09'],
    ...more,
  });

  it('is the national one until the district enters its own, and then decides deadlines at once', async () => {
    const national = await world.as('wang').get('/settings/calendars/2026');
    expect(national.body).toMatchObject({ year: 2026, edition: 'national' });
    expect((await world.as('zhao').get('/settings/calendars/2027')).status).toBe(404);
    expect((await world.as('zhao').get('/settings/calendars/soon')).status).toBe(404);
    const put = await world.as('zhao').put('/settings/calendars/2027', calendar());
    expect([put.status, put.body]).toEqual([200, { year: 2027, edition: 'district', ...calendar() }]);
    const shown = await world.as('wang').get('/settings/calendars/2027');
    expect([shown.body, shown.headers.etag]).toEqual([put.body, put.headers.etag]);
    const due = await world.as('wang').get('/calendar/deadline?from=2026-12-31&workingDays=6');
    expect(due.body.dueOn).toBe('2027-01-09');
    expect(
      (await world.as('strangerHead').get('/calendar/deadline?from=2026-12-31&workingDays=6')).status,
    ).toBe(422);
    const list = await world.as('zhao').get('/settings/calendars');
    expect(list.body.items.map((one: { year: number; edition: string }) => [one.year, one.edition])).toEqual([
      [2024, 'national'],
      [2025, 'national'],
      [2026, 'national'],
      [2027, 'district'],
    ]);
    const [event] = await world.dataSource.query(
      `SELECT action, data FROM events WHERE subject_type = 'calendar'`,
    );
    expect(event).toMatchObject({ action: 'updated', data: { year: 2027, from: null } });
  });

  it('is refused with every fault, when it is stale, and from whom it does not concern', async () => {
    const zhao = world.as('zhao');
    const bad = await zhao.put(
      '/settings/calendars/2027',
      calendar({
        holidays: [
          { name: '元旦', from: '2027-01-03', to: '2027-01-01' },
          { name: '春节', from: '2028-02-05', to: '2028-02-11' },
        ],
        workdays: ['2027-01-11', 'someday'],
      }),
    );
    expect([bad.status, bad.body.code]).toEqual([400, 'calendar.invalid']);
    expect(pointers(bad)).toEqual([
      '/holidays/0/to',
      '/holidays/1/from',
      '/holidays/1/to',
      '/workdays/0',
      '/workdays/1',
    ]);
    expect(pointers(await zhao.put('/settings/calendars/2027', calendar({ year: 2026 })))).toEqual(['/year']);
    expect(pointers(await zhao.put('/settings/calendars/2027', calendar({ districtId: 'x' })))).toEqual([
      '/districtId',
    ]);
    const stale = await zhao.put('/settings/calendars/2027', calendar(), {
      headers: { 'if-match': '"old"' },
    });
    expect(stale.status).toBe(412);
    for (const person of ['qian', 'wang', 'liu', 'auditor'] as const) {
      expect([person, (await world.as(person).put('/settings/calendars/2027', calendar())).status]).toEqual([
        person,
        403,
      ]);
    }
  });
});

describe('The history', () => {
  it('is read by the head of the office and the auditor, the newest first, each page once', async () => {
    for (let n = 1; n <= 5; n++) await world.as('zhao').post('/zones', { code: `h${n}`, name: `片区${n}` });
    const all = await world.as('zhao').get('/audit-log?limit=200');
    expect(all.status).toBe(200);
    const ids = all.body.items.map((one: { id: number }) => one.id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(all.body.items[0]).toMatchObject({
      actorId: world.cast.people.zhao,
      actorName: '赵主任',
      subjectType: 'zone',
      action: 'created',
      data: { zone: { name: '片区5' } },
      sealed: false,
    });
    const paged: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await world.as('auditor').get(`/audit-log?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      paged.push(...page.body.items.map((one: { id: number }) => one.id));
      cursor = page.body.nextCursor;
    }
    expect(paged).toEqual(ids);
  });

  it('is filtered by subject, person, action and day', async () => {
    const count = async (query: string) =>
      (await world.as('zhao').get(`/audit-log?limit=200&${query}`)).body.items?.length;
    expect(await count('subjectType=zone')).toBe(5);
    expect(await count('subjectType=zone&action=created&from=2026-03-10&to=2026-03-10')).toBe(5);
    expect(await count('subjectType=zone&to=2026-03-09')).toBe(0);
    expect(await count('subjectType=zone&from=2026-03-10T02:00:00.001Z')).toBe(0);
    expect(await count(`actorId=${world.cast.people.wang}`)).toBe(0);
    expect(await count(`subjectId=${world.cast.districts.A}&subjectType=calendar`)).toBe(1);
    for (const query of [
      'from=2026-02-30',
      'to=yesterday',
      'from=2026-02-29T10:00:00Z',
      'subjectId=x',
      'who=me',
    ]) {
      expect([query, (await world.as('zhao').get(`/audit-log?${query}`)).status]).toEqual([query, 400]);
    }
    const forged = Buffer.from(JSON.stringify(['x', 'y'])).toString('base64url');
    expect((await world.as('zhao').get(`/audit-log?cursor=${forged}`)).body.code).toBe(
      'request.cursor_invalid',
    );
  });

  it('is nobody else’s, and of one district only; an auditor granted a zone sees its units alone', async () => {
    for (const person of ['qian', 'sun', 'li', 'wang', 'liu', 'admin'] as const) {
      expect([person, (await world.as(person).get('/audit-log')).status]).toEqual([person, 403]);
    }
    expect((await world.as('strangerHead').get('/audit-log')).body.items).toEqual([]);
    const { cast } = world;
    await world.as('zhao').patch(`/schools/${cast.units.schoolLiu}`, { boarding: true });
    await world.as('zhao').patch(`/schools/${cast.units.schoolWest}`, { boarding: true });
    const granted = await world
      .as('admin')
      .patch(`/users/${cast.people.auditor}`, { zoneIds: [cast.zones.west] });
    expect(granted.status).toBe(200);
    const seen = (await world.as('auditor').get('/audit-log?limit=200')).body.items;
    expect(seen.map((one: { subjectId: string }) => one.subjectId)).toEqual([cast.units.schoolWest]);
  });
});
