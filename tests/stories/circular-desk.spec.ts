import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Press } from '#core/circulars/documents.js';
import { issueCircular } from '#core/circulars/issue.js';
import { inTransaction } from '#core/foundation/transaction.js';
import { renderCircularFiles } from '#documents/circular-files.js';
import { pdfText } from '#documents/fixtures/read-back.js';
import type { PersonName } from '#testkit/cast.js';
import { ok, refusal } from '#testkit/response.js';
import { startWorld, type World } from '#testkit/world.js';
import { type Desk, openDesk, PASS } from './circular-month.js';

let world: World;
let desk: Desk;
let ledger: Awaited<ReturnType<Desk['march']>>;
let id: string;
beforeAll(async () => {
  world = await startWorld();
  desk = await openDesk(world);
  ledger = await desk.march();
  // Visited in March, sent in April.
  await desk.visit('schoolWest', PASS, { on: '2026-03-30', sent: '2026-04-01' });
  world.setNow('2026-04-02');
  id = await desk.drafted();
}, 60_000);
afterAll(() => world.stop());

const view = (who: PersonName = 'qian') => ok(world.as(who).get(`/circulars/${id}`));
const edit = (change: object) => world.as('qian').patch(`/circulars/${id}`, change);
const SEVERITIES = ['blocks', 'warns', 'informs'];
type Finding = { code: string; severity: string; text: string; items: string[]; part: string | null };
async function findings(who: PersonName = 'qian'): Promise<Map<string, Finding>> {
  const { findings: list } = await ok(world.as(who).get(`/circulars/${id}/rehearsal`));
  return new Map(list.map((one: Finding) => [one.code, one]));
}
async function printed(): Promise<string> {
  await desk.work(id);
  return pdfText((await world.as('qian').get(`/circulars/${id}/pdf`)).body);
}

describe('editing with the figures locked', () => {
  test('figures of the text are tokens; the view tells them and what is printed', async () => {
    const { narrative, narrativeText } = await view();
    expect(narrative.overview).toContain('共开展督导检查{{overview.visits}}次');
    expect(narrativeText.overview).toContain('共开展督导检查4次');
    expect(JSON.stringify(narrativeText)).not.toContain('{{');
    expect((await desk.snapshotOf(id)).narrative).toEqual(narrativeText);
  });

  test('a token may be moved or dropped, its value is always the snapshot’s', async () => {
    const overview = '三月查见问题{{overview.issues}}个，检查{{overview.visits}}次。\n总体平稳。';
    const edited = await ok(edit({ narrative: { overview } }));
    expect(edited).toMatchObject({
      narrative: { overview },
      narrativeText: { overview: '三月查见问题5个，检查4次。\n总体平稳。' },
    });
    expect(edited.narrative.problems).toContain('{{overview.issues}}');
    const text = await printed();
    expect(text).toContain('三月查见问题5个，检查4次。');
    expect(text).not.toContain('{{');
  });

  test('a token that names nothing is refused by name and place, in any part; nothing is changed', async () => {
    const before = await view();
    const answer = await edit({
      narrative: { overview: '{{overview.visits}}次', problems: '{{overview.visit}}个，{{overview.visit}}' },
    });
    expect(refusal(answer)).toBe('400 request.invalid');
    expect(answer.body.errors).toEqual([
      {
        pointer: '/narrative/problems',
        code: 'circular.token_unknown',
        message: '快照中没有数字标记 {{overview.visit}}',
      },
    ]);
    expect(await view()).toEqual(before);
  });

  test('half a token is refused: its braces would be printed', async () => {
    const before = await view();
    for (const text of [
      '共{{overview.visits}次',
      '共overview.visits}}次',
      '共{{overview\n.visits}}次',
      '{{}}',
      '{{{{overview.visits}}}}',
      `{{${'长'.repeat(300)}}}`,
    ]) {
      const answer = await edit({ narrative: { requirements: text } });
      const errors = (answer.body.errors ?? []).map((error: { pointer: string; code: string }) => [
        error.pointer,
        error.code,
      ]);
      expect([text, answer.status, errors[0]]).toEqual([
        text,
        400,
        ['/narrative/requirements', 'circular.token_broken'],
      ]);
    }
    expect(await view()).toEqual(before);
    await ok(
      edit({
        narrative: { requirements: `{一}｛｛二｝｝{{overview.visits}}${before.narrative.requirements}` },
      }),
    );
  });

  test('plain text is taken as ever', async () => {
    const overview = '三月，全区督导情况总体平稳。';
    expect(await ok(edit({ narrative: { overview } }))).toMatchObject({
      narrative: { overview },
      narrativeText: { overview },
    });
  });

  test('a draft of the first release takes plain text and no tokens', async () => {
    const old = await desk.drafted({ period: '2026-01' });
    await world.dataSource.transaction(async (em) => {
      await em.query(`SET LOCAL session_replication_role = replica`);
      await em.query(
        `UPDATE circulars SET snapshot = (snapshot - 'lineage' - 'tokens' - 'template' - 'circularId' - 'trend' - 'homework')
           || '{"schema": 1}' WHERE id = $1`,
        [old],
      );
    });
    const path = `/circulars/${old}`;
    const before = await ok(world.as('qian').get(path));
    expect(before.narrative).toEqual(before.narrativeText);
    expect(before.narrative.overview).toContain('2026年1月');
    const refused = await world.as('qian').patch(path, { narrative: { overview: '{{overview.visits}}' } });
    expect(refusal(refused)).toBe('400 request.invalid');
    await ok(world.as('qian').patch(path, { narrative: { overview: '平稳。' }, annexes: ['issues'] }));
    await desk.work(old);
    expect(pdfText((await world.as('qian').get(`${path}/pdf`)).body)).toContain('平稳。');
    expect(await ok(world.as('qian').get(`${path}/rehearsal`))).toMatchObject({ blocked: false });
    const issued = await ok(world.as('zhao').post(`${path}/issue`));
    expect(issued).toMatchObject({ status: 'issued', narrativeText: { overview: '平稳。' } });
  });
});

describe('annexes and recipients', () => {
  test('the desk chooses the annexes; text and numbering follow', async () => {
    const chosen = await ok(edit({ annexes: ['figures', 'issues'] }));
    expect(chosen).toMatchObject({ annexes: ['issues', 'figures'], files: [] });
    const text = await printed();
    expect(text).not.toContain('整改与销号情况表');
    expect(text).not.toContain('明细见附件');
    const none = await ok(edit({ annexes: [] }));
    expect(none.narrativeText.problems).not.toContain('附件');
    expect(none.narrativeText.requirements).toContain('对照本通报逐条');
    for (const annexes of [['all'], ['issues', 'issues'], 'issues']) {
      expect(refusal(await edit({ annexes }))).toBe('400 request.invalid');
    }
    await ok(edit({ annexes: ['issues', 'closeout', 'figures'] }));
  });

  test('recipients are the settings’ until the desk names its own; each is one line', async () => {
    const snapshot = await desk.snapshotOf(id);
    expect(await view()).toMatchObject({
      recipients: snapshot.recipients,
      copyRecipients: snapshot.copyRecipients,
    });
    const change = { recipients: ['各中小学校', ' 各校外培训机构： '], copyRecipients: ['区纪委监委'] };
    expect(await ok(edit(change))).toMatchObject({
      recipients: ['各中小学校', '各校外培训机构'],
      copyRecipients: ['区纪委监委'],
    });
    const text = await printed();
    expect(text).toContain('各中小学校、各校外培训机构：');
    expect(text).toContain('区纪委监委');
    const wrong = await edit({
      recipients: ['各学校', '第一行\n第二行', '：', '\u200b'],
      copyRecipients: ['x'.repeat(61)],
    });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/copyRecipients' }]);
    const lines = await edit({ recipients: ['各学校', '第一行\n第二行', '：', '\u200b'] });
    expect(lines.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/recipients/1',
      '/recipients/2',
      '/recipients/3',
    ]);
    expect(refusal(await edit({}))).toBe('400 request.invalid');
    expect(refusal(await world.as('li').patch(`/circulars/${id}`, change))).toBe('403 access.denied');
    expect(refusal(await edit({ figures: {} }))).toBe('400 request.invalid');
  });
});

describe('the rehearsal before issuing', () => {
  test('is for who sees drafts, changes nothing, and is of drafts alone', async () => {
    for (const who of ['li', 'wang', 'liu', 'admin'] as PersonName[]) {
      expect(refusal(await world.as(who).get(`/circulars/${id}/rehearsal`))).toBe('403 access.denied');
    }
    expect(refusal(await world.as('strangerHead').get(`/circulars/${id}/rehearsal`))).toBe(
      '404 resource.not_found',
    );
    expect(refusal(await world.as('qian').get(`/circulars/${ledger.february}/rehearsal`))).toBe(
      '409 circular.not_draft',
    );
    const before = await view();
    for (const who of ['qian', 'zhao', 'sun', 'auditor'] as PersonName[]) {
      expect((await world.as(who).get(`/circulars/${id}/rehearsal`)).status).toBe(200);
    }
    expect(await view()).toEqual(before);
  });

  test('what is synced between an early cut-off and the period’s end is in no later circular, and the desk is told', async () => {
    const early = await desk.drafted({ cutoff: '2026-03-25T00:00:00.000Z' });
    const report = await ok(world.as('sun').get(`/circulars/${early}/rehearsal`));
    const late = report.findings.find(({ code }: Finding) => code === 'late_visits');
    expect([late.items, late.text]).toEqual([
      ['2026-03-26 明德小学', '2026-03-30 西山学校'],
      expect.stringContaining('其中1次在期末前上传，下期也不计入'),
    ]);
  });

  test('tells what came after the cut-off: late visits, objections, changes, receipts, other figures', async () => {
    await desk.act('li', '2026-04-02', ledger.recurred.id, 'issue_notice', {
      requirements: '停止布置',
      dueOn: '2026-04-20',
    });
    await desk.act('liu', '2026-04-02', ledger.recurred.id, 'object', { grounds: '非同一原因' });
    const report = await ok(world.as('sun').get(`/circulars/${id}/rehearsal`));
    expect(report).toMatchObject({ asOf: world.now().toISOString(), cutoff: '2026-03-31T16:00:00.000Z' });
    // Frozen again at the same cut-off the ledger says the same, but for the objection: who made it is named no more.
    const keys = report.changes.map(({ key }: { key: string }) => key);
    expect(keys).not.toContain('overview.visits');
    expect(report.changes).toContainEqual({
      key: 'overview.disputed',
      title: '申辩中或已撤销、不点名的问题',
      unit: '个',
      frozen: '1',
      now: '2',
    });
    const found = await findings();
    expect(found.get('late_visits')).toMatchObject({
      severity: 'warns',
      items: ['2026-03-30 西山学校'],
      text: expect.stringContaining('将计入下期'),
    });
    expect(found.get('objections_since')).toMatchObject({
      severity: 'blocks',
      items: [`${ledger.recurred.number}（明德小学）`],
      text: expect.stringContaining('填写截止时刻（可仍为2026年3月31日24时）重新起草'),
    });
    expect(found.get('objections_open')?.items).toEqual([`${ledger.disputed.number}（明德小学）`]);
    expect(found.get('issues_changed')?.items).toEqual([
      expect.stringContaining(`${ledger.recurred.number}（明德小学）：`),
    ]);
    expect(found.get('notices_unreceived')?.items).toHaveLength(2);
    expect(found.get('figures_changed')?.items).toContain('申辩中或已撤销、不点名的问题：1→2');
    // The default text praises the school for its notice board.
    expect(found.get('praises_disputed_unit')).toMatchObject({ severity: 'warns', part: 'practice' });
    expect(found.has('names_disputed_unit')).toBe(false);
    expect(report.blocked).toBe(true);
    const order: string[] = report.findings.map(({ severity }: Finding) => severity);
    expect(order).toEqual(order.toSorted((a, b) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b)));
  });

  test('heading and series that the office has not set itself are warned of', async () => {
    const told = async () => (await findings()).get('letterhead_default')?.items;
    const before = { issuer: '示范区人民政府教育督导室', circularSeries: '教督通' };
    expect(await told()).toEqual([`发文机关“${before.issuer}”`, '通报代字“教督通”']);
    const set = (documents: object) => ok(world.as('zhao').patch('/settings', { documents }));
    await set({ issuer: before.issuer });
    expect(await told()).toEqual(['通报代字“教督通”']);
    await set({ circularSeries: '示教督通' });
    expect(await told()).toBeUndefined();
    await set(before);
  });

  test('looks the text over: figures typed by hand, unknown units, annexes that are not there, missing recipients', async () => {
    await ok(
      edit({
        narrative: {
          overview: '本期检查5次。\n共查见问题777个，见附件3。',
          requirements: '请基础教育科跟进。',
        },
        annexes: ['issues'],
        recipients: [],
      }),
    );
    const found = await findings();
    expect(found.get('figures_by_hand')).toMatchObject({
      severity: 'warns',
      items: ['777'],
      part: 'overview',
      paragraph: 2,
    });
    expect(found.get('unknown_unit')).toMatchObject({ items: ['基础教育科'], part: 'requirements' });
    expect(found.get('annex_missing')).toMatchObject({ items: ['附件3'] });
    expect(found.get('recipients_missing')).toMatchObject({ severity: 'warns' });
    expect(found.has('drafter_cannot_sign')).toBe(false);
  });

  test('who drafted and would sign is told who may; with nobody else it is blocked', async () => {
    const drafter = (name: PersonName) =>
      world.dataSource.query(`UPDATE circulars SET drafted_by = $2 WHERE id = $1`, [
        id,
        world.cast.people[name],
      ]);
    await drafter('zhao');
    expect((await findings('zhao')).get('drafter_cannot_sign')?.items).toEqual(['孙局长']);
    const disable = (at: string | null) =>
      world.dataSource.query(`UPDATE users SET disabled_at = $2 WHERE id = $1`, [world.cast.people.sun, at]);
    await disable('2026-04-01T00:00:00Z');
    expect((await findings('zhao')).get('no_signer')).toMatchObject({ severity: 'blocks' });
    await disable(null);
    await drafter('qian');
  });

  test('a text that names a unit whose issue is disputed is not issued until the name is gone', async () => {
    await ok(edit({ narrative: { problems: '明德小学作业超时，影响较大。' } }));
    expect((await findings()).get('names_disputed_unit')).toMatchObject({
      severity: 'blocks',
      items: ['明德小学'],
      part: 'problems',
      paragraph: 1,
    });
    expect((await ok(world.as('zhao').get(`/circulars/${id}/rehearsal`))).blocked).toBe(true);
    const refused = await world.as('zhao').post(`/circulars/${id}/issue`);
    expect(refusal(refused)).toBe('409 circular.issue_blocked');
    expect(refused.body.findings).toMatchObject([
      { code: 'names_disputed_unit', items: ['明德小学'] },
      { code: 'objections_since' },
    ]);
    expect((await view()).status).toBe('draft');
  });

  const WORDS = {
    narrative: { problems: '个别学校作业超时。', requirements: '请各校对照整改。' },
    recipients: ['各中小学校'],
  };

  test('objected to after it was frozen, an issue keeps it from being issued; frozen anew it is counted and not named', async () => {
    await ok(edit({ ...WORDS, annexes: ['issues', 'closeout', 'figures'] }));
    await desk.work(id);
    const refused = await world.as('zhao').post(`/circulars/${id}/issue`);
    expect(refusal(refused)).toBe('409 circular.issue_blocked');
    expect(refused.body.findings).toMatchObject([{ code: 'objections_since' }]);
    const of = async (circular: string) =>
      (await desk.snapshotOf(circular)).issues.find(({ issueId }) => issueId === ledger.recurred.id);
    expect(await of(id)).toMatchObject({ disputed: false, unit: { name: '明德小学' } });

    const before = id;
    id = await desk.drafted({ cutoff: '2026-03-31T16:00:00.000Z' });
    expect(id).not.toBe(before);
    expect(await of(id)).toMatchObject({ disputed: true, unit: null, statusTitle: '已登记' });
    expect((await desk.snapshotOf(id)).overview.disputed).toBe(2);
    // From now on it is the circular of the period, whatever its cut-off was asked for with.
    expect((await desk.draft()).id).toBe(id);
    await ok(edit(WORDS));
    expect((await ok(world.as('zhao').get(`/circulars/${id}/rehearsal`))).blocked).toBe(false);

    // The school was right: the text that names it may be issued less than before.
    await ok(
      world
        .as('zhao')
        .post(`/issues/${ledger.recurred.id}/transitions`, { action: 'accept_objection', note: '属实' }),
    );
    const named = await world.as('zhao').post(`/circulars/${before}/issue`);
    expect(refusal(named)).toBe('409 circular.issue_blocked');
    expect(named.body.findings).toMatchObject([
      { code: 'objections_since', items: [expect.stringContaining('明德小学')] },
    ]);
    const anew = await desk.drafted({ cutoff: '2026-03-31T16:00:00.000Z' });
    expect(await of(anew)).toMatchObject({ disputed: true, unit: null, statusTitle: '已登记' });
    id = anew;
    await ok(edit(WORDS));
    expect((await ok(world.as('zhao').get(`/circulars/${id}/rehearsal`))).blocked).toBe(false);
  });

  test('it is not dated before the day up to which it tells', async () => {
    const early = await world.as('zhao').post(`/circulars/${id}/issue`, { issuedOn: '2026-03-30' });
    expect(refusal(early)).toBe('400 request.invalid');
    expect(early.body.errors).toMatchObject([
      { pointer: '/issuedOn', message: expect.stringContaining('2026年3月31日') },
    ]);
    const cutoff = '2026-03-31T10:00:00.000Z';
    const other = await desk.drafted({ cutoff });
    const dated = (issuedOn: string) => world.as('zhao').post(`/circulars/${other}/issue`, { issuedOn });
    expect(refusal(await dated('2026-03-30'))).toBe('400 request.invalid');
  });
});

describe('anybody can ask whether a circular is genuine', () => {
  const anybody = () => world.with();
  const verify = (hash: string) => anybody().get(`/public/verify/${hash}`);
  const HTML = { headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } };

  test('a draft is not vouched for', async () => {
    const { snapshotHash, files } = await view();
    for (const hash of [
      snapshotHash,
      snapshotHash.slice(0, 16),
      ...files.map((file: { sha256: string }) => file.sha256),
    ]) {
      expect(refusal(await verify(hash))).toBe('404 circular.not_verified');
    }
  });

  test('issued: by short hash, whole hash or the hash of a file; no school is named', async () => {
    await desk.work(id);
    const issued = await ok(
      world.as('zhao').post(`/circulars/${id}/issue`, { documentNumber: '示教督通〔2026〕3号' }),
    );
    const { snapshotHash } = issued;
    const short = snapshotHash.slice(0, 16);
    const answer = await verify(short);
    expect(answer.headers['vary']).toBe('Accept');
    expect(answer.body).toMatchObject({
      title: '关于2026年3月教育督导（“双减”）情况的通报',
      documentNumber: '示教督通〔2026〕3号',
      issuedOn: '2026-04-02',
      period: '2026-03',
      periodStart: '2026-03-01',
      periodEnd: '2026-03-31',
      cutoff: '2026-03-31T16:00:00.000Z',
      snapshotHash,
      shortHash: short,
      matched: 'snapshot',
      corrects: null,
      correctedBy: [],
      demo: false,
    });
    for (const hash of [
      snapshotHash,
      short.toUpperCase(),
      encodeURIComponent(short.replace(/.{4}(?=.)/g, '$& ')),
    ]) {
      expect((await verify(hash)).body).toEqual(answer.body);
    }
    for (const { format, sha256, size, url } of issued.files) {
      const bytes: Buffer = (await world.as('liu').get(url)).body;
      expect([format, createHash('sha256').update(bytes).digest('hex'), bytes.length]).toEqual([
        format,
        sha256,
        size,
      ]);
      expect((await verify(sha256)).body).toEqual({ ...answer.body, matched: format });
      expect(answer.body.files).toContainEqual({ format, sha256, size });
    }
    expect(answer.text).not.toMatch(/明德|育才|西山|新知/);
    for (const hash of [
      short.slice(0, 15),
      `${short.slice(0, 15)}g`,
      'f'.repeat(64),
      'f'.repeat(65),
      '%25',
      '..%2F',
    ]) {
      expect([hash, refusal(await verify(hash))]).toEqual([hash, '404 circular.not_verified']);
    }
  });

  test('the PDF carries the short hash, and the address that it is verified at leads here', async () => {
    const { snapshotHash } = await view();
    const text = pdfText((await world.as('liu').get(`/circulars/${id}/pdf`)).body).replace(/\s/g, '');
    expect(text).toContain(snapshotHash.slice(0, 16));
  });

  test('a browser gets a page: no script, nothing from elsewhere, nobody’s text as markup', async () => {
    const { snapshotHash } = await view();
    const page = await anybody().get(`/public/verify/${snapshotHash.slice(0, 16)}`, HTML);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    const html = page.body.toString('utf8');
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(html).toContain('示教督通〔2026〕3号');
    expect(html).toContain('2026年3月31日24时');
    expect(html).not.toMatch(/<script|https?:|明德|育才|西山|新知|\son\w+=/);
    const unknown = await anybody().get(`/public/verify/${'0'.repeat(16)}`, HTML);
    expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(unknown.body.toString('utf8')).toContain('查无此件');
    const json = await anybody().get(`/public/verify/${'0'.repeat(16)}`, {
      headers: { accept: 'application/json, text/html;q=0.5' },
    });
    expect(refusal(json)).toBe('404 circular.not_verified');
  });
});

describe('a period is told of once', () => {
  test('as a rule: asked for again it is the one issued, in its latest correction; told of anew, the desk is warned', async () => {
    world.setNow('2026-04-02');
    const period = '2025-12';
    const half = await desk.drafted({ period, cutoff: '2025-12-15T16:00:00.000Z' });
    expect((await desk.draft({ period })).id).toBe(half);
    const whole = await desk.drafted({ period, cutoff: '2025-12-31T16:00:00.000Z' });
    const warned = async () =>
      (await ok(world.as('zhao').get(`/circulars/${whole}/rehearsal`))).findings.find(
        ({ code }: { code: string }) => code === 'period_issued',
      );
    expect(await warned()).toBeUndefined();
    const issued = await ok(world.as('zhao').post(`/circulars/${half}/issue`));
    expect(await warned()).toMatchObject({ severity: 'warns', items: [issued.documentNumber] });
    expect((await desk.draft({ period })).id).toBe(half);
    const correction = await desk.drafted({ corrects: half, period: undefined });
    expect((await desk.draft({ period })).id).toBe(half);
    await ok(world.as('zhao').post(`/circulars/${correction}/issue`));
    expect((await desk.draft({ period })).id).toBe(correction);
  });
});

describe('a correction', () => {
  test('names the one that it corrects, says what was another figure, and is told of by the corrected one', async () => {
    const cutoff = '2026-04-01T16:00:00.000Z';
    world.setNow('2026-04-05');
    const correction = await desk.drafted({ corrects: id, cutoff, period: undefined });
    const old = await view();
    const draft = await ok(world.as('qian').get(`/circulars/${correction}`));
    expect(draft.title).toBe('关于更正示教督通〔2026〕3号文件有关内容的通报');
    expect(draft.correction).toMatchObject({
      id,
      documentNumber: '示教督通〔2026〕3号',
      title: '关于2026年3月教育督导（“双减”）情况的通报',
      issuedOn: '2026-04-02',
    });
    expect(draft.correction.changes).toContainEqual({
      key: 'overview.visits',
      title: '督导检查次数',
      unit: '次',
      before: '4',
      after: '5',
    });
    const opening = draft.narrativeText.lead;
    expect(opening).toMatch(
      /^2026年4月2日，.+印发了《关于2026年3月教育督导（“双减”）情况的通报》（示教督通〔2026〕3号）。经核实，/,
    );
    expect(opening).toContain('督导检查次数由4次更正为5次');
    expect(draft.narrative.lead).toContain('督导检查次数由4次更正为{{overview.visits}}次');
    // Not issued yet, it corrects nothing.
    expect(old.correctedBy).toEqual([]);
    const issued = await ok(world.as('sun').post(`/circulars/${correction}/issue`));
    const told = [{ documentNumber: issued.documentNumber, issuedOn: '2026-04-05' }];
    expect((await view('liu')).correctedBy).toEqual([{ id: correction, ...told[0] }]);
    expect((await world.with().get(`/public/verify/${old.snapshotHash}`)).body.correctedBy).toEqual(told);
    const newer = (await world.with().get(`/public/verify/${issued.snapshotHash}`)).body;
    expect(newer.corrects).toEqual({
      documentNumber: '示教督通〔2026〕3号',
      title: '关于2026年3月教育督导（“双减”）情况的通报',
      issuedOn: '2026-04-02',
    });
    const page = await world
      .with()
      .get(`/public/verify/${old.snapshotHash}`, { headers: { accept: 'text/html' } });
    expect(page.body.toString('utf8')).toContain(`已由${issued.documentNumber}（2026年4月5日）更正`);
  });

  test('of the same figures it says so, and the rehearsal asks what then is corrected', async () => {
    const same = await desk.drafted({ corrects: id, period: undefined });
    const draft = await ok(world.as('qian').get(`/circulars/${same}`));
    expect(draft.correction.changes).toEqual([]);
    expect(draft.narrativeText.lead).toContain('统计数据不变，有关文字内容需要更正');
    const why = '因第二部分表述有误，现予更正。';
    const reworded = await ok(world.as('qian').patch(`/circulars/${same}`, { narrative: { lead: why } }));
    expect(reworded.narrativeText.lead).toBe(why);
    const report = await ok(world.as('zhao').get(`/circulars/${same}/rehearsal`));
    expect(report.findings.map(({ code }: Finding) => code)).toContain('correction_same');
  });

  test('what the issued one says never changes, annexes and recipients neither', async () => {
    expect(refusal(await edit({ annexes: ['issues'] }))).toBe('409 circular.not_draft');
    for (const sql of [
      `UPDATE circulars SET annexes = '{}' WHERE id = $1`,
      `UPDATE circulars SET recipients = '{甲}' WHERE id = $1`,
      `UPDATE circulars SET copy_recipients = '{甲}' WHERE id = $1`,
      `UPDATE circulars SET corrects = id WHERE id = $1`,
    ]) {
      await expect(world.dataSource.query(sql, [id])).rejects.toThrow(/never changes/);
    }
  });
});

describe('while its documents are made for the signature', () => {
  test('somebody objects: it is not issued, and takes no number', async () => {
    world.setNow('2026-03-20');
    const { id: issue } = await ok(
      world.as('li').post('/issues', {
        unitId: world.cast.units.schoolLiu,
        category: '作业管理',
        finding: '作业超量',
        severity: 'minor',
      }),
    );
    await desk.act('li', '2026-03-30', issue, 'issue_notice', { requirements: '压减', dueOn: '2026-04-20' });
    world.setNow('2026-04-01');
    const draft = await desk.drafted({ corrects: id, period: undefined, cutoff: '2026-03-31T16:00:00.000Z' });
    const press: Press = {
      files: world.files,
      publicUrl: world.config.publicUrl,
      render: async (snapshot, imprint) => {
        await ok(
          world.as('liu').post(`/issues/${issue}/transitions`, { action: 'object', grounds: '当日为活动日' }),
        );
        return renderCircularFiles(snapshot, imprint);
      },
    };
    const ctx = await world.ctx('zhao');
    const signed = inTransaction(ctx, (inner) => issueCircular(inner, draft, {}, press));
    await expect(signed).rejects.toMatchObject({ code: 'circular.issue_blocked' });
    expect(await ok(world.as('zhao').get(`/circulars/${draft}`))).toMatchObject({
      status: 'draft',
      documentNumber: null,
    });
    await desk.act('qian', '2026-04-02', issue, 'uphold', { note: '维持' });
    await ok(world.as('zhao').post(`/circulars/${draft}/issue`));
  });
});
