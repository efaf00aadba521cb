/** The contract of the work itself, as a foreign client does it: exports, filters, sync and submission, the life of an issue. */
import { randomUUID } from 'node:crypto';
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
describe('asynchronous work', () => {
  test('an export and a circular answer 202 with Location; the same period again is the same circular', async () => {
    const made = await world
      .as('qian')
      .post('/exports', { kind: 'issues', format: 'xlsx', filter: { status: ['registered'] } });
    expect([made.status, made.headers['location']]).toEqual([202, `/api/v1/exports/${made.body.id}`]);
    expect(refusal(await world.as('qian').get(`/exports/${made.body.id}/file`))).toBe('409 export.not_ready');
    const asked = await world.as('qian').post('/circulars', { kind: 'monthly', period: '2026-02' });
    expect([asked.status, asked.body.id, asked.headers['location']]).toEqual([
      202,
      scene.circularDraft,
      `/api/v1/circulars/${scene.circularDraft}`,
    ]);
    expect(refusal(await world.as('qian').post(put('/circulars/{circularDraft}/issue')))).toBe(
      '403 circular.drafter_cannot_issue',
    );
    expect(refusal(await world.as('liu').get(put('/circulars/{circularDraft}')))).toBe(
      '404 resource.not_found',
    );
    expect((await world.as('liu').post(put('/circulars/{circularIssued}/receipt'))).status).toBe(200);
    expect(
      refusal(
        await world.as('qian').patch(put('/circulars/{circularIssued}'), { narrative: { overview: 'x' } }),
      ),
    ).toBe('409 circular.not_draft');
  });

  test('the feed of changes: nothing twice, what changed once, nonsense 400, a foreign cursor 410', async () => {
    const qian = world.as('qian');
    const drain = async (since = '') => {
      const items = [];
      for (let cursor = since; ; ) {
        const { body } = await qian.get(
          `/compliance/changes?limit=2${cursor ? `&since=${encodeURIComponent(cursor)}` : ''}`,
        );
        items.push(...body.items);
        cursor = body.nextCursor;
        if (!body.hasMore) return { items, cursor };
      }
    };
    const all = await drain();
    expect(new Set(all.items.map((item) => item.unit.id)).size).toBe(all.items.length);
    expect((await drain(all.cursor)).items).toEqual([]);
    await world.as('wang').post('/issues', {
      unitId: scene.school,
      category: '作业管理',
      finding: '又一问题',
      severity: 'minor',
    });
    expect((await drain(all.cursor)).items.map((item) => item.unit.id)).toEqual([scene.school]);
    expect((await qian.get('/compliance/changes?since=nonsense')).status).toBe(400);
    const foreign = await world
      .as('strangerHead')
      .get(`/compliance/changes?since=${encodeURIComponent(all.cursor)}`);
    expect(refusal(foreign)).toBe('410 cursor.expired');
  });
});

describe('the ledger', () => {
  const FILTERS = [
    'status=registered',
    'status=registered,referred',
    'severity=minor',
    'source=visit',
    'unitId={school}',
    'zoneId={zone}',
    'category=作业管理',
    'itemCode=SJ-ZY-05',
    'overdue=true',
    'overdue=false',
    'officeOverdue=true',
    'recurrence=suspected',
    'recurrence=true',
    'dueBefore=2026-12-31',
    'asOf=2026-03-10T02:00:00Z',
    'asOf=2026-03-09',
    'q=明德',
    'sort=-registeredAt',
    'sort=dueOn',
    'status=registered&severity=minor&unitId={school}&q=明德&sort=dueOn&count=true',
  ];
  test.each(FILTERS)('GET /issues?%s', async (query) => {
    const { status, body } = await world.as('zhao').get(encodeURI(`/issues?${put(query)}`));
    expect([status, body.code]).toEqual([200, undefined]);
    const none = /SJ-ZY-05|overdue=true|officeOverdue|recurrence|asOf=2026-03-09/.test(query);
    expect([query, body.items.length > 0]).toEqual([query, !none]);
  });
  test.each([
    'status=open',
    'severity=grave',
    'unitId=1',
    'overdue=1',
    'dueBefore=tomorrow',
    'asOf=now',
    'sort=colour',
  ])('GET /issues?%s is refused', async (query) => {
    const bad = await world.as('zhao').get(`/issues?${query}`);
    expect(refusal(bad)).toBe('400 request.invalid');
  });
});

describe('the tablet’s sync and the submission', () => {
  const items = ['SJ-ZY-05', 'SJ-ZY-02'];
  const op = (itemCode: string, verdict: string, more: object = {}) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt: '2026-03-10T01:00:00.000Z',
    ...more,
  });

  test('answers, conflicts and results; incomplete and conflicting refuse to submit; a repeat answers the same', async () => {
    const { people, units } = world.cast;
    const qian = world.as('qian');
    const list = await qian.post('/checklists', {
      code: 'SYNC',
      title: '作业检查',
      subject: 'school',
      coverage: 'full',
      items: items.map((itemCode) => ({ itemCode, required: true })),
    });
    expect(refusal(await world.as('wang').get(`/checklists/${list.body.id}`))).toBe('404 resource.not_found');
    expect((await qian.post(`/checklists/${list.body.id}/publish`)).body.status).toBe('published');
    expect(refusal(await qian.post(`/checklists/${list.body.id}/publish`))).toBe('409 checklist.not_draft');
    const id = randomUUID();
    const head = {
      unitId: units.schoolLiu,
      checklistId: list.body.id,
      kind: 'routine',
      scheduledOn: '2026-03-10',
      team: [people.wang, people.feng],
      leadId: people.wang,
    };
    const [made, same] = [
      await world.as('wang').put(`/inspections/${id}`, head),
      await world.as('wang').put(`/inspections/${id}`, head),
    ];
    expect([made.status, made.body.status, same.status]).toEqual([201, 'assigned', 200]);
    const at = `/inspections/${id}`;
    const send = async (who: PersonName, ...operations: object[]) =>
      (await world.as(who).post(`${at}/answers`, { operations, sentAt: world.now().toISOString() })).body;

    expect(refusal(await world.as('wang').post(`${at}/submit`, { summary: '总结' }))).toBe(
      '409 inspection.incomplete',
    );
    const first = op('SJ-ZY-05', 'compliant', { baseRevision: 0 });
    const one = await send('wang', first);
    expect(Object.keys(one).sort()).toEqual(['answers', 'conflicts', 'results']);
    expect(one.results).toEqual([{ operationId: first.operationId, outcome: 'applied' }]);
    expect(one.answers).toMatchObject([
      {
        itemCode: 'SJ-ZY-05',
        verdict: 'compliant',
        note: null,
        attachments: [],
        answeredAt: '2026-03-10T01:00:00.000Z',
        answeredBy: people.wang,
        revision: 1,
      },
    ]);
    for (const name of ['suggestedVerdict', 'measures']) expect(one.answers[0]).toHaveProperty(name);
    expect((await send('wang', first)).results).toMatchObject([{ outcome: 'duplicate' }]);
    const earlier = op('SJ-ZY-05', 'non_compliant', {
      answeredAt: '2026-03-09T01:00:00.000Z',
      baseRevision: 1,
    });
    expect((await send('wang', earlier)).results).toMatchObject([{ outcome: 'superseded' }]);
    const unseen = op('SJ-ZY-05', 'non_compliant', {
      answeredAt: '2026-03-10T01:30:00.000Z',
      baseRevision: 0,
      note: '公示栏未更新',
    });
    const clash = await send('feng', unseen);
    expect(clash.results).toMatchObject([{ outcome: 'conflict' }]);
    expect(clash.conflicts).toMatchObject([{ itemCode: 'SJ-ZY-05' }]);
    const bad = await send('wang', op('NO-SUCH', 'compliant'), op('SJ-ZY-02', 'not_applicable'));
    expect(bad.results).toMatchObject([
      { outcome: 'rejected', problem: { code: 'answer.item_unknown', status: 400 } },
      { outcome: 'rejected', problem: { code: 'answer.reason_required', status: 400 } },
    ]);
    const measured = await send(
      'feng',
      op('SJ-ZY-02', 'non_compliant', { measures: [{ grade: 5, value: 75 }] }),
    );
    expect(measured.answers.find((one: { itemCode: string }) => one.itemCode === 'SJ-ZY-02')).toMatchObject({
      suggestedVerdict: 'non_compliant',
      measures: [{ grade: 5, value: 75 }],
    });
    const open = await world.as('wang').post(`${at}/submit`, { summary: '总结' });
    expect(refusal(open)).toBe('409 inspection.conflicts_open');
    expect(JSON.stringify(open.body)).toContain('SJ-ZY-05');
    const { revision } = clash.answers.find((one: { itemCode: string }) => one.itemCode === 'SJ-ZY-05');
    const settled = await send(
      'wang',
      op('SJ-ZY-05', 'non_compliant', {
        baseRevision: revision,
        note: '确未更新',
        answeredAt: '2026-03-10T01:45:00.000Z',
      }),
    );
    expect(settled.conflicts).toEqual([]);

    expect(refusal(await world.as('feng').post(`${at}/submit`, { summary: '总结' }))).toBe(
      '403 inspection.not_lead',
    );
    const body = {
      summary: '作业偏多',
      dispositions: [{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当日已更正' }],
    };
    const submitted = await world.as('wang').post(`${at}/submit`, body);
    expect([submitted.status, Object.keys(submitted.body).sort()]).toEqual([200, ['inspection', 'issues']]);
    expect(submitted.body.inspection.status).toBe('submitted');
    expect(submitted.body.issues).toMatchObject([
      { itemCode: 'SJ-ZY-02', status: 'registered', source: 'visit', inspectionId: id },
    ]);
    expect((await world.as('wang').post(`${at}/submit`, body)).body).toEqual(submitted.body);
    const late = op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 50 }] });
    const after = await world.as('feng').post(`${at}/answers`, { operations: [first, late] });
    expect([after.status, after.body.results]).toMatchObject([
      200,
      [{ outcome: 'duplicate' }, { outcome: 'rejected', problem: { code: 'inspection.submitted' } }],
    ]);
    const amended = await world.as('wang').post(`${at}/amendments`, {
      reason: '复核有误',
      operations: [op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 50 }] })],
    });
    expect([amended.status, amended.body.code]).toEqual([200, undefined]);
    expect((await world.as('liu').get(at)).status).toBe(200);
    expect((await world.as('liu').get(`${at}/record.pdf`)).headers['content-type']).toBe('application/pdf');
    for (const query of ['status=submitted', `unitId=${units.schoolLiu}`, 'assignedTo=me'])
      expect(
        (await world.as('wang').get(`/inspections?limit=200&${query}`)).body.items.map(
          (i: { id: string }) => i.id,
        ),
      ).toContain(id);
  });
});

describe('the life of an issue', () => {
  type Body = Record<string, unknown>;
  const act = (who: PersonName, id: string, action: string, body: Body = {}) =>
    world.as(who).post(`/issues/${id}/transitions`, { action, ...body });
  const register = async (more: Body = {}) =>
    (
      await world.as('wang').post('/issues', {
        unitId: scene.school,
        category: '作业管理',
        finding: '生命周期',
        severity: 'minor',
        ...more,
      })
    ).body.id as string;
  const NOTICE = ['li', 'issue_notice', { requirements: '立即整改' }] as const;
  const ASKED = ['liu', 'request_close', { measures: '已整改' }] as const;
  const VERIFIED = ['wang', 'verify', { finding: '属实', method: 'on_site' }] as const;
  const OBJECTED = ['liu', 'object', { grounds: '情况不符' }] as const;
  const EXTENSION = ['liu', 'request_extension', { reason: '工期', dueOn: '2026-05-29' }] as const;
  const REFERRED = ['zhao', 'refer', { department: '基础教育科', reason: '职责' }] as const;
  type Step = readonly [PersonName, string, Body];
  /** Each row of the table: what came before, the action, the status it leads to. */
  const ROWS: [about: string, before: readonly Step[], step: Step, to: string][] = [
    [
      'issue_notice by the office',
      [],
      ['qian', 'issue_notice', { requirements: '改', workingDays: 5 }],
      'rectifying',
    ],
    [
      'issue_notice with a day',
      [],
      ['li', 'issue_notice', { requirements: '改', dueOn: '2026-04-01', mode: 'immediate' }],
      'rectifying',
    ],
    [
      'plan by the clerk',
      [NOTICE],
      ['zhou', 'plan', { responsiblePerson: '教导主任', plan: '逐班核查' }],
      'rectifying',
    ],
    ['object before the notice', [], OBJECTED, 'objected'],
    ['object after it', [NOTICE], OBJECTED, 'objected'],
    ['uphold: back where it was', [OBJECTED], ['qian', 'uphold', { note: '维持' }], 'registered'],
    ['uphold: back to rectifying', [NOTICE, OBJECTED], ['sun', 'uphold', { note: '维持' }], 'rectifying'],
    ['accept_objection', [OBJECTED], ['zhao', 'accept_objection', { note: '采纳' }], 'withdrawn'],
    ['request_extension', [NOTICE], EXTENSION, 'rectifying'],
    ['grant_extension', [NOTICE, EXTENSION], ['qian', 'grant_extension', { note: '同意' }], 'rectifying'],
    ['refuse_extension', [NOTICE, EXTENSION], ['zhao', 'refuse_extension', { note: '不同意' }], 'rectifying'],
    ['request_close', [NOTICE], ASKED, 'close_requested'],
    ['verify', [NOTICE, ASKED], VERIFIED, 'verified'],
    ['close what was verified', [NOTICE, ASKED, VERIFIED], ['li', 'close', { note: '同意' }], 'closed'],
    ['close a minor one unverified', [NOTICE, ASKED], ['qian', 'close', { note: '同意' }], 'closed'],
    ['return before', [NOTICE, ASKED], ['wang', 'return', { reason: '未到位' }], 'rectifying'],
    [
      'return after verification',
      [NOTICE, ASKED, VERIFIED],
      ['sun', 'return', { reason: '证据不足', dueOn: '2026-06-01' }],
      'rectifying',
    ],
    ['refer', [NOTICE], REFERRED, 'referred'],
    [
      'settle_referral resolved',
      [REFERRED],
      ['zhao', 'settle_referral', { outcome: 'resolved', note: '已办' }],
      'verified',
    ],
    [
      'settle_referral sent back',
      [NOTICE, REFERRED],
      ['zhao', 'settle_referral', { outcome: 'sent_back', note: '退回' }],
      'rectifying',
    ],
    ['regrade', [], ['zhao', 'regrade', { severity: 'serious', reason: '影响大' }], 'registered'],
    ['escalate', [NOTICE], ['li', 'escalate', { step: 'urging', note: '催办' }], 'rectifying'],
    ['withdraw', [NOTICE], ['zhao', 'withdraw', { reason: '误登' }], 'withdrawn'],
  ];
  test.each(ROWS)('%s', async (_, before, step, to) => {
    const id = await register();
    for (const [who, action, body] of before)
      expect([action, (await act(who, id, action, body)).status]).toEqual([action, 200]);
    const [who, action, body] = step;
    expect((await world.as(who).get(`/issues/${id}`)).body.allowedActions).toContain(action);
    // What it needs is asked for last, by name.
    const needs = await act(who, id, action, {});
    if (action !== 'issue_notice' || !('dueOn' in body))
      expect(refusal(needs)).toBe('400 issue.missing_field');
    const done = await act(who, id, action, body);
    expect([done.status, done.body.status, done.body.id]).toEqual([200, to, id]);
  });

  test('merge, and several at once: each for itself', async () => {
    const [into, from, gone] = [await register(), await register(), randomUUID()];
    const bulk = await world
      .as('qian')
      .post('/issues/transitions', { action: 'merge', issueIds: [from, gone], intoIssueId: into });
    expect([bulk.status, bulk.body.results]).toMatchObject([
      200,
      [
        { issueId: from, ok: true, issue: { status: 'merged' } },
        { issueId: gone, ok: false, problem: { code: 'resource.not_found', status: 404 } },
      ],
    ]);
  });

  test('asked in this order: sight, role ever, state, person, needs', async () => {
    const id = await register();
    for (const action of ['withdraw', 'no_such_action'])
      expect(refusal(await act('chen', id, action))).toBe('404 resource.not_found');
    expect(pointers(await act('wang', id, 'no_such_action'))).toEqual(['/action']);
    expect(refusal(await act('liu', id, 'verify'))).toBe('403 issue.not_permitted');
    const early = await act('wang', id, 'verify');
    expect(refusal(early)).toBe('409 issue.transition_not_allowed');
    expect(early.body.allowedActions).toEqual(
      (await world.as('wang').get(`/issues/${id}`)).body.allowedActions,
    );
    for (const [who, action, body] of [NOTICE, ASKED, ['li', 'verify', VERIFIED[2]]] as Step[])
      await act(who, id, action, body);
    const own = await act('li', id, 'close');
    expect(own.status).toBe(403);
    expect(pointers(await act('qian', id, 'close'))).toEqual(['/note']);
    expect((await act('qian', id, 'close', { note: '同意' })).body.status).toBe('closed');
    expect((await act('zhao', id, 'withdraw', { reason: 'x' })).body.allowedActions).toEqual([]);
  });

  test('a serious one: on site, with a second verifier, closed by the head alone', async () => {
    const id = await register({ severity: 'serious' });
    for (const [who, action, body] of [NOTICE, ASKED] as Step[]) await act(who, id, action, body);
    expect(refusal(await act('qian', id, 'close', { note: '同意' }))).toBe(
      '409 issue.transition_not_allowed',
    );
    expect(pointers(await act('wang', id, 'verify', VERIFIED[2]))).toEqual(['/coVerifierId']);
    const papers = { ...VERIFIED[2], method: 'documents', coVerifierId: world.cast.people.feng };
    expect((await act('wang', id, 'verify', papers)).status).toBe(400);
    expect((await act('wang', id, 'verify', { ...papers, method: 'on_site' })).body.status).toBe('verified');
    expect(refusal(await act('qian', id, 'close', { note: '同意' }))).toBe('403 issue.not_permitted');
    expect((await act('sun', id, 'close', { note: '同意' })).body.status).toBe('closed');
  });

  test('a deadline beyond the calendar asks for a date and takes it', async () => {
    world.setNow('2026-12-20');
    const id = await register();
    expect(refusal(await act('li', id, 'issue_notice', { requirements: '改' }))).toBe(
      '422 calendar.beyond_horizon',
    );
    const given = await act('li', id, 'issue_notice', { requirements: '改', dueOn: '2027-03-01' });
    expect(given.body).toMatchObject({
      status: 'rectifying',
      dueOn: '2027-03-01',
      originalDueOn: '2027-03-01',
    });
  });
});
