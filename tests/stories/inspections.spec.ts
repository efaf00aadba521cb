import { createHash, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import type { PersonName } from '#testkit/cast.js';
import { startWorld, type World } from '#testkit/world.js';

/** One serious yes-or-no item, a measured one, a yes-or-no one, an indicator and one that may be left out. */
const ITEMS = ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-05', 'SJ-ZY-13', 'SJ-ZY-07'];
const T = '2026-03-10T01:00:00.000Z';

describe('inspections', () => {
  let world: World;
  let checklistId: string;
  beforeAll(async () => {
    world = await startWorld();
    const made = await world.as('qian').post('/checklists', {
      code: 'VISIT',
      title: '作业专项检查表',
      subject: 'school',
      coverage: 'full',
      items: ITEMS.map((itemCode) => ({ itemCode, required: itemCode !== 'SJ-ZY-07' })),
    });
    expect(made.status).toBe(201);
    checklistId = made.body.id;
    expect((await world.as('qian').post(`/checklists/${checklistId}/publish`)).status).toBe(200);
  });
  afterAll(() => world.stop());
  beforeEach(() => world.setNow('2026-03-10'));

  type Change = Record<string, unknown>;
  const op = (itemCode: string, verdict: string, more: Change = {}) => ({
    operationId: randomUUID(),
    itemCode,
    verdict,
    answeredAt: T,
    ...more,
  });
  const head = (more: Change = {}) => ({
    unitId: world.cast.units.schoolLiu,
    checklistId,
    kind: 'routine',
    scheduledOn: '2026-03-10',
    team: [world.cast.people.wang, world.cast.people.feng],
    leadId: world.cast.people.wang,
    ...more,
  });
  const visit = async (more: Change = {}, by: PersonName = 'wang') => {
    const id = randomUUID();
    const made = await world.as(by).put(`/inspections/${id}`, head(more));
    expect(made.status).toBe(201);
    return id;
  };
  const send = (by: PersonName, id: string, operations: unknown[], more: Change = {}) =>
    world.as(by).post(`/inspections/${id}/answers`, { operations, ...more });
  const answered = async (by: PersonName, id: string, itemCode: string) =>
    (await world.as(by).get(`/inspections/${id}`)).body.answers.find(
      (a: { itemCode: string }) => a.itemCode === itemCode,
    );
  const outcomes = (answer: { body: { results: { outcome: string }[] } }) =>
    answer.body.results.map(({ outcome }) => outcome);
  const pass = () => [
    op('SJ-ZY-01', 'compliant'),
    op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 50 }] }),
    op('SJ-ZY-05', 'compliant'),
    op('SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }),
  ];
  const fail = () => [
    op('SJ-ZY-01', 'non_compliant', { note: '二（1）班语文留了抄写', extent: 'individual' }),
    op('SJ-ZY-02', 'non_compliant', {
      measures: [
        { grade: 5, value: 50 },
        { grade: 6, value: 75 },
      ],
      extent: 'grade',
    }),
    op('SJ-ZY-05', 'non_compliant', { note: '公示栏未更新' }),
    op('SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }),
  ];
  const photo = async (by: PersonName) => {
    const sha256 = createHash('sha256').update(randomUUID()).digest('hex');
    const [district, user] = [world.cast.districts.A, world.cast.people[by]];
    await world.dataSource.query(
      `INSERT INTO attachments (district_id, sha256, media_type, size, stored_at) VALUES ($1, $2, 'image/jpeg', 9, now())`,
      [district, sha256],
    );
    await world.dataSource.query(
      `INSERT INTO attachment_uploads (district_id, sha256, user_id, uploaded_at) VALUES ($1, $2, $3, now())`,
      [district, sha256, user],
    );
    return sha256;
  };

  describe('the head', () => {
    test('inspector Wang arranges a visit, changes the day, and the same again changes nothing', async () => {
      const id = await visit();
      const same = await world.as('wang').put(`/inspections/${id}`, head());
      expect([same.status, same.body.status, same.body.revision]).toEqual([200, 'assigned', 1]);
      expect(same.body.team.sort()).toEqual([world.cast.people.wang, world.cast.people.feng].sort());
      const moved = await world.as('wang').put(`/inspections/${id}`, head({ scheduledOn: '2026-03-12' }));
      expect([moved.status, moved.body.scheduledOn, moved.body.revision]).toEqual([200, '2026-03-12', 2]);
      const stale = await world
        .as('wang')
        .put(`/inspections/${id}`, head(), { headers: { 'if-match': '"old"' } });
      expect([stale.status, stale.body.code]).toEqual([412, 'request.stale']);
    });

    test('any UUID will do, and an id of another district or zone is only ever taken', async () => {
      const id = await visit();
      const stranger = await world.as('strangerInspector').put(`/inspections/${id}`, head());
      expect([stranger.status, stranger.body.code]).toEqual([404, 'resource.not_found']);
      const west = await world.as('chen').put(
        `/inspections/${id}`,
        head({
          unitId: world.cast.units.schoolWest,
          team: [world.cast.people.chen],
          leadId: world.cast.people.chen,
        }),
      );
      expect([west.status, west.body.code]).toEqual([409, 'inspection.id_taken']);
    });

    test('who belongs to the school is recused, wherever the name stands', async () => {
      const unitId = world.cast.units.schoolWu;
      const wu = world.cast.people.wu;
      const asMember = await world
        .as('li')
        .put(`/inspections/${randomUUID()}`, head({ unitId, team: [wu], leadId: wu }));
      expect([asMember.status, asMember.body.code]).toEqual([403, 'inspection.recused']);
      const herself = await world
        .as('wu')
        .put(`/inspections/${randomUUID()}`, head({ unitId, team: [wu], leadId: wu }));
      expect([herself.status, herself.body.code]).toEqual([403, 'inspection.recused']);
      // Elsewhere she inspects like anybody else.
      await visit({ team: [wu], leadId: wu }, 'wu');
    });

    test('a team of strangers, without its lead or without its arranger is refused', async () => {
      const { people } = world.cast;
      const put = (by: PersonName, more: Change) =>
        world.as(by).put(`/inspections/${randomUUID()}`, head(more));
      const notLead = await put('wang', { leadId: people.chen });
      expect([notLead.status, notLead.body.errors[0].pointer]).toEqual([400, '/leadId']);
      const other = await put('wang', { team: [people.wang, people.strangerInspector] });
      expect([other.status, other.body.errors[0].code]).toEqual([400, 'team.unknown']);
      const school = await put('qian', { team: [people.liu], leadId: people.liu });
      expect([school.status, school.body.code]).toEqual([403, 'inspection.recused']);
      const notMe = await put('feng', { team: [people.wang], leadId: people.wang });
      expect([notMe.status, notMe.body.code]).toEqual([403, 'access.denied']);
      expect((await put('chen', { team: [people.chen], leadId: people.chen })).status).toBe(404);
      expect((await put('liu', {})).status).toBe(403);
      expect((await put('auditor', {})).status).toBe(403);
    });

    test('a checklist must be published and made for such a unit', async () => {
      const draft = await world.as('qian').post('/checklists', {
        code: 'DRAFT',
        title: '草稿',
        subject: 'school',
        coverage: 'partial',
        items: [{ itemCode: 'SJ-ZY-05' }],
      });
      const unpublished = await world
        .as('qian')
        .put(`/inspections/${randomUUID()}`, head({ checklistId: draft.body.id }));
      expect([unpublished.status, unpublished.body.code]).toEqual([409, 'checklist.not_published']);
      const wrong = await world
        .as('qian')
        .put(`/inspections/${randomUUID()}`, head({ unitId: world.cast.units.institution }));
      expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/checklistId']);
    });

    test('with answers in it unit and checklist stay; day and team may change', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
      const moved = await world
        .as('wang')
        .put(`/inspections/${id}`, head({ unitId: world.cast.units.schoolWu }));
      expect([moved.status, moved.body.code]).toEqual([409, 'inspection.head_locked']);
      const team = [world.cast.people.wang];
      expect((await world.as('wang').put(`/inspections/${id}`, head({ team }))).status).toBe(200);
      const gone = await send('feng', id, [op('SJ-ZY-05', 'compliant')]);
      expect([gone.status, gone.body.code]).toEqual([403, 'inspection.not_on_team']);
    });
  });

  describe('who sees it', () => {
    test('office, zone and team see a draft; the school, another zone and another district do not', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
      for (const who of ['zhao', 'sun', 'li', 'wang', 'feng', 'auditor'] as const) {
        expect([who, (await world.as(who).get(`/inspections/${id}`)).status]).toEqual([who, 200]);
      }
      for (const who of [
        'liu',
        'zhou',
        'wu',
        'chen',
        'zheng',
        'strangerHead',
        'strangerInspector',
      ] as const) {
        // Wu is an inspector of this zone and sees it; she belongs to another school.
        const expected = who === 'wu' ? 200 : 404;
        expect([who, (await world.as(who).get(`/inspections/${id}`)).status]).toEqual([who, expected]);
        const listed = await world.as(who).get('/inspections');
        const ids = listed.body.items.map((one: { id: string }) => one.id);
        expect([who, ids.includes(id)]).toEqual([who, expected === 200]);
      }
      expect((await world.as('liu').post(`/inspections/${id}/answers`, { operations: [] })).status).toBe(404);
      expect((await world.as('admin').get(`/inspections/${id}`)).status).toBe(403);
      expect((await world.as('li').post(`/inspections/${id}/answers`, { operations: [] })).body.code).toBe(
        'inspection.not_on_team',
      );
    });

    test('an inspector of a school does not see how another team writes about it', async () => {
      const unitId = world.cast.units.schoolWu;
      const id = await visit({ unitId });
      expect((await world.as('wu').get(`/inspections/${id}`)).status).toBe(404);
      expect((await world.as('wu').get(`/inspections?unitId=${unitId}`)).body.items).toEqual([]);
    });

    test('an inspector of another zone sees what he is assigned to, and the list says whose it is', async () => {
      const { people } = world.cast;
      const id = await visit({ team: [people.chen, people.wang], leadId: people.wang }, 'qian');
      const mine = await world.as('chen').get('/inspections?assignedTo=me&status=assigned&limit=200');
      expect(mine.body.items.map((one: { id: string }) => one.id)).toContain(id);
      expect(
        (await world.as('feng').get('/inspections?assignedTo=me')).body.items.map(
          (one: { id: string }) => one.id,
        ),
      ).not.toContain(id);
    });

    test('pages of the list follow each other without a gap', async () => {
      const all = await world.as('zhao').get('/inspections?limit=200&count=true');
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await world
          .as('zhao')
          .get(`/inspections?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
        seen.push(...page.body.items.map(({ id }) => id));
        cursor = page.body.nextCursor;
      }
      expect(seen).toEqual(all.body.items.map((one: { id: string }) => one.id));
      expect(all.body.count).toBe(seen.length);
    });
  });

  describe('two tablets', () => {
    test('the first answer starts the inspection; the later one stands; what comes late is history', async () => {
      const id = await visit();
      const first = op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T01:00:00Z' });
      const later = op('SJ-ZY-05', 'compliant', { answeredAt: '2026-03-10T01:30:00Z' });
      const late = op('SJ-ZY-05', 'not_checked', { answeredAt: '2026-03-10T00:30:00Z' });
      expect(outcomes(await send('wang', id, [first]))).toEqual(['applied']);
      expect((await world.as('wang').get(`/inspections/${id}`)).body.status).toBe('in_progress');
      expect(outcomes(await send('wang', id, [later, late]))).toEqual(['applied', 'superseded']);
      const answer = await answered('wang', id, 'SJ-ZY-05');
      expect([answer.verdict, answer.revision, answer.answeredBy]).toEqual([
        'compliant',
        3,
        world.cast.people.wang,
      ]);
      expect(answer.conflict).toBeUndefined();
    });

    test('whatever comes twice changes nothing; another content under the same id is refused by itself', async () => {
      const id = await visit();
      const one = op('SJ-ZY-05', 'compliant');
      await send('wang', id, [one]);
      const before = (await world.as('wang').get(`/inspections/${id}`)).text;
      const again = await send('wang', id, [one, one]);
      expect(outcomes(again)).toEqual(['duplicate', 'duplicate']);
      expect((await world.as('wang').get(`/inspections/${id}`)).text).toBe(before);
      const other = await send('wang', id, [{ ...one, verdict: 'not_checked' }, op('SJ-ZY-07', 'compliant')]);
      expect(outcomes(other)).toEqual(['rejected', 'applied']);
      expect(other.body.results[0].problem.code).toBe('answer.operation_reused');
      const elsewhere = await send('wang', await visit(), [one]);
      expect(elsewhere.body.results[0].problem.code).toBe('answer.operation_reused');
    });

    test('a tablet ten years ahead or behind is put right by its own sending time, and never runs ahead of receipt', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant', { answeredAt: '2036-03-10T01:59:00Z' })], {
        sentAt: '2036-03-10T02:00:00Z',
      });
      expect((await answered('wang', id, 'SJ-ZY-05')).effectiveAt).toBe('2026-03-10T01:59:00.000Z');
      world.setNow('2026-03-10T02:10:00Z');
      const behind = op('SJ-ZY-05', 'not_checked', { answeredAt: '2016-03-10T02:04:00Z' });
      await send('wang', id, [behind], { sentAt: '2016-03-10T02:05:00Z' });
      expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('not_checked');
      world.setNow('2026-03-10T02:20:00Z');
      await send('wang', id, [op('SJ-ZY-05', 'compliant', { answeredAt: '2099-01-01T00:00:00Z' })]);
      world.setNow('2026-03-10T02:30:00Z');
      await send('wang', id, [op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T02:30:00Z' })]);
      expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('non_compliant');
    });

    test('clocks that contradict each other by centuries leave the time of receipt, and the visit its day', async () => {
      const id = await visit();
      const sent = await send(
        'wang',
        id,
        pass().map((one) => ({ ...one, answeredAt: '1900-01-01T00:00:00Z' })),
        { sentAt: '9999-12-31T00:00:00Z' },
      );
      expect([sent.status, new Set(outcomes(sent))]).toEqual([200, new Set(['applied'])]);
      expect((await answered('wang', id, 'SJ-ZY-05')).effectiveAt).toBe(world.now().toISOString());
      const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '已查' });
      expect([done.status, done.body.inspection.visitedOn]).toEqual([200, '2026-03-10']);
    });

    test('Wang and Feng contradict each other offline: both are kept, the lead settles, a member cannot', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant', { note: '有公示' })]);
      const clash = await send('feng', id, [
        op('SJ-ZY-05', 'non_compliant', {
          note: '未见公示',
          answeredAt: '2026-03-10T01:10:00Z',
          baseRevision: 0,
        }),
      ]);
      expect(outcomes(clash)).toEqual(['conflict']);
      expect(clash.body.conflicts.map((c: { itemCode: string }) => c.itemCode)).toEqual(['SJ-ZY-05']);
      const standing = await answered('wang', id, 'SJ-ZY-05');
      expect([standing.note, standing.conflict.map((c: { note: string }) => c.note)]).toEqual([
        '未见公示',
        ['有公示'],
      ]);

      await send(
        'wang',
        id,
        pass().filter((one) => one.itemCode !== 'SJ-ZY-05'),
      );
      const early = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
      expect([early.status, early.body.code, early.body.conflicts]).toEqual([
        409,
        'inspection.conflicts_open',
        ['SJ-ZY-05'],
      ]);

      const insisted = await send('feng', id, [
        op('SJ-ZY-05', 'non_compliant', { note: '确未见公示', baseRevision: 2 }),
      ]);
      expect(insisted.body.conflicts).toHaveLength(1);
      // The lead's tablet is an hour slow: having seen what it settles, it stands all the same.
      const settled = await send('wang', id, [
        op('SJ-ZY-05', 'compliant', {
          note: '复看后有公示',
          answeredAt: '2026-03-10T00:10:00Z',
          baseRevision: 3,
        }),
      ]);
      expect([outcomes(settled), settled.body.conflicts]).toEqual([['applied'], []]);
      expect((await answered('feng', id, 'SJ-ZY-05')).note).toBe('复看后有公示');
    });

    test('who has seen the other’s answer may replace it, and saying the same is no conflict', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant'), op('SJ-ZY-01', 'compliant')]);
      const seen = await send('feng', id, [
        op('SJ-ZY-05', 'non_compliant', { answeredAt: '2026-03-10T01:20:00Z', baseRevision: 1 }),
        op('SJ-ZY-01', 'compliant', { answeredAt: '2026-03-10T01:20:00Z' }),
      ]);
      expect([outcomes(seen), seen.body.conflicts]).toEqual([['applied', 'applied'], []]);
    });

    test('the figures judge; one bad operation does not fail the others', async () => {
      const id = await visit();
      const sha256 = await photo('feng');
      const answer = await send('wang', id, [
        op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 75 }] }),
        op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: '17:30' }] }),
        op('SJ-ZY-01', 'not_applicable'),
        op('NONE', 'compliant'),
        op('SJ-ZY-13', 'non_compliant', { measures: [{ numerator: 1, denominator: 100 }] }),
        op('SJ-ZY-05', 'compliant', { attachments: [sha256] }),
        op('SJ-ZY-07', 'compliant'),
        op('SJ-ZY-02', 'compliant', { measures: [{ grade: 5, value: 75 }], reason: '当日为开放日，不计入' }),
      ]);
      expect(answer.body.results.map((r: { problem?: { code: string } }) => r.problem?.code)).toEqual([
        'answer.reason_required',
        'answer.measure_invalid',
        'answer.reason_required',
        'answer.item_unknown',
        'answer.indicator_not_judged',
        'attachment.unknown',
        undefined,
        undefined,
      ]);
      expect(answer.body.results[1].problem.errors[0].pointer).toBe('/operations/1/measures/0/value');
      const overruled = await answered('wang', id, 'SJ-ZY-02');
      expect([overruled.verdict, overruled.suggestedVerdict]).toEqual(['compliant', 'non_compliant']);
      // Feng, who brought the photo, may name it; after that the lead may keep it in his own answer.
      expect(
        outcomes(await send('feng', id, [op('SJ-ZY-05', 'compliant', { attachments: [sha256] })])),
      ).toEqual(['applied']);
      expect(
        outcomes(
          await send('wang', id, [
            op('SJ-ZY-05', 'compliant', { attachments: [sha256], answeredAt: '2026-03-10T01:20:00Z' }),
          ]),
        ),
      ).toEqual(['applied']);
      const malformed = await send('wang', id, [{ ...op('SJ-ZY-05', 'compliant'), verdict: 'fine' }]);
      expect([malformed.status, malformed.body.errors[0].pointer]).toEqual([400, '/operations/0/verdict']);
    });

    test('sixteen syncs at once lose nothing', async () => {
      const id = await visit();
      const operations = Array.from({ length: 16 }, (_, i) =>
        op('SJ-ZY-05', 'compliant', {
          note: `第${i}次`,
          answeredAt: `2026-03-10T01:${String(i).padStart(2, '0')}:00Z`,
        }),
      );
      const answers = await Promise.all(operations.map((one) => send('wang', id, [one])));
      expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(200));
      const answer = await answered('wang', id, 'SJ-ZY-05');
      expect([answer.revision, answer.note]).toEqual([16, '第15次']);
    });
  });

  describe('submission', () => {
    test('is refused to members, and while required items are open', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
      const member = await world.as('feng').post(`/inspections/${id}/submit`, { summary: '好' });
      expect([member.status, member.body.code]).toEqual([403, 'inspection.not_lead']);
      const early = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
      expect([early.status, early.body.code, early.body.missing]).toEqual([
        409,
        'inspection.incomplete',
        ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-13'],
      ]);
    });

    test('freezes the record, fills the ledger and the measurements; a repeat answers the same and does nothing', async () => {
      const id = await visit();
      await send('wang', id, fail());
      const first = await world.as('wang').post(`/inspections/${id}/submit`, {
        summary: '作业管理有欠缺',
        dispositions: [{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当场更新了公示' }],
      });
      expect([first.status, first.body.inspection.status]).toEqual([200, 'submitted']);
      expect([first.body.inspection.judged, first.body.inspection.met]).toEqual([3, 0]);
      expect(
        first.body.issues.map((issue: Change) => [issue.itemCode, issue.severity, issue.source]),
      ).toEqual([
        ['SJ-ZY-01', 'major', 'visit'],
        ['SJ-ZY-02', 'major', 'visit'],
      ]);
      expect(first.body.issues[1].measuredValue).toContain('75');
      expect(first.body.issues[1].standardValue).toContain('60');
      expect(first.body.issues[0].finding).toContain('二（1）班语文留了抄写');

      const again = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '改一改' });
      expect([again.status, again.body]).toEqual([200, first.body]);
      const counted = await world.dataSource.query(
        `SELECT (SELECT count(*)::int FROM issues WHERE inspection_id = $1) AS issues,
           (SELECT count(*)::int FROM measurements WHERE inspection_id = $1) AS measurements,
           (SELECT count(*)::int FROM events WHERE subject_id = $1 AND action = 'submit') AS submissions`,
        [id],
      );
      expect(counted[0]).toEqual({ issues: 2, measurements: 3, submissions: 1 });

      // Now the school sees it, and another school does not.
      expect((await world.as('liu').get(`/inspections/${id}`)).body.status).toBe('submitted');
      expect((await world.as('zheng').get(`/inspections/${id}`)).status).toBe(404);
    });

    test('sixteen submissions at once register once', async () => {
      const id = await visit();
      await send('wang', id, fail());
      const all = await Promise.all(
        Array.from({ length: 16 }, () =>
          world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }),
        ),
      );
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(all.map(({ text }) => text)).size).toBe(1);
      expect(all[0]!.body.issues).toHaveLength(3);
    });

    test('many visits of one school submitted at once all count, whatever each had read before', async () => {
      const ids = await Promise.all(Array.from({ length: 12 }, () => visit()));
      for (const id of ids) await send('wang', id, fail());
      const all = await Promise.all(
        ids.map((id) => world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' })),
      );
      expect(all.map(({ status }) => status)).toEqual(ids.map(() => 200));
      const numbers = all.flatMap(({ body }) => body.issues.map((issue: Change) => issue.number));
      expect(new Set(numbers).size).toBe(36);
      expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
    });

    test('an answer that arrives while the lead submits is in the record or refused, never in between', async () => {
      for (let round = 0; round < 6; round++) {
        const id = await visit();
        await send('wang', id, fail());
        const [submitted, sent] = await Promise.all([
          world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' }),
          send('wang', id, [op('SJ-ZY-07', 'non_compliant', { note: '两个学科未统筹' })]),
        ]);
        const inTime = sent.body.results[0].outcome === 'applied';
        expect([submitted.status, outcomes(sent)]).toEqual([200, [inTime ? 'applied' : 'rejected']]);
        expect(submitted.body.issues.map((issue: Change) => issue.itemCode).includes('SJ-ZY-07')).toBe(
          inTime,
        );
        expect(submitted.body.inspection.judged).toBe(inTime ? 4 : 3);
      }
    });

    test('a serious item is never a mere reminder, and what passed needs no disposition', async () => {
      const id = await visit();
      await send('wang', id, fail());
      const submit = (dispositions: unknown[]) =>
        world.as('wang').post(`/inspections/${id}/submit`, { summary: '好', dispositions });
      const serious = await submit([{ itemCode: 'SJ-ZY-01', as: 'reminder', reason: '个别现象' }]);
      expect([serious.status, serious.body.code]).toEqual([400, 'disposition.serious_reminder']);
      const silent = await submit([{ itemCode: 'SJ-ZY-05', as: 'reminder' }]);
      expect([silent.status, silent.body.errors[0].pointer]).toEqual([400, '/dispositions/0/reason']);
      const passed = await submit([{ itemCode: 'SJ-ZY-13', as: 'issue' }]);
      expect([passed.status, passed.body.errors[0].pointer]).toEqual([400, '/dispositions/0/itemCode']);
      expect((await world.as('wang').get(`/inspections/${id}`)).body.status).toBe('in_progress');
    });

    test('what is still open from last time is found again, not registered twice', async () => {
      const before = await visit();
      await send('wang', before, fail());
      const last = await world.as('wang').post(`/inspections/${before}/submit`, { summary: '好' });
      const issueOn = (code: string) => last.body.issues.find((one: Change) => one.itemCode === code).id;
      const id = await visit();
      await send('wang', id, fail());
      const submit = (issueId: string) =>
        world.as('wang').post(`/inspections/${id}/submit`, {
          summary: '好',
          dispositions: [{ itemCode: 'SJ-ZY-01', as: 'found_again', issueId }],
        });
      const wrong = await submit(issueOn('SJ-ZY-05'));
      expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/dispositions/0/issueId']);
      const done = await submit(issueOn('SJ-ZY-01'));
      expect([done.status, done.body.issues.map((one: Change) => one.itemCode)]).toEqual([
        200,
        ['SJ-ZY-02', 'SJ-ZY-05'],
      ]);
      const [{ found }] = await world.dataSource.query(
        `SELECT found_again_count AS found FROM issues WHERE id = $1`,
        [issueOn('SJ-ZY-01')],
      );
      expect(found).toBe(1);
    });

    test('what a tablet sends afterwards is kept, marked rejected and shown to the team', async () => {
      const id = await visit();
      const answers = pass();
      await send('wang', id, answers);
      await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
      const frozen = (await world.as('wang').get(`/inspections/${id}`)).body.answers;
      const late = op('SJ-ZY-05', 'non_compliant', { note: '下午又看了一次' });
      const after = await send(
        'feng',
        id,
        [answers[0], late].filter((one) => one !== undefined),
      );
      // Wang's own operation, which Feng's tablet passes on, is known; Feng's is not taken.
      expect([after.status, outcomes(after)]).toEqual([200, ['duplicate', 'rejected']]);
      expect(after.body.results[1].problem.code).toBe('inspection.submitted');
      const again = await send('feng', id, [late]);
      expect([again.status, outcomes(again)]).toEqual([200, ['rejected']]);
      const shown = (await world.as('wang').get(`/inspections/${id}`)).body;
      expect(shown.lateOperations.map((one: { operation: Change }) => one.operation.note)).toEqual([
        '下午又看了一次',
      ]);
      expect(shown.answers).toEqual(frozen);
      expect((await world.as('liu').get(`/inspections/${id}`)).body.lateOperations).toEqual([]);
    });

    test('a visit of last month that is synced now is marked 补录', async () => {
      const id = await visit({ scheduledOn: '2026-02-27' });
      await send(
        'wang',
        id,
        fail().map((one) => ({ ...one, answeredAt: '2026-02-27T03:00:00Z' })),
      );
      const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
      expect([done.body.inspection.visitedOn, done.body.inspection.lateEntry]).toEqual(['2026-02-27', true]);
      expect(done.body.issues[0].lateEntry).toBe(true);
    });

    test('a full visit without failures makes the school’s status, one that checked nothing does not', async () => {
      const unitId = world.cast.units.schoolWest;
      const { chen } = world.cast.people;
      const facts = async () => {
        const [row] = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
          unitId,
        ]);
        return row?.facts;
      };
      const empty = await visit({ unitId, team: [chen], leadId: chen }, 'chen');
      await send(
        'chen',
        empty,
        ITEMS.map((code) => op(code, 'not_checked')),
      );
      expect(
        (await world.as('chen').post(`/inspections/${empty}/submit`, { summary: '临时有事' })).status,
      ).toBe(200);
      expect((await facts()).lastFullInspectionOn).toBeNull();
      const whole = await visit({ unitId, team: [chen], leadId: chen }, 'chen');
      await send('chen', whole, pass());
      await world.as('chen').post(`/inspections/${whole}/submit`, { summary: '好' });
      expect((await facts()).lastFullInspectionOn).toBe('2026-03-10');
      expect((await facts()).categories['作业管理']).toMatchObject({ met: 3, judged: 3, open: 0 });
    });
  });

  describe('after submission', () => {
    const submitted = async () => {
      const id = await visit();
      await send('wang', id, [...fail().slice(0, 2), ...pass().slice(2)]);
      const done = await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' });
      expect(done.body.issues).toHaveLength(2);
      return { id, issues: done.body.issues as { id: string; itemCode: string }[] };
    };

    test('the lead corrects with a reason: a reversed failure proposes a withdrawal, a new one fills the ledger', async () => {
      const { id, issues } = await submitted();
      const body = {
        reason: '把六年级的数据看错了行',
        operations: [
          op('SJ-ZY-02', 'compliant', {
            measures: [{ grade: 6, value: 55 }],
            answeredAt: '2026-03-09T01:00:00Z',
          }),
          op('SJ-ZY-05', 'non_compliant', { note: '公示栏是空的' }),
        ],
      };
      const done = await world.as('wang').post(`/inspections/${id}/amendments`, body);
      expect(done.status).toBe(200);
      expect(done.body.issues.map((one: Change) => [one.itemCode, one.withdrawalProposal !== null])).toEqual([
        ['SJ-ZY-01', false],
        ['SJ-ZY-02', true],
        ['SJ-ZY-05', false],
      ]);
      expect([done.body.inspection.judged, done.body.inspection.met]).toEqual([3, 1]);
      const shown = (await world.as('liu').get(`/inspections/${id}`)).body;
      const measured = shown.answers.find((a: Change) => a.itemCode === 'SJ-ZY-02');
      expect([measured.verdict, measured.amended.reason]).toEqual(['compliant', body.reason]);
      expect(shown.amendments.map((one: Change) => [one.byName, one.reason])).toEqual([
        ['王督学', body.reason],
      ]);
      const figures = await world.dataSource.query(
        `SELECT value FROM measurements WHERE inspection_id = $1 AND item_code = 'SJ-ZY-02' AND superseded_at IS NULL`,
        [id],
      );
      expect(figures).toEqual([{ value: 55 }]);

      const again = await world.as('wang').post(`/inspections/${id}/amendments`, body);
      expect([again.status, outcomes(again), again.body.issues.length]).toEqual([
        200,
        ['duplicate', 'duplicate'],
        3,
      ]);
      expect(issues).toHaveLength(2);
    });

    test('the office may correct, a member, the school and the unit’s own may not; and it is whole or not at all', async () => {
      const { id } = await submitted();
      const body = {
        reason: '更正',
        operations: [op('SJ-ZY-05', 'not_applicable', { reason: '另有公示方式' })],
      };
      for (const [who, status] of [
        ['feng', 403],
        ['liu', 403],
        ['li', 403],
        ['zheng', 404],
        ['strangerHead', 404],
      ] as const) {
        expect([who, (await world.as(who).post(`/inspections/${id}/amendments`, body)).status]).toEqual([
          who,
          status,
        ]);
      }
      const half = { ...body, operations: [...body.operations, op('NONE', 'compliant')] };
      const refused = await world.as('qian').post(`/inspections/${id}/amendments`, half);
      expect([refused.status, refused.body.code]).toEqual([400, 'answer.item_unknown']);
      expect((await answered('wang', id, 'SJ-ZY-05')).verdict).toBe('compliant');
      expect((await world.as('qian').post(`/inspections/${id}/amendments`, body)).status).toBe(200);
      const open = await visit();
      const early = await world.as('wang').post(`/inspections/${open}/amendments`, body);
      expect([early.status, early.body.code]).toEqual([409, 'inspection.not_submitted']);
    });

    test('a lead who has come to head the school corrects nothing there any more; elsewhere he does', async () => {
      const { id } = await submitted();
      const body = {
        reason: '更正',
        operations: [op('SJ-ZY-05', 'not_applicable', { reason: '另有公示方式' })],
      };
      const belongsTo = (unitId: string | null) =>
        world.as('admin').patch(`/users/${world.cast.people.wang}`, { unitId });
      expect((await belongsTo(world.cast.units.schoolLiu)).status).toBe(200);
      // Belonging alone, without a post at the school: he sees what was submitted, and is recused.
      const refused = await world.as('wang').post(`/inspections/${id}/amendments`, body);
      expect([refused.status, refused.body.code]).toEqual([403, 'inspection.not_lead']);
      expect((await belongsTo(world.cast.units.schoolWu)).status).toBe(200);
      expect((await world.as('wang').post(`/inspections/${id}/amendments`, body)).status).toBe(200);
      expect((await belongsTo(null)).status).toBe(200);
    });

    test('cancelling is the office’s, and only before submission; archiving only after', async () => {
      const id = await visit();
      await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
      const by = (who: PersonName) => world.as(who).post(`/inspections/${id}/cancel`, { reason: '学校停课' });
      expect((await by('wang')).status).toBe(403);
      expect((await by('liu')).status).toBe(404);
      expect((await by('li')).body.status).toBe('cancelled');
      expect((await by('li')).status).toBe(200);
      expect(outcomes(await send('wang', id, [op('SJ-ZY-07', 'compliant')]))).toEqual(['rejected']);
      expect((await world.as('wang').post(`/inspections/${id}/submit`, { summary: '好' })).body.code).toBe(
        'inspection.not_open',
      );
      const done = await submitted();
      const late = await world.as('li').post(`/inspections/${done.id}/cancel`, { reason: '迟了' });
      expect([late.status, late.body.code]).toEqual([409, 'inspection.not_open']);
      expect((await world.as('li').post(`/inspections/${done.id}/archive`)).status).toBe(403);
      expect((await world.as('qian').post(`/inspections/${done.id}/archive`)).body.status).toBe('archived');
      expect((await world.as('qian').post(`/inspections/${id}/archive`)).body.code).toBe(
        'inspection.not_submitted',
      );
    });
  });

  test('the record is printed with its photos, for those who see the inspection', async () => {
    const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#357' } })
      .jpeg()
      .toBuffer();
    const sha256 = createHash('sha256').update(jpeg).digest('hex');
    const put = await world
      .as('wang')
      .put(`/attachments/${sha256}`, undefined, { payload: jpeg, type: 'image/jpeg' });
    expect(put.status).toBeLessThan(300);
    const id = await visit();
    await send('wang', id, [...pass().slice(0, 3), op('SJ-ZY-13', 'compliant', { attachments: [sha256] })]);
    const draft = await world.as('wang').get(`/inspections/${id}/record.pdf`);
    expect([draft.status, draft.headers['content-type'], draft.body.subarray(0, 5).toString()]).toEqual([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    expect((await world.as('liu').get(`/inspections/${id}/record.pdf`)).status).toBe(404);
    await world.as('wang').post(`/inspections/${id}/submit`, {
      summary: '作业管理规范',
      signatures: [{ role: 'lead', name: '王督学', attachment: sha256, signedAt: T }],
    });
    const [one, same] = await Promise.all(
      [1, 2].map(() => world.as('liu').get(`/inspections/${id}/record.pdf`)),
    );
    expect(one!.status).toBe(200);
    expect(one!.body.includes('/Subtype /Image')).toBe(true);
    expect(same!.body.equals(one!.body)).toBe(true);
    expect((await world.as('strangerHead').get(`/inspections/${id}/record.pdf`)).status).toBe(404);
  });

  test('a self-check is the school’s own: its people fill it, its findings are their list, its status stays', async () => {
    const { liu, zhou } = world.cast.people;
    const own = { kind: 'self_check', team: [liu, zhou], leadId: liu };
    const before = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
      world.cast.units.schoolLiu,
    ]);
    const id = await visit(own, 'zhou');
    const asVisit = await world
      .as('liu')
      .put(`/inspections/${randomUUID()}`, head({ team: [liu], leadId: liu }));
    expect(asVisit.status).toBe(403);
    const elsewhere = await world
      .as('liu')
      .put(`/inspections/${randomUUID()}`, head({ ...own, unitId: world.cast.units.schoolWu }));
    expect(elsewhere.status).toBe(404);
    expect((await send('wang', id, [op('SJ-ZY-05', 'compliant')])).body.code).toBe('inspection.not_on_team');
    await send('zhou', id, fail());
    expect((await world.as('zhou').post(`/inspections/${id}/submit`, { summary: '好' })).body.code).toBe(
      'inspection.not_lead',
    );
    const done = await world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查发现三项' });
    expect(done.body.issues.map((one: Change) => one.source)).toEqual([
      'self_check',
      'self_check',
      'self_check',
    ]);
    const again = await world.as('liu').post(`/inspections/${id}/submit`, { summary: '自查发现三项' });
    expect(again.body).toEqual(done.body);
    const after = await world.dataSource.query(`SELECT facts FROM unit_facts WHERE unit_id = $1`, [
      world.cast.units.schoolLiu,
    ]);
    expect(after[0]?.facts ?? {}).toEqual(before[0]?.facts ?? {});
    const figures = await world.dataSource.query(
      `SELECT DISTINCT self_check FROM measurements WHERE inspection_id = $1`,
      [id],
    );
    expect(figures).toEqual([{ self_check: true }]);
  });

  test('the work package holds what Wang needs offline, and 304 while nothing changed', async () => {
    const id = await visit();
    await send('wang', id, [op('SJ-ZY-05', 'compliant')]);
    const got = await world.as('wang').get('/me/work-package');
    const mine = got.body.inspections.find((one: Change) => one.id === id);
    expect(mine.answers.map((a: Change) => [a.itemCode, a.revision])).toEqual([['SJ-ZY-05', 1]]);
    const list = got.body.checklists.find((one: Change) => one.id === checklistId);
    expect(list.items.find((one: Change) => one.itemCode === 'SJ-ZY-02').judge.limit).toBe(60);
    expect(got.body.units.map((one: Change) => one.id)).toContain(world.cast.units.schoolLiu);
    expect(
      got.body.issues.every(
        (one: Change) =>
          one.unitId === world.cast.units.schoolLiu || one.unitId === world.cast.units.schoolWu,
      ),
    ).toBe(true);
    expect(got.body.issues.length).toBeGreaterThan(0);
    expect(got.headers['x-server-time']).toBe(world.now().toISOString());
    world.setNow('2026-03-10T03:00:00Z');
    const same = await world
      .as('wang')
      .get('/me/work-package', { headers: { 'if-none-match': got.headers.etag! } });
    expect(same.status).toBe(304);
    const other = await world.as('chen').get('/me/work-package');
    expect(other.body.inspections.map((one: Change) => one.id)).not.toContain(id);
    const school = await world.as('liu').get('/me/work-package');
    expect(school.body.inspections).toEqual([]);
  });
});
