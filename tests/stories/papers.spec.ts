/** What an office signs, printed from a course of real requests: the record of a visit and the close-out form of an issue. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { pdfText } from '#documents/fixtures/read-back.js';
import type { PersonName } from '#testkit/cast.js';
import { publishChecklist } from '#testkit/hands.js';
import { startWorld, type World } from '#testkit/world.js';

let world: World;
let checklistId: string;
beforeAll(async () => {
  world = await startWorld();
  const items = ['SJ-ZY-01', 'SJ-ZY-02', 'SJ-ZY-05', 'SJ-ZY-06'];
  checklistId = await publishChecklist(world, items, { coverage: 'partial' });
});
afterAll(() => world.stop());
/** Six in the evening, after the second session. */
beforeEach(() => world.setNow('2026-03-10T18:00:00+08:00'));

const act = async (who: PersonName, id: string, action: string, body: object = {}) => {
  const answer = await world.as(who).post(`/issues/${id}/transitions`, { action, ...body });
  expect([action, answer.status, answer.body.code]).toEqual([action, 200, undefined]);
  return answer.body;
};
const op = (itemCode: string, verdict: string, at: string, more: object = {}) => ({
  operationId: randomUUID(),
  itemCode,
  verdict,
  answeredAt: `2026-03-10T${at}:00.000Z`,
  ...more,
});
const send = async (who: PersonName, id: string, operations: object[]) => {
  const answer = await world.as(who).post(`/inspections/${id}/answers`, { operations });
  expect(answer.body.results.map((one: { outcome: string }) => one.outcome)).not.toContain('rejected');
};

/** A photo with or without its camera's time, and where it was taken. */
async function upload(who: PersonName, background: string, taken?: string): Promise<string> {
  const picture = sharp({ create: { width: 400, height: 300, channels: 3, background } });
  const place = { GPSLatitudeRef: 'N', GPSLatitude: '36/1 12/1 0/1' };
  const file = await (taken ? picture.withExif({ IFD2: { DateTimeOriginal: taken }, IFD3: place }) : picture)
    .jpeg()
    .toBuffer();
  const hash = createHash('sha256').update(file).digest('hex');
  const put = await world
    .as(who)
    .put(`/attachments/${hash}`, undefined, { payload: file, type: 'image/jpeg' });
  expect(put.status).toBeLessThan(300);
  return hash;
}

async function visit(): Promise<string> {
  const { wang, feng } = world.cast.people;
  const id = randomUUID();
  const head = {
    unitId: world.cast.units.schoolLiu,
    checklistId,
    kind: 'routine',
    scheduledOn: '2026-03-10',
  };
  const made = await world
    .as('wang')
    .put(`/inspections/${id}`, { ...head, team: [wang, feng], leadId: wang });
  expect(made.status).toBe(201);
  return id;
}

test('the record tells who judged what against figures and colleagues, and what became of each failure', async () => {
  const first = await visit();
  const failures = [
    op('SJ-ZY-01', 'non_compliant', '00:30', { note: '一年级留有书面作业' }),
    op('SJ-ZY-02', 'compliant', '00:35', { measures: [{ grade: 3, value: 50 }] }),
    op('SJ-ZY-05', 'non_compliant', '00:40', { note: '未见公示栏' }),
    op('SJ-ZY-06', 'compliant', '00:45'),
  ];
  await send('wang', first, failures);
  const before = await world.as('wang').post(`/inspections/${first}/submit`, { summary: '首次' });
  const known = before.body.issues.find((one: { itemCode: string }) => one.itemCode === 'SJ-ZY-05');

  const id = await visit();
  const photo = await upload('wang', 'teal', '2026:03:10 08:31:00');
  const hand = await upload('wang', 'white');
  await send('wang', id, [
    op('SJ-ZY-01', 'non_compliant', '00:30', { note: '一年级仍留有书面作业', attachments: [photo] }),
    op('SJ-ZY-02', 'compliant', '00:35', {
      measures: [{ grade: 3, value: 75 }],
      reason: '当日补做前日作业，查阅两周记录均未超时',
    }),
    op('SJ-ZY-05', 'non_compliant', '08:40', { note: '公示栏空白' }),
    op('SJ-ZY-06', 'compliant', '08:45'),
  ]);
  await send('feng', id, [op('SJ-ZY-06', 'non_compliant', '08:50', { note: '制度未修订', baseRevision: 0 })]);
  const seen = (await world.as('wang').get(`/inspections/${id}`)).body;
  expect(seen.progress.conflicts).toBe(1);
  const draft = await world.as('wang').get(`/inspections/${id}/record.pdf`);
  expect(pdfText(draft.body)).toContain('尚未确认');
  await send('wang', id, [op('SJ-ZY-06', 'compliant', '09:10', { note: '已核对新制度', baseRevision: 2 })]);
  const done = await world.as('wang').post(`/inspections/${id}/submit`, {
    summary: '作业管理仍有问题',
    strengths: '制度齐全',
    signatures: [
      { role: 'lead', name: '王督学', attachment: hand, signedAt: '2026-03-10T09:30:00.000Z' },
      { role: 'unit', name: '刘校长', signedAt: '2026-03-10T09:35:00.000Z' },
    ],
    dispositions: [{ itemCode: 'SJ-ZY-05', as: 'found_again', issueId: known.id }],
  });
  expect([done.status, done.body.code]).toEqual([200, undefined]);

  const printed = await world.as('liu').get(`/inspections/${id}/record.pdf`);
  const text = pdfText(printed.body);
  for (const part of [
    '到离校时段3月10日8:30—8:35；3月10日16:40—17:10（共2次）',
    '提交时间2026-03-1018:00',
    '共4项：达标2，不达标2',
    '小学一、二年级不得布置需要带回家完成的书面作业',
    '人工改判（1项）',
    '不达标达标当日补做前日作业，查阅两周记录均未超时',
    '填报不一致的处理（1项）',
    '冯督学（2026-03-1016:50）：不达标，制度未修订',
    '王督学（2026-03-1017:10）：达标，已核对新制度',
    '列入问题台账（1个）',
    `并入${known.number}`,
    '督导组长（签名）：',
    '（王督学）2026-03-1017:30',
    '被督导单位负责人（签名）：刘校长2026-03-1017:35',
    '现场照片（1张）',
    '拍摄时间：2026-03-1008:31',
  ]) {
    expect(text).toContain(part);
  }
  // The photo leaves without the place where it was taken.
  expect(printed.body.includes('GPS')).toBe(false);
  expect((await world.as('chen').get(`/inspections/${id}/record.pdf`)).status).toBe(404);
});

test('an unsigned record has room for both signatures', async () => {
  const id = await visit();
  await send('wang', id, [
    op('SJ-ZY-06', 'compliant', '00:45'),
    op('SJ-ZY-05', 'not_applicable', '00:46', { reason: '本学期停课迁址' }),
  ]);
  const text = pdfText((await world.as('wang').get(`/inspections/${id}/record.pdf`)).body);
  expect(text).toContain('督导组长（签名）：');
  expect(text).toContain('被督导单位负责人（签名）：');
  // A reason alone is the note; it is named a reason only behind one.
  expect(text).toContain('说明：本学期停课迁址');
});

test('the close-out form shows returns, both verifiers, every opinion, and photos before and after', async () => {
  const shot = await upload('wang', 'maroon', '2026:03:10 09:00:00');
  const made = await world.as('wang').post('/issues', {
    unitId: world.cast.units.schoolLiu,
    category: '考试管理',
    finding: '二年级组织纸笔考试',
    severity: 'serious',
    attachments: [shot],
  });
  const { id } = made.body;
  await act('zhao', id, 'issue_notice', { requirements: '立即停止', dueOn: '2026-03-20' });
  await act('liu', id, 'plan', { responsiblePerson: '周教导', plan: '停考、说明、修订制度' });
  const returned = await upload('liu', 'navy', '2026:03:10 16:40:00');
  await act('liu', id, 'request_close', { measures: '已停考', attachments: [returned] });
  world.setNow('2026-03-11');
  await act('wang', id, 'return', { reason: '未见家长说明', dueOn: '2026-03-25' });
  world.setNow('2026-03-12');
  const after = await upload('liu', 'olive', '2026:03:12 10:15:00');
  await act('liu', id, 'request_close', { measures: '已停考并召开家长会', attachments: [after] });
  const open = pdfText((await world.as('liu').get(`/issues/${id}/closure.pdf`)).body);
  expect(open).toContain('尚未销号申请销号');
  expect(open).toContain('销号日期—');
  expect(open).toContain('共同核验人（签名）');

  world.setNow('2026-03-13');
  const { feng } = world.cast.people;
  await act('wang', id, 'verify', {
    finding: '访谈学生12人，未再考试',
    method: 'on_site',
    coVerifierId: feng,
  });
  await act('sun', id, 'close', { note: '同意销号，持续关注' });
  const text = pdfText((await world.as('liu').get(`/issues/${id}/closure.pdf`)).body);
  for (const part of [
    '整改责任人：周教导佐证材料1份。',
    '单位负责人：刘校长2026年3月12日',
    '核验方式：实地核验',
    '核验人：王督学2026年3月13日',
    '共同核验人：冯督学2026年3月13日',
    '分管局领导意见同意销号，持续关注',
    '签批人：孙局长2026年3月13日',
    '退回情况（1次）',
    '2026年3月11日王督学未见家长说明2026年3月25日',
    '整改前后对比整改前整改后',
    '拍摄时间：2026-03-1009:00',
    '拍摄时间：2026-03-1210:15',
    '以前申请的材料（已退回）以前申请的材料1拍摄时间：2026-03-1016:40',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('尚未销号');
  expect(text).not.toContain('整改前2');
  // Whoever printed the form has seen its photos, and that is on record.
  const views = await world.dataSource.query(
    `SELECT DISTINCT data->>'sha256' AS photo FROM events WHERE action = 'attachment.viewed' AND actor_id = $1`,
    [world.cast.people.liu],
  );
  expect(views.map((one: { photo: string }) => one.photo).sort()).toEqual([shot, returned, after].sort());
});

test('a minor issue that the zone closes bears the zone’s opinion', async () => {
  const made = await world.as('li').post('/issues', {
    unitId: world.cast.units.schoolLiu,
    category: '作业管理',
    finding: '公示缺一日',
    severity: 'minor',
  });
  await act('li', made.body.id, 'issue_notice', {
    requirements: '补公示',
    mode: 'long_term',
    dueOn: '2026-06-30',
    milestones: [
      { on: '2026-03-31', text: '补齐公示' },
      { on: '2026-06-30', text: '学期末复核' },
    ],
  });
  const noticeId = (await world.as('li').get(`/issues/${made.body.id}`)).body.noticeId;
  const notice = pdfText((await world.as('liu').get(`/notices/${noticeId}/pdf`)).body);
  expect(notice).toContain('长期坚持');
  expect(notice).toContain('2026年3月31日前：补齐公示');
  await act('liu', made.body.id, 'request_close', { measures: '已补' });
  await act('li', made.body.id, 'close', { note: '同意' });
  const text = pdfText((await world.as('li').get(`/issues/${made.body.id}/closure.pdf`)).body);
  expect(text).toContain('片区督导办意见同意');
  expect(text).toContain('经办人：李片长2026年');
  expect(text).not.toContain('分管局领导');
});

test.each([
  ['qian', '经办人：钱干事'],
  ['zhao', '负责人：赵主任'],
] as const)('%s of the office signs the close-out as what that person is', async (who, signed) => {
  const made = await world.as('li').post('/issues', {
    unitId: world.cast.units.schoolLiu,
    category: '作业管理',
    finding: '公示缺一日',
    severity: 'minor',
  });
  const { id } = made.body;
  await act('li', id, 'issue_notice', { requirements: '补公示', dueOn: '2026-04-20' });
  await act('liu', id, 'request_close', { measures: '已补' });
  await act(who, id, 'close', { note: '同意' });
  const text = pdfText((await world.as('li').get(`/issues/${id}/closure.pdf`)).body);
  expect(text).toContain('督导室意见同意');
  expect(text).toContain(signed);
});

test('put right on the spot with both pictures at once, the first sent is the one before', async () => {
  const early = await upload('wang', 'red', '2026:03:10 09:00:00');
  const late = await upload('wang', 'lime', '2026:03:10 09:20:00');
  // Both ways round, for the two came at one time: nothing but the order sent tells which is which.
  for (const [attachments, times] of [
    [
      [early, late],
      ['09:00', '09:20'],
    ],
    [
      [late, early],
      ['09:20', '09:00'],
    ],
  ] as const) {
    const made = await world.as('wang').post('/issues', {
      unitId: world.cast.units.schoolLiu,
      inspectionId: await visit(),
      category: '作业管理',
      finding: '公示栏空白',
      severity: 'minor',
    });
    await act('wang', made.body.id, 'resolve_on_site', { note: '当场补齐公示', attachments });
    const text = pdfText((await world.as('wang').get(`/issues/${made.body.id}/closure.pdf`)).body);
    expect(text).toContain(`整改前1拍摄时间：2026-03-10${times[0]}整改后1拍摄时间：2026-03-10${times[1]}`);
  }
});

test('a figure measured again bears the unit of its item', async () => {
  const made = await world.as('li').post('/issues', {
    unitId: world.cast.units.schoolLiu,
    itemCode: 'SJ-KH-04',
    category: '课后服务',
    finding: '每周只开展四天',
    severity: 'minor',
  });
  const { id } = made.body;
  await act('li', id, 'issue_notice', { requirements: '补足五天', dueOn: '2026-04-20' });
  await act('liu', id, 'request_close', { measures: '已补足' });
  const measures = [{ grade: 4, value: 5 }];
  await act('wang', id, 'verify', { finding: '已开展五天', method: 're_measurement', measures });
  const text = pdfText((await world.as('li').get(`/issues/${id}/closure.pdf`)).body);
  expect(text).toContain('（复测四年级每周5天）');
  expect(text).toContain('复测值：四年级每周5天');
});
