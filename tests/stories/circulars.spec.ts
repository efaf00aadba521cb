import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Circular } from '#core/circulars/circular.entity.js';
import { renderFiles } from '#core/circulars/documents.js';
import { factsThatDiffer } from '#core/compliance/rebuild.js';
import { renderCircularFiles } from '#documents/circular-files.js';
import { pdfText } from '#documents/fixtures/read-back.js';
import { canonicalJson } from '#rules/circular.js';
import type { PersonName } from '#testkit/cast.js';
import { ok, refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { CIRCULAR_RENDER, renderCircularJob } from '#worker/circular-render.js';
import { type Answers, type Desk, JUNIOR, openDesk, PASS } from './circular-month.js';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await startWorld();
  desk = await openDesk(world);
});
afterAll(() => world.stop());

const act = (who: PersonName, id: string, action: string, body: object = {}) =>
  ok(world.as(who).post(`/issues/${id}/transitions`, { action, ...body }));

const FAIL: Answers = [
  ['SJ-ZY-01', 'non_compliant', { note: '二（1）班语文留了抄写', extent: 'grade' }],
  ['SJ-ZY-02', 'non_compliant', { measures: [{ grade: 6, value: 75 }], extent: 'grade' }],
  ['SJ-ZY-05', 'non_compliant', { note: '公示栏未更新' }],
  ['SJ-ZY-13', 'compliant', { measures: [{ numerator: 95, denominator: 100 }] }],
];

const deps = () => ({
  dataSource: world.dataSource,
  files: world.files,
  publicUrl: world.config.publicUrl,
  now: world.now(),
});
const job = (id: string) => ({ districtId: world.cast.districts.A, circularId: id });

/** A month of the district: what the circular of March must say, and what must not be in it. */
async function march() {
  // Made in February and sent in March: counted here, as 补录.
  await desk.visit('schoolWu', JUNIOR, { on: '2026-02-27', sent: '2026-03-05' });
  const { issues } = await desk.visit(
    'schoolLiu',
    FAIL,
    { on: '2026-03-10' },
    {
      strengths: '作业公示栏\n每日更新',
      dispositions: [{ itemCode: 'SJ-ZY-05', as: 'reminder', reason: '当日已更正' }],
    },
  );
  await desk.visit('schoolLiu', FAIL, { on: '2026-03-11' }, { self: true });
  await desk.visit('schoolWest', PASS, { on: '2026-03-12' });
  const [first, second] = [issues[0]!, issues[1]!];
  world.setNow('2026-03-13');
  for (const { id } of [first, second]) {
    await act('li', id, 'issue_notice', { requirements: '压减作业', dueOn: '2026-03-20' });
  }
  // Disputed at the cut-off: counted and not named.
  await act('liu', second.id, 'object', { grounds: '当日为活动日' });
  world.setNow('2026-03-18');
  await act('liu', first.id, 'request_close', { measures: '已调整' });
  world.setNow('2026-03-24');
  const zone = { finding: '实地查看属实', method: 'on_site', coVerifierId: world.cast.people.feng };
  await act('wang', first.id, 'verify', zone);
  await act('zhao', first.id, 'close', { note: '同意销号' });
  // Overdue at the cut-off, urged.
  world.setNow('2026-03-16');
  const course = await ok(
    world.as('li').post('/issues', {
      unitId: world.cast.units.institution,
      category: '校外培训机构',
      finding: '培训结束于20:50',
      severity: 'major',
    }),
  );
  await act('li', course.id, 'issue_notice', { requirements: '按时结束', dueOn: '2026-03-25' });
  world.setNow('2026-03-27');
  await act('li', course.id, 'escalate', { step: 'urging', note: '逾期未整改' });
  // After the cut-off, before anybody asks for the circular.
  await desk.visit('schoolLiu', PASS, { on: '2026-03-31', sent: '2026-04-01' });
  world.setNow('2026-04-01');
  await ok(
    world.as('li').post('/issues', {
      unitId: world.cast.units.schoolWu,
      category: '作业管理',
      finding: '四月发现',
      severity: 'minor',
    }),
  );
  await act('zheng', course.id, 'request_close', { measures: '已调整课表' });
  return { first, second, course };
}

describe('the circular of March', () => {
  let id: string;
  let ledger: Awaited<ReturnType<typeof march>>;
  beforeAll(async () => {
    ledger = await march();
    world.setNow('2026-04-02');
  });

  test('sixteen who ask at once get one circular, and the office asking again gets the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        world.as(i % 2 ? 'zhao' : 'qian').post('/circulars', { kind: 'monthly', period: '2026-03' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ headers }) => headers['location'])).size).toBe(1);
    id = answers[0]!.body.id;
    expect(answers[0]!.headers['location']).toBe(`/api/v1/circulars/${id}`);
    expect(await desk.waiting(id)).toHaveLength(1);
    // Whoever was first is the drafter; the story goes on with Qian as such.
    await world.dataSource.query(`UPDATE circulars SET drafted_by = $2 WHERE id = $1`, [
      id,
      world.cast.people.qian,
    ]);
    const view = await ok(world.as('qian').get(`/circulars/${id}`));
    expect(view).toMatchObject({
      kind: 'monthly',
      period: '2026-03',
      status: 'queued',
      progress: 0,
      cutoff: '2026-03-31T16:00:00.000Z',
      files: [],
      narrative: null,
      documentNumber: null,
    });
    expect(refusal(await world.as('qian').get(`/circulars/${id}/pdf`))).toBe('409 circular.not_ready');
    expect(refusal(await world.as('zhao').post(`/circulars/${id}/issue`))).toBe('409 circular.not_draft');
  });

  test('months to come, other kinds and impossible cut-offs are refused; zone, school and stranger may not draft', async () => {
    const ask = (body: object, who: PersonName = 'qian') => world.as(who).post('/circulars', body);
    expect(refusal(await ask({ kind: 'monthly', period: '2026-05' }))).toBe('400 circular.period_invalid');
    expect(refusal(await ask({ kind: 'monthly' }))).toBe('400 circular.period_invalid');
    expect(refusal(await ask({ kind: 'term', period: '2026-03' }))).toBe('400 request.invalid');
    for (const cutoff of ['2026-02-20T00:00:00Z', '2026-04-30T00:00:00Z']) {
      expect(refusal(await ask({ kind: 'monthly', period: '2026-03', cutoff }))).toBe('400 request.invalid');
    }
    for (const who of ['li', 'wang', 'liu', 'sun', 'auditor', 'admin'] as const) {
      expect(refusal(await ask({ kind: 'monthly', period: '2026-03' }, who))).toBe('403 access.denied');
    }
  });

  test('a job that dies half-way is taken up again with the figures it had frozen, and yields one set of files', async () => {
    await expect(desk.work(id, () => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
    const halfway = await ok(world.as('qian').get(`/circulars/${id}`));
    expect(halfway).toMatchObject({ status: 'rendering', progress: 40, files: [] });
    const frozen = await desk.snapshotOf(id);
    expect(halfway.snapshotHash).toBe(createHash('sha256').update(canonicalJson(frozen)).digest('hex'));
    expect(await desk.waiting(id)).toHaveLength(1);

    await act('qian', ledger.second.id, 'uphold', { note: '维持' });
    await Promise.all([desk.work(id), desk.work(id)]);
    expect(await desk.waiting(id)).toHaveLength(0);
    await renderCircularJob({ ...deps(), done: async () => undefined }, job(id));
    const done = await ok(world.as('qian').get(`/circulars/${id}`));
    expect(done).toMatchObject({
      status: 'draft',
      progress: 100,
      snapshotHash: halfway.snapshotHash,
      error: null,
    });
    expect(await desk.snapshotOf(id)).toEqual(frozen);
    expect(done.files.map(({ format }: { format: string }) => format)).toEqual(['docx', 'pdf', 'xlsx']);
    for (const file of done.files) {
      const answer = await world.as('qian').get(file.url);
      expect(answer.status).toBe(200);
      expect(createHash('sha256').update(answer.body).digest('hex')).toBe(file.sha256);
      expect(answer.body).toHaveLength(file.size);
      expect(answer.headers['etag']).toBe(`"${file.sha256}"`);
    }
    const stored = [];
    for await (const { key } of world.files.list(`circulars/${world.cast.districts.A}/${id}/`))
      stored.push(key);
    expect(stored).toHaveLength(3);
  });

  test('its figures are those of the month, whatever came after the cut-off', async () => {
    const s = await desk.snapshotOf(id);
    expect(s.overview).toEqual({
      visits: 3,
      visitsByKind: ['经常性督导', '专项督导', '综合督导', '随访督导', '回头看'].map((title, i) => ({
        kind: ['routine', 'special', 'comprehensive', 'visit', 'look_back'][i],
        title,
        visits: i === 0 ? 3 : 0,
      })),
      schools: { numerator: 3, denominator: 3 },
      institutions: { numerator: 0, denominator: 1 },
      inspectors: 3,
      sessions: 6,
      answersJudged: 7,
      answersMet: 4,
      issuesRegistered: { minor: 0, major: 2, serious: 1 },
      reminders: 1,
      resolvedOnSite: 0,
      notices: 3,
      noticesReceived: 0,
      disputed: 1,
    });
    expect(s.categories).toEqual([
      {
        category: '作业管理',
        title: '作业管理',
        judged: 7,
        met: 4,
        failed: 3,
        issues: { minor: 0, major: 1, serious: 1 },
      },
      {
        category: '校外培训机构',
        title: '校外培训机构',
        judged: 0,
        met: 0,
        failed: 0,
        issues: { minor: 0, major: 1, serious: 0 },
      },
    ]);
    expect(s.closeout).toMatchObject({
      due: 3,
      closedByOriginal: 1,
      closedByExtended: 0,
      closedLate: 0,
      open: 1,
      openOverdue: 1,
      closedInPeriod: 1,
      returned: 0,
      extensionsGranted: 0,
      withdrawn: 0,
    });
    expect(s.closeout.rows.find(({ outcome }) => outcome === 'open')?.statusTitle).toBe('申辩中');
    expect(s.closeout.overdue).toMatchObject([
      {
        issueId: ledger.course.id,
        unit: { name: '新知培训学校', kind: 'institution' },
        daysOverdue: 7,
        escalationTitle: '催办',
      },
    ]);
    expect(s.ledger).toMatchObject({ open: 2, overdue: 1 });
    expect(s.escalations).toMatchObject([
      { stepTitle: '催办', on: '2026-03-27', unit: { name: '新知培训学校' } },
    ]);
    expect(s.lateVisits).toMatchObject([
      { unit: { name: '育才初级中学' }, inspectedOn: '2026-02-27', issues: 0 },
    ]);
    expect(s.practice).toMatchObject([
      { unit: { name: '明德小学' }, on: '2026-03-10', text: '作业公示栏 每日更新' },
    ]);
    const disputed = s.issues.find(({ issueId }) => issueId === ledger.second.id);
    expect(disputed).toMatchObject({ disputed: true, unit: null, status: 'objected' });
    expect(s.issues.find(({ issueId }) => issueId === ledger.first.id)).toMatchObject({
      status: 'closed',
      closedOn: '2026-03-24',
      unit: { name: '明德小学', code: '3702030001', zone: '东片区' },
    });
    const minutes = s.measurements.filter(({ metric }) => metric === 'written_homework_minutes_avg');
    // Two figures: their extremes would be those of single schools.
    expect(minutes).toMatchObject([
      { n: 2, min: null, mean: null, max: null, withinLimit: { numerator: 1, denominator: 2 }, ratio: null },
    ]);
    expect(JSON.stringify(s)).not.toContain('四月发现');
    expect(s.units.find(({ unit }) => unit.name === '明德小学')).toMatchObject({
      visits: 1,
      judged: 3,
      met: 0,
      registered: 1,
      closed: 1,
      open: 0,
    });
  });

  test('each figure is what an independent count of the ledger gives', async () => {
    const s = await desk.snapshotOf(id);
    const from = '2026-02-28T16:00:00Z';
    const end = '2026-03-31T16:00:00Z';
    const count = async (sql: string, ...params: unknown[]): Promise<number> =>
      Number((await world.dataSource.query(sql, [world.cast.districts.A, from, end, ...params]))[0].n);
    const visits = `FROM inspections x WHERE x.district_id = $1 AND x.submitted_at >= $2 AND x.submitted_at < $3 AND x.kind <> 'self_check'`;
    expect(s.overview.visits).toBe(await count(`SELECT count(*) n ${visits}`));
    expect(s.overview.answersJudged).toBe(await count(`SELECT sum(judged) n ${visits}`));
    expect(s.overview.answersMet).toBe(await count(`SELECT sum(met) n ${visits}`));
    expect(s.generatedFrom.answers).toBe(
      await count(`SELECT count(*) n FROM (SELECT jsonb_object_keys(answers) ${visits}) keys`),
    );
    // The ledger as it stood, by replaying the events one by one and keeping the last of each issue.
    const events: {
      id: string;
      after: { status: string; severity: string; dueOn: string | null };
      action: string;
      at: Date;
    }[] = await world.dataSource.query(
      `SELECT e.subject_id AS id, e.data->'after' AS after, e.action, e.at FROM events e JOIN issues i ON i.id = e.subject_id
         WHERE e.district_id = $1 AND e.at < $2 AND i.source <> 'self_check' ORDER BY e.id`,
      [world.cast.districts.A, end],
    );
    const last = new Map<string, (typeof events)[number]['after']>();
    const registered = new Map<string, Date>();
    for (const event of events) {
      if (event.after) last.set(event.id, event.after);
      if (event.action === 'register') registered.set(event.id, event.at);
    }
    const states = [...last.values()];
    const open = states.filter(({ status }) => !['closed', 'withdrawn', 'merged'].includes(status));
    expect(s.ledger.open).toBe(open.length);
    expect(s.ledger.overdue).toBe(
      open.filter(({ status, dueOn }) => status === 'rectifying' && dueOn !== null && dueOn < '2026-04-01')
        .length,
    );
    const inPeriod = [...registered].filter(
      ([issue, at]) => at >= new Date(from) && last.get(issue)!.status !== 'withdrawn',
    );
    for (const severity of ['minor', 'major', 'serious'] as const) {
      const n = inPeriod.filter(([issue]) => last.get(issue)!.severity === severity).length;
      expect([severity, s.overview.issuesRegistered[severity]]).toEqual([severity, n]);
    }
    expect(s.issues.map(({ issueId }) => issueId).sort()).toEqual(inPeriod.map(([issue]) => issue).sort());
    expect(s.closeout.closedInPeriod).toBe(events.filter(({ action }) => action === 'close').length);
    expect(s.overview.notices).toBe(
      await count(
        `SELECT count(*) n FROM notices WHERE district_id = $1 AND served_at >= $2 AND served_at < $3`,
      ),
    );
    const sums = s.closeout;
    expect(
      sums.closedByOriginal + sums.closedByExtended + sums.closedLate + sums.open + sums.openOverdue,
    ).toBe(sums.due);
    expect(s.ledger.byStatus.reduce((n, row) => n + row.minor + row.major + row.serious, 0)).toBe(
      s.ledger.open,
    );
  });

  test('a draft is for office, leader and auditor; nobody else even sees it', async () => {
    for (const who of ['qian', 'zhao', 'sun', 'auditor'] as const) {
      expect((await world.as(who).get(`/circulars/${id}`)).status).toBe(200);
    }
    for (const who of ['li', 'wang', 'liu', 'zheng', 'strangerHead'] as const) {
      expect(refusal(await world.as(who).get(`/circulars/${id}`))).toBe('404 resource.not_found');
      expect((await world.as(who).get(`/circulars/${id}/pdf`)).status).toBe(404);
      expect((await world.as(who).get('/circulars')).body.items).toEqual([]);
    }
    expect((await world.as('sun').get('/circulars?status=draft&count=true')).body).toMatchObject({
      items: [{ id }],
      nextCursor: null,
      count: 1,
    });
  });

  test('the drafter edits the text; figures stay, and the old files are not shown until the new ones are there', async () => {
    const before = await world.as('qian').get(`/circulars/${id}`);
    const change = { narrative: { overview: '三月，全区督导情况总体平稳。' } };
    const path = `/circulars/${id}`;
    expect((await world.as('li').patch(path, change)).status).toBe(403);
    const stale = await world.as('qian').patch(path, change, { headers: { 'if-match': '"other"' } });
    expect(refusal(stale)).toBe('412 request.stale');
    expect(refusal(await world.as('qian').patch(path, { narrative: { figures: 'x' } }))).toBe(
      '400 request.invalid',
    );
    const edited = await world
      .as('qian')
      .patch(path, change, { headers: { 'if-match': before.headers['etag']! } });
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({
      status: 'draft',
      progress: 0,
      files: [],
      narrative: change.narrative,
    });
    expect(edited.body.narrative.problems).toBe(before.body.narrative.problems);
    expect(refusal(await world.as('qian').get(`${path}/pdf`))).toBe('409 circular.not_ready');
    await desk.work(id);
    const made = await ok(world.as('qian').get(path));
    expect(made).toMatchObject({ status: 'draft', progress: 100, snapshotHash: before.body.snapshotHash });
    const text = pdfText((await world.as('qian').get(`${path}/pdf`)).body);
    expect(text).toContain('三月，全区督导情况总体平稳。');
    expect(text).toContain('未编号');
  });

  test('the drafter cannot sign, nor who has no right to; the head signs with the number of the register', async () => {
    const path = `/circulars/${id}/issue`;
    expect(refusal(await world.as('qian').post(path))).toBe('403 circular.drafter_cannot_issue');
    expect(refusal(await world.as('auditor').post(path))).toBe('403 access.denied');
    expect(refusal(await world.as('strangerHead').post(path))).toBe('404 resource.not_found');
    expect(refusal(await world.as('zhao').post(path, { issuedOn: '2026-04-30' }))).toBe(
      '400 request.invalid',
    );
    for (const documentNumber of [
      '<script>alert(1)</script>〔2026〕3号',
      '示教督通〔2026〕3号<b>',
      '示教督通“甲”〔2026〕3号',
      '〔2026〕3号',
      '示教督通〔2026〕号',
      '示教督通〔2026〕0号',
      '示教督通2026年3号',
      '示教督通〔26〕3号',
      '示教督通〔2019〕999号',
      '示教督通〔2027〕3号',
      '第三号',
    ]) {
      const refused = await world.as('zhao').post(path, { documentNumber });
      expect([documentNumber, refusal(refused)]).toEqual([documentNumber, '400 request.invalid']);
      expect(refused.body.errors).toMatchObject([
        { pointer: '/documentNumber', message: expect.stringContaining('〔2026〕') },
      ]);
    }
    const issued = await ok(world.as('zhao').post(path, { documentNumber: '示教督通 [2026] 第03号' }));
    expect(issued).toMatchObject({
      status: 'issued',
      documentNumber: '示教督通〔2026〕3号',
      issuedOn: '2026-04-02',
      issuedBy: { name: '赵主任' },
      draftedBy: { name: '钱干事' },
      allowedActions: [],
    });
    expect(issued.files).toHaveLength(3);
    const text = pdfText((await world.as('liu').get(`/circulars/${id}/pdf`)).body);
    expect(text).toContain('示教督通〔2026〕3号');
    expect(text).toContain('2026年4月2日');
    expect(text).not.toContain('未编号');
    expect(refusal(await world.as('sun').post(path))).toBe('409 circular.not_draft');
  });

  test('an issued circular never changes, by nobody’s hand and by no job', async () => {
    const before = await ok(world.as('zhao').get(`/circulars/${id}`));
    expect(refusal(await world.as('qian').patch(`/circulars/${id}`, { narrative: { overview: '改' } }))).toBe(
      '409 circular.not_draft',
    );
    expect(refusal(await world.as('qian').post(`/circulars/${id}/retry`))).toBe('409 circular.not_failed');
    const done = async () => undefined;
    await renderCircularJob({ ...deps(), done }, job(id));
    await world.dataSource.transaction((em) => CIRCULAR_RENDER.giveUp(em, job(id), '生成失败', world.now()));
    expect(await ok(world.as('zhao').get(`/circulars/${id}`))).toEqual(before);
    for (const sql of [
      `UPDATE circulars SET narrative = '{}' WHERE id = $1`,
      `UPDATE circulars SET status = 'draft' WHERE id = $1`,
      `UPDATE circulars SET snapshot = '{}' WHERE id = $1`,
      `UPDATE circular_files SET sha256 = '' WHERE circular_id = $1`,
      `DELETE FROM circular_files WHERE circular_id = $1`,
    ]) {
      await expect(world.dataSource.query(sql, [id])).rejects.toThrow(/never change/);
    }
    expect((await desk.draft()).id).toBe(id);
  });

  test('nor by a signature of the same revision that failed and whose documents come late', async () => {
    const districtId = world.cast.districts.A;
    const issued = await world.dataSource.manager.findOneByOrFail(Circular, { districtId, id });
    const press = { files: world.files, render: renderCircularFiles, publicUrl: world.config.publicUrl };
    await renderFiles({ ...issued, documentNumber: '示教督通〔2026〕99号' }, press);
    const { files } = await ok(world.as('liu').get(`/circulars/${id}`));
    expect(files).toHaveLength(3);
    for (const { format, sha256 } of files) {
      const { body } = await world.as('liu').get(`/circulars/${id}/${format}`);
      expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
    }
  });

  test('published: every unit sees it and receives it once; the office sees who has not', async () => {
    expect((await ok(world.as('liu').get('/circulars'))).items).toMatchObject([{ id, receipt: null }]);
    const received = await ok(world.as('liu').post(`/circulars/${id}/receipt`, { note: '已传达' }));
    expect(received).toMatchObject({ receipt: { receivedBy: '刘校长' }, allowedActions: [] });
    expect(refusal(await world.as('zhou').post(`/circulars/${id}/receipt`))).toBe(
      '409 circular.already_received',
    );
    expect(refusal(await world.as('li').post(`/circulars/${id}/receipt`))).toBe('403 access.denied');
    expect(refusal(await world.as('strangerHead').get(`/circulars/${id}/receipts`))).toBe(
      '404 resource.not_found',
    );
    for (const who of ['qian', 'zhao'] as const) {
      expect(refusal(await world.as(who).post(`/circulars/${id}/receipt`))).toBe('403 access.denied');
    }
    const list = await ok(world.as('qian').get(`/circulars/${id}/receipts`));
    expect(list).toMatchObject({ received: 1, total: 5, documentNumber: '示教督通〔2026〕3号' });
    expect(list.items.filter((one: { received: boolean }) => one.received)).toMatchObject([
      { unit: { name: '明德小学' }, receivedBy: '刘校长', note: '已传达' },
    ]);
    expect((await ok(world.as('chen').get(`/circulars/${id}/receipts`))).total).toBe(1);
    expect((await ok(world.as('liu').get(`/circulars/${id}/receipts`))).items).toHaveLength(1);
  });

  test('the office records the receipt of a unit that nobody leads in the system, and the record says so', async () => {
    const { units } = world.cast;
    const record = (who: PersonName, unitId: string, more: object = {}) =>
      world.as(who).post(`/circulars/${id}/receipt`, { unitId, ...more });
    expect(refusal(await record('qian', units.schoolLiu))).toBe('403 access.denied');
    for (const who of ['li', 'wang', 'zhou', 'liu', 'sun'] as const) {
      expect(refusal(await record(who, units.schoolWest))).toBe('403 access.denied');
    }
    expect((await record('qian', id)).body.errors).toMatchObject([{ pointer: '/unitId' }]);
    await ok(record('qian', units.schoolWest, { note: '校长当面签收' }));
    expect(refusal(await record('zhao', units.schoolWest))).toBe('409 circular.already_received');
    const { items, received } = await ok(world.as('zhao').get(`/circulars/${id}/receipts`));
    expect(received).toBe(2);
    const told = items.flatMap((one: { received: boolean; unit: { name: string }; onBehalf: boolean }) =>
      one.received ? [[one.unit.name, one.onBehalf]] : [],
    );
    expect(told).toEqual(
      expect.arrayContaining([
        ['明德小学', false],
        ['西山学校', true],
      ]),
    );
    const [event] = await world.dataSource.query(
      `SELECT data FROM events WHERE subject_id = $1 AND unit_id = $2 AND action = 'receive'`,
      [id, units.schoolWest],
    );
    expect(event.data).toMatchObject({ onBehalf: true });
  });

  test('a correction is a new circular that names the old one', async () => {
    const cutoff = '2026-04-01T16:00:00.000Z';
    const correction = await ok(
      world.as('qian').post('/circulars', { kind: 'monthly', corrects: id, cutoff }),
    );
    expect(correction).toMatchObject({ corrects: id, period: '2026-03', status: 'queued' });
    expect(correction.id).not.toBe(id);
    await desk.work(correction.id);
    const s = await desk.snapshotOf(correction.id);
    expect(s.corrects).toMatchObject({ documentNumber: '示教督通〔2026〕3号', issuedOn: '2026-04-02' });
    // The late visit of 31 March is in it, the issue of April is not one of March.
    expect(s.overview.visits).toBe(4);
    expect(JSON.stringify(s)).not.toContain('四月发现');
    const taken = await world
      .as('sun')
      .post(`/circulars/${correction.id}/issue`, { documentNumber: '示教督通（2026）3号' });
    expect(refusal(taken)).toBe('409 circular.number_taken');
    // What cannot be seen makes no other number, and none by itself.
    const sign = (documentNumber: string) =>
      world.as('sun').post(`/circulars/${correction.id}/issue`, { documentNumber });
    expect(refusal(await sign('示教督通〔2026〕3号\u200b'))).toBe('409 circular.number_taken');
    expect((await sign('\u200b')).body.errors).toMatchObject([
      { pointer: '/documentNumber', code: 'matches' },
    ]);
    const issued = await ok(world.as('sun').post(`/circulars/${correction.id}/issue`));
    expect(issued.documentNumber).toBe('教督通〔2026〕1号');
    const unissued = await desk.draft({ cutoff: '2026-03-20T00:00:00.000Z' });
    expect(
      refusal(await world.as('qian').post('/circulars', { kind: 'monthly', corrects: unissued.id })),
    ).toBe('409 circular.not_issued');
    await desk.work(unissued.id);
    // The number typed by somebody else's hand is skipped by the series.
    const early = await desk.snapshotOf(unissued.id);
    expect(early.cutoffLocal).toBe('2026-03-20 08:00');
    expect(early.closeout).toMatchObject({ due: 3, closedByOriginal: 0, closedInPeriod: 0 });
  });

  test('signed at the same moment, numbers of the series have no gap and no double', async () => {
    const ids = [];
    for (const period of ['2025-09', '2025-10', '2025-11', '2025-12']) {
      const { id: one } = await desk.draft({ period });
      await desk.work(one);
      ids.push(one);
    }
    const taken = { documentNumber: '教督通〔2026〕3号' };
    await ok(world.as('zhao').post(`/circulars/${ids[0]}/issue`, taken));
    const issued = await Promise.all(
      ids.slice(1).map((one) => ok(world.as('zhao').post(`/circulars/${one}/issue`))),
    );
    expect(issued.map(({ documentNumber }) => documentNumber).sort()).toEqual([
      '教督通〔2026〕2号',
      '教督通〔2026〕4号',
      '教督通〔2026〕5号',
    ]);
  });

  test('what cannot be made says so and is taken up again; nobody else retries', async () => {
    const { id: one } = await desk.draft({ cutoff: '2026-03-09T00:00:00.000Z' });
    await world.dataSource.transaction((em) =>
      CIRCULAR_RENDER.giveUp(em, job(one), '系统出错，已尝试 5 次', world.now()),
    );
    const failed = await ok(world.as('qian').get(`/circulars/${one}`));
    expect(failed).toMatchObject({
      status: 'failed',
      error: '系统出错，已尝试 5 次',
      allowedActions: ['retry'],
    });
    expect((await world.as('sun').post(`/circulars/${one}/retry`)).status).toBe(403);
    expect((await world.as('qian').post(`/circulars/${one}/retry`)).status).toBe(202);
    await desk.work(one);
    expect(await ok(world.as('qian').get(`/circulars/${one}`))).toMatchObject({
      status: 'draft',
      error: null,
    });
    expect(await desk.waiting(one)).toEqual([]);
  });

  test('the next month tells of the receipts of this one', async () => {
    world.setNow('2026-05-02');
    const april = await ok(world.as('qian').post('/circulars', { kind: 'monthly', period: '2026-04' }));
    await desk.work(april.id);
    const s = await desk.snapshotOf(april.id);
    expect(s.previous).toMatchObject({ receipts: { numerator: expect.any(Number), denominator: 5 } });
    expect(s.lateVisits).toMatchObject([{ inspectedOn: '2026-03-31', unit: { name: '明德小学' } }]);
    expect(s.overview.visits).toBe(1);
  });

  test('after all of this the kept compliance facts are what ledger and inspections say', async () => {
    expect(await factsThatDiffer(await world.ctx('zhao'))).toEqual([]);
  });
});
