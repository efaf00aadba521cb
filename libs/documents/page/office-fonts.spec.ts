/** The office's own fonts, played by free ones that carry other names inside. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderCircularPdf } from '../circular-pdf.js';
import { circularSnapshot } from '../fixtures/circular.js';
import { issuedMeta } from '../fixtures/gallery.js';
import { pdfFonts, pdfText } from '../fixtures/read-back.js';
import { officeFonts, setOfficeFonts, useOfficeFonts } from '../office-fonts.js';

const folder = mkdtempSync(join(tmpdir(), 'dudao-fonts-'));
const FREE = join(process.cwd(), 'data', 'fonts');

/** A copy of a free font under another name: names are replaced in place, letter by letter. */
function renamed(file: string, as: string, names: [from: string, to: string][]): void {
  const bytes = readFileSync(join(FREE, file));
  for (const [from, to] of names) {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      const find = Buffer.from(from, encoding);
      const put = Buffer.from(to.padEnd(from.length), encoding);
      if (encoding === 'utf16le') for (const text of [find, put]) text.swap16();
      for (let at = bytes.indexOf(find); at >= 0; at = bytes.indexOf(find, at + 1)) put.copy(bytes, at);
    }
  }
  writeFileSync(join(folder, as), bytes);
}

/** A collection (.ttc) with one font in it: a head in front, and the places of its tables moved by that. */
function collected(bytes: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.write('ttcf');
  head.writeUInt32BE(0x10000, 4);
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(head.length, 12);
  const font = Buffer.from(bytes);
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i + 8;
    font.writeUInt32BE(font.readUInt32BE(at) + head.length, at);
  }
  return Buffer.concat([head, font]);
}

const lines: string[] = [];
const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
beforeEach(() => lines.splice(0));
afterAll(() => {
  setOfficeFonts({});
  rmSync(folder, { recursive: true, force: true });
});

describe('the fonts of an office', () => {
  it('are known by the names inside the files, and what cannot be used is said in a line each', async () => {
    renamed('FandolFang-Regular.otf', 'a.otf', [
      ['FandolFang-Regular', 'OwnFangSong-Regula'],
      ['FandolFang R', 'FangSong'],
    ]);
    renamed('FandolSong-Bold.otf', 'heading.ttf', [['FandolSong Bold', 'FZXiaoBiaoSong']]);
    writeFileSync(join(folder, 'broken.ttf'), 'no font at all');
    writeFileSync(join(folder, 'readme.txt'), 'not looked at');
    writeFileSync(join(folder, 'other.otf'), readFileSync(join(FREE, 'FandolKai-Regular.otf')));
    renamed('FandolHei-Regular.otf', 'hei.ttc', [
      ['FandolHei-Regular', 'SimHei-RegularOwn'],
      ['FandolHei', 'SimHei'],
    ]);
    writeFileSync(join(folder, 'hei.ttc'), collected(readFileSync(join(folder, 'hei.ttc'))));
    await useOfficeFonts(folder, log);
    expect(officeFonts().fang).toEqual({ file: join(folder, 'a.otf'), postscriptName: null });
    expect(officeFonts().title).toEqual({ file: join(folder, 'heading.ttf'), postscriptName: null });
    expect(officeFonts().hei).toEqual({ file: join(folder, 'hei.ttc'), postscriptName: 'SimHei-RegularOwn' });
    expect(officeFonts().kai).toBeUndefined();
    expect(lines.filter((line) => line.includes('broken.ttf'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('other.otf'))).toEqual([
      expect.stringMatching(/^字体文件 other\.otf 未使用：名为“Fandol.*不是公文所用的/),
    ]);
    expect(lines.at(-1)).toBe('公文字体：仿宋用a.otf、黑体用hei.ttc、小标宋用heading.ttf，其余用替代字体');
    expect(lines.join()).not.toContain('readme');
  });

  it('set the documents made from then on, and no others', async () => {
    const snapshot = circularSnapshot({ schools: 1, issues: 1 });
    const own = await renderCircularPdf(snapshot, issuedMeta(snapshot));
    setOfficeFonts({});
    const free = await renderCircularPdf(snapshot, issuedMeta(snapshot));
    expect(own.equals(free)).toBe(false);
    expect(pdfFonts(own).some((name) => name.includes('FangSong'))).toBe(true);
    expect(pdfFonts(own).some((name) => name.includes('SimHei'))).toBe(true);
    expect(pdfText(own)).toContain('一、督查概况');
    expect(pdfFonts(free).some((name) => name.includes('FangSong'))).toBe(false);
  });

  it('are not looked for without a folder, and a folder that is not there is an error', async () => {
    await useOfficeFonts(undefined, log);
    expect(lines).toEqual([]);
    await expect(useOfficeFonts(join(folder, 'none'), log)).rejects.toThrow('ENOENT');
  });
});
