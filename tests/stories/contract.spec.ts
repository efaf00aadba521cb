/** The contract as a foreign client reads it: names, statuses, shapes and codes, nothing of the inside. */
import { randomUUID } from 'node:crypto';
import { hashPassword } from '#core/auth/passwords.js';
import type { PersonName } from '#testkit/cast.js';
import { refusal } from '#testkit/response.js';
import { type Response, startWorld, type World } from '#testkit/world.js';
import { type Scene, setScene } from '../laws/scene.js';

let world: World;
let scene: Scene;
beforeAll(async () => {
  world = await startWorld();
  scene = await setScene(world);
}, 60_000);
afterAll(() => world.stop());
beforeEach(() => world.setNow('2026-03-10'));

const pointers = ({ body }: Response) => body.errors.map((error: { pointer: string }) => error.pointer);
const put = (path: string) =>
  path.replace(/\{(\w+)\}/g, (_, key: string) => String(scene[key as keyof Scene]));
describe('conventions', () => {
  test('every failure is a problem of RFC 9457 with a stable code', async () => {
    const cases: [string, Promise<Response>][] = [
      ['404 request.not_found', world.as('qian').get('/nowhere')],
      ['401 auth.required', world.with().get('/issues')],
      ['401 auth.expired', world.with('dda_unknown-token-000').get('/issues')],
      ['403 access.denied', world.as('admin').get('/issues')],
      ['404 resource.not_found', world.as('qian').get(`/issues/${randomUUID()}`)],
      ['404 resource.not_found', world.as('strangerHead').get(put('/issues/{issue}'))],
      ['400 request.invalid', world.as('wang').post('/issues', { surprise: 1 })],
      [
        '400 request.malformed',
        world.as('wang').post('/issues', undefined, { payload: Buffer.from('{'), type: 'application/json' }),
      ],
      ...['application/x-www-form-urlencoded', 'text/csv', 'application/xml'].map(
        (type): [string, Promise<Response>] => [
          '415 request.unsupported_type',
          world.as('wang').post('/issues', undefined, { payload: Buffer.from('a=1'), type }),
        ],
      ),
    ];
    for (const [expected, asked] of cases) {
      const answer = await asked;
      expect(refusal(answer)).toBe(expected);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({
        type: expect.any(String),
        title: expect.stringMatching(/\p{Script=Han}/u),
        status: answer.status,
        instance: expect.any(String),
      });
    }
  });

  const LISTS = [
    '/schools',
    '/institutions',
    '/departments',
    '/zones',
    '/users',
    '/policies',
    '/checklist-items',
    '/checklists',
    '/plans',
    '/inspections',
    '/issues',
    '/issues/{issue}/events',
    '/notices',
    '/circulars',
    '/circulars/{circularIssued}/receipts',
    '/compliance/units',
    '/measurements',
    '/audit-log',
  ];
  test.each(LISTS)('GET %s pages by limit and cursor, and refuses what it does not know', async (path) => {
    const at = put(path);
    const zhao = world.as('zhao');
    const one = await zhao.get(`${at}?limit=1`);
    expect([one.status, Object.keys(one.body)]).toEqual([
      200,
      expect.arrayContaining(['items', 'nextCursor']),
    ]);
    expect(one.body.items.length).toBeLessThanOrEqual(1);
    const all = await zhao.get(`${at}?limit=200`);
    const walked = [...one.body.items];
    for (let cursor = one.body.nextCursor; cursor; ) {
      const page = await zhao.get(`${at}?limit=200&cursor=${encodeURIComponent(cursor)}`);
      walked.push(...page.body.items);
      cursor = page.body.nextCursor;
    }
    if (all.body.nextCursor === null) expect(walked).toEqual(all.body.items);
    for (const [query, pointer] of [
      ['limit=201', '/limit'],
      ['limit=0', '/limit'],
      ['limit=ten', '/limit'],
      ['colour=red', '/colour'],
    ] as const) {
      const bad = await zhao.get(`${at}?${query}`);
      expect([query, refusal(bad), ...pointers(bad)]).toEqual([query, '400 request.invalid', pointer]);
    }
    expect(refusal(await zhao.get(`${at}?cursor=nonsense`))).toBe('400 request.cursor_invalid');
    expect(refusal(await zhao.get(`${at}?count=maybe`))).toBe('400 request.invalid');
    const counted = await zhao.get(`${at}?limit=1&count=true`);
    expect([counted.status, counted.body.count]).toEqual([200, expect.any(Number)]);
  });

  const SINGLE: [string, PersonName, [method: 'patch' | 'post', below: string, body: object] | null][] = [
    ['/schools/{school}', 'qian', ['patch', '', { address: '明德路一号' }]],
    ['/institutions/{institution}', 'qian', ['patch', '', { address: '新知路一号' }]],
    ['/departments/{department}', 'qian', ['patch', '', { name: '基教科' }]],
    ['/zones/{zone}', 'qian', ['patch', '', { name: '东部片区' }]],
    ['/users/{person}', 'admin', ['patch', '', { phone: '0532-85910001' }]],
    ['/checklists/{checklistDraft}', 'qian', ['patch', '', { title: '新题' }]],
    ['/plans/{plan}', 'qian', ['patch', '', { title: '新题' }]],
    ['/inspections/{inspection}', 'wang', ['post', '/cancel', { reason: '改期' }]],
    [
      '/issues/{issue}',
      'zhao',
      ['post', '/transitions', { action: 'regrade', severity: 'major', reason: '面广' }],
    ],
    ['/notices/{notice}', 'liu', ['post', '/receipt', { receivedBy: '刘校长' }]],
    ['/circulars/{circularDraft}', 'qian', ['patch', '', { narrative: { overview: '本月' } }]],
    ['/settings', 'zhao', ['patch', '', { minSample: 12 }]],
    ['/settings/calendars/2026', 'zhao', null],
    ['/me', 'wang', null],
    ['/me/work-package', 'wang', null],
    ['/compliance/schools/{school}', 'qian', null],
    ['/compliance/schools/{school}/items', 'qian', null],
    ['/compliance/districts/{districtCode}', 'qian', null],
    ['/exports/{exportOfHead}', 'zhao', null],
  ];
  test.each(SINGLE)(
    'GET %s has a strong ETag: 304 for who has it, If-Match guards the change',
    async (path, who, change) => {
      const voice = world.as(who);
      const at = put(path);
      const first = await voice.get(at);
      const etag = first.headers['etag'] ?? '';
      expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
      const known = await voice.get(at, { headers: { 'if-none-match': etag } });
      expect([known.status, known.text]).toEqual([304, '']);
      if (!change) return;
      const [method, below, body] = change;
      const stale = await voice[method](`${at}${below}`, body, { headers: { 'if-match': '"older"' } });
      expect(refusal(stale)).toBe('412 request.stale');
      const done = await voice[method](`${at}${below}`, body, { headers: { 'if-match': etag } });
      expect([done.status, done.body.errors]).toEqual([200, undefined]);
      const after = await voice.get(at, { headers: { 'if-none-match': etag } });
      expect([after.status, after.headers['etag'] === etag]).toEqual([200, false]);
      const again = await voice[method](`${at}${below}`, body, { headers: { 'if-match': etag } });
      if (method === 'patch') expect(refusal(again)).toBe('412 request.stale');
    },
  );

  test('the reference names the idempotency key where it is honoured, and only there', async () => {
    const { paths } = (await world.with().get('/openapi.json')).body;
    const keyed = (method: string, path: string) =>
      paths[`/api/v1${path}`][method].parameters.some(
        (one: { name: string }) => one.name === 'Idempotency-Key',
      );
    expect([
      keyed('post', '/issues'),
      keyed('put', '/inspections/{id}'),
      keyed('post', '/api-keys'),
      keyed('put', '/attachments/{sha256}'),
      keyed('post', '/schools/import'),
      keyed('post', '/auth/login'),
      keyed('get', '/issues'),
    ]).toEqual([true, true, true, true, true, false, false]);
  });

  test('what this release leaves out is not there', async () => {
    const zhao = world.as('zhao');
    const absent = [
      zhao.post(put('/plans/{plan}/draw')),
      zhao.get('/complaints'),
      zhao.post('/complaints'),
      zhao.post('/public/complaints'),
      zhao.get('/webhooks'),
      zhao.post('/webhooks'),
      zhao.post('/measurements'),
      zhao.get('/stats/overview'),
      zhao.get('/stats/trends'),
    ];
    for (const answer of await Promise.all(absent)) expect(refusal(answer)).toBe('404 request.not_found');
    for (const kind of ['half_monthly', 'round', 'term'])
      expect(refusal(await zhao.post('/circulars', { kind, period: '2026-02' }))).toBe('400 request.invalid');
  });
});

describe('login', () => {
  const PASSWORD = 'Kunlun-Shan-2026';
  const give = async (who: PersonName) =>
    world.dataSource.query(`UPDATE users SET password_hash = $2 WHERE id = $1`, [
      world.cast.people[who],
      await hashPassword(PASSWORD),
    ]);
  test('answers tokens and who it is; five failures lock the name with Retry-After', async () => {
    await give('wang');
    const login = (username: string, password: string) =>
      world.with().post('/auth/login', { username, password });
    const { status, body } = await login('wang', PASSWORD);
    expect([status, body]).toEqual([
      200,
      {
        accessToken: expect.stringMatching(/^dda_/),
        refreshToken: expect.any(String),
        expiresIn: 900,
        user: expect.objectContaining({
          id: world.cast.people.wang,
          name: '王督学',
          roles: ['inspector'],
          districtId: world.cast.districts.A,
          zoneIds: [world.cast.zones.east],
        }),
      },
    ]);
    expect((await world.with(body.accessToken).get('/me')).body).toMatchObject({
      id: world.cast.people.wang,
    });
    const turned = await world.with().post('/auth/refresh', { refreshToken: body.refreshToken });
    expect([turned.status, Object.keys(turned.body).sort()]).toEqual([200, Object.keys(body).sort()]);
    expect((await world.with(turned.body.accessToken).post('/auth/logout')).status).toBe(204);
    expect((await world.with(turned.body.accessToken).get('/me')).status).toBe(401);
    for (let i = 0; i < 5; i++)
      expect(refusal(await login('wang', 'wrong'))).toBe('401 auth.invalid_credentials');
    const locked = await login('WANG', PASSWORD);
    expect(refusal(locked)).toBe('429 auth.locked');
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(locked.headers['retry-after'])).toBeLessThanOrEqual(900);
  });
});

describe('shapes', () => {
  const has = (...names: string[]) => names;
  const SHAPES: [string, PersonName, string[]][] = [
    [
      '/schools/{school}',
      'qian',
      has('id', 'code', 'name', 'stages', 'ownership', 'boarding', 'zoneId', 'pupils', 'closedOn'),
    ],
    [
      '/checklists/{checklist}',
      'qian',
      has('id', 'code', 'title', 'version', 'status', 'subject', 'policyProfile', 'coverage', 'items'),
    ],
    [
      '/issues/{issue}',
      'wang',
      has(
        'id',
        'number',
        'status',
        'severity',
        'severityGiven',
        'mode',
        'source',
        'unit',
        'category',
        'itemCode',
        'basis',
        'standardValue',
        'measuredValue',
        'finding',
        'requirements',
        'dueOn',
        'originalDueOn',
        'overdue',
        'daysOverdue',
        'officeOverdue',
        'escalation',
        'returnCount',
        'foundAgainCount',
        'recurrenceOf',
        'recurrenceConfirmed',
        'noticeId',
        'inspectionId',
        'attachments',
        'allowedActions',
      ),
    ],
    [
      '/notices/{notice}',
      'liu',
      has('id', 'number', 'unit', 'inspectionId', 'issuedOn', 'signedBy', 'servedAt', 'receipt', 'lines'),
    ],
    [
      '/circulars/{circularIssued}',
      'qian',
      has('status', 'progress', 'cutoff', 'snapshotHash', 'documentNumber', 'files', 'error'),
    ],
    [
      '/compliance/schools/3702030001',
      'qian',
      has(
        'unit',
        'status',
        'categories',
        'open',
        'overdue',
        'closed',
        'lastInspectionOn',
        'metRate',
        'nextDueOn',
        'changedAt',
        'asOfDate',
      ),
    ],
    ['/compliance/changes', 'qian', has('items', 'nextCursor', 'hasMore')],
    ['/audit-log/verify', 'zhao', has('valid', 'checked', 'pending')],
    ['/calendar/deadline?from=2026-09-30&workingDays=3', 'wang', has('dueOn', 'explanation')],
    ['/me/work-package', 'wang', has('inspections', 'checklists', 'units')],
  ];
  test.each(SHAPES)('GET %s', async (path, who, names) => {
    const { status, body } = await world.as(who).get(put(path));
    expect([status, names.filter((name) => !(name in body))]).toEqual([200, []]);
  });

  test('items of a checklist, files of a circular, lines of a notice, a category of the status', async () => {
    const { body: list } = await world.as('qian').get(put('/checklists/{checklist}'));
    const item = [
      'itemCode',
      'title',
      'question',
      'category',
      'stages',
      'judge',
      'evidence',
      'evidenceRequired',
      'severity',
      'veto',
      'basis',
      'required',
    ];
    expect(item.filter((name) => !(name in list.items[0]))).toEqual([]);
    const { body: circular } = await world.as('liu').get(put('/circulars/{circularIssued}'));
    expect(circular.files).toContainEqual({
      format: 'pdf',
      size: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      url: expect.any(String),
    });
    const pdf = await world.as('liu').get(circular.files[0].url);
    expect([pdf.status, pdf.headers['content-type']]).toEqual([200, expect.any(String)]);
    const { body: notice } = await world.as('liu').get(put('/notices/{notice}'));
    expect(notice.lines).toMatchObject([{ issueId: scene.served }]);
    const { body: status } = await world.as('qian').get(`/compliance/schools/${scene.school}`);
    expect(Object.keys(status.categories[0]).sort()).toEqual([
      'category',
      'metRate',
      'open',
      'overdue',
      'status',
    ]);
    expect(Object.keys(status.metRate).sort()).toEqual(['judged', 'met']);
  });

  test('the calendar: the day of `from` does not count, National Day is skipped, beyond its horizon is 422', async () => {
    const deadline = (query: string) => world.as('wang').get(`/calendar/deadline?${query}`);
    expect((await deadline('from=2026-09-30&workingDays=3')).body).toMatchObject({
      dueOn: '2026-10-10',
      explanation: expect.stringMatching(/\p{Script=Han}/u),
    });
    expect(refusal(await deadline('from=2035-01-01&workingDays=3'))).toBe('422 calendar.beyond_horizon');
    expect(refusal(await deadline('from=2026-02-30&workingDays=3'))).toBe('400 request.invalid');
    expect(refusal(await deadline('from=2026-09-30&workingDays=0'))).toBe('400 request.invalid');
  });
});
