/** Editable files of what somebody typed to break them, and of very much. */
import { renderCircularDocx } from './circular-docx.js';
import { circularSnapshot } from './fixtures/circular.js';
import { issuedMeta } from './fixtures/gallery.js';
import { every, readDocx } from './fixtures/read-docx.js';
import { expectSound } from './fixtures/sound-docx.js';

describe('hostile text in an editable file', () => {
  const HOSTILE: Record<string, [typed: string, read: string]> = {
    'control characters and NUL': ['作业\u0000公\u0007示\u001b[31m栏\u007f', '作业公示[31m栏'],
    'what XML has no place for': ['作业\ufffe公\uffff示', '作业\ufffd公\ufffd示'],
    'lone surrogates': ['作业\ud83d公示\udc4d', '作业\ufffd公示\ufffd'],
    markup: [']]><w:p>&amp;"\'<!--', ']]><w:p>&amp;"\'<!--'],
    'escapes of spreadsheets': ['_x0041_', '_x0041_'],
    formula: ['=HYPERLINK("http://x","y")', '=HYPERLINK("http://x","y")'],
    emoji: ['作业👍太多', '作业👍太多'],
    'right to left': ['\u202eمدرسة ابتدائية 12', 'مدرسة ابتدائية 12'],
    'rare characters': ['校长李䶮、王㛃、张𬱖、陈𠮷', '校长李䶮、王㛃、张𬱖、陈𠮷'],
  };

  it.each(Object.entries(HOSTILE))('%s: sound, and read as typed', async (_, [typed, read]) => {
    const shown = circularSnapshot({ finding: typed, unitName: typed, schools: 2, issues: 2, demo: false });
    const meta = {
      ...issuedMeta(shown),
      recipients: [typed],
      narrative: { ...shown.narrative, practice: typed },
    };
    const docx = await readDocx(await renderCircularDocx(shown, meta));
    expectSound(docx);
    const texts = docx.paragraphs.map(({ text }) => text);
    expect(texts).toContain(`${read}：`);
    expect(texts).toContain(read);
    expect(texts.filter((text) => text.includes(read)).length).toBeGreaterThan(5);
  });

  it('tells of 400 schools with a name of 200 characters each', async () => {
    const shown = circularSnapshot({ schools: 400, issues: 1200, unitName: '云'.repeat(200) });
    const docx = await readDocx(await renderCircularDocx(shown, issuedMeta(shown)));
    expectSound(docx);
    const rows = every(docx.body, 'w:tr').length;
    expect(rows).toBeGreaterThan(1200 + 400);
  });
});
