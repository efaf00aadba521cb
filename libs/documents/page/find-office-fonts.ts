/** Which files of a folder are the fonts that official documents ask for, by the names written inside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fontkit from 'fontkit';
import type { Face, OfficeFonts } from '../office-fonts.js';

/** The names of each face in the order in which they are preferred, without blanks and in lower case. */
const NAMES: Record<Face, string[]> = {
  fang: [
    '仿宋_gb2312',
    'fangsong_gb2312',
    '方正仿宋_gb2312',
    '仿宋',
    'fangsong',
    '方正仿宋简体',
    'fzfangsong-z02s',
  ],
  kai: [
    '楷体_gb2312',
    'kaiti_gb2312',
    '方正楷体_gb2312',
    '楷体',
    'kaiti',
    'simkai',
    '方正楷体简体',
    'fzkai-z03s',
  ],
  hei: ['黑体', 'simhei', '方正黑体简体', '方正黑体_gbk', 'fzhei-b01s', 'fzhei-b01'],
  title: [
    '方正小标宋简体',
    'fzxiaobiaosong-b05s',
    '方正小标宋_gbk',
    'fzxiaobiaosong-b05',
    '方正小标宋gbk',
    '小标宋',
    'fzxiaobiaosong',
  ],
  song: ['宋体', 'simsun', '方正书宋简体', '方正书宋_gbk', 'fzshusong-z01s', 'fzshusong-z01'],
};
const FACES = Object.keys(NAMES) as Face[];
export const FACE_TITLES: Record<Face, string> = {
  fang: '仿宋',
  kai: '楷体',
  hei: '黑体',
  title: '小标宋',
  song: '宋体',
};
const FONT_FILE = /\.(ttf|otf|ttc)$/i;
/** A character that every one of these fonts draws; a file without it is no Chinese font. */
const SAMPLE = 0x56fd;

interface Candidate {
  face: Face;
  rank: number;
  file: string;
  postscriptName: string | null;
}

/** Gives the font of each face, and a line for each font file that is none of them. Throws where there is no such folder. */
export function findOfficeFonts(folder: string): { used: OfficeFonts; unusable: string[] } {
  const candidates: Candidate[] = [];
  const unusable: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!FONT_FILE.test(name)) continue;
    const file = join(folder, name);
    try {
      const found = candidatesIn(file);
      if (typeof found === 'string') unusable.push(`字体文件 ${name} 未使用：${found}`);
      else candidates.push(...found);
    } catch (error) {
      unusable.push(`字体文件 ${name} 未使用：不能识别，可能已损坏（${(error as Error).message}）`);
    }
  }
  const used: OfficeFonts = {};
  candidates.sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1));
  for (const face of FACES) {
    const best = candidates.find((candidate) => candidate.face === face);
    if (best) used[face] = { file: best.file, postscriptName: best.postscriptName };
  }
  return { used, unusable };
}

/** The faces that a file holds, or why it holds none. */
function candidatesIn(file: string): Candidate[] | string {
  const read = fontkit.create(readFileSync(file));
  if (read === null) return '不是字体文件';
  const several = 'fonts' in read;
  const found: Candidate[] = [];
  const seen: string[] = [];
  for (const font of several ? read.fonts : [read]) {
    const names = namesOf(font);
    seen.push(names[0] ?? '无名称');
    const best = FACES.map((face) => ({ face, rank: bestRank(NAMES[face], names) })).filter(
      ({ rank }) => rank >= 0,
    );
    if (best.length === 0) continue;
    if (!font.hasGlyphForCodePoint(SAMPLE)) return `名为“${names[0]}”，但没有汉字`;
    const postscriptName = several ? font.postscriptName : null;
    found.push(...best.map(({ face, rank }) => ({ face, rank, file, postscriptName })));
  }
  if (found.length > 0) return found;
  return `名为“${seen.join('”“')}”，不是公文所用的${Object.values(FACE_TITLES).join('、')}`;
}

const bestRank = (wanted: string[], names: string[]): number => {
  const plain = names.map((name) => name.replace(/\s/g, '').toLowerCase());
  return wanted.findIndex((name) => plain.includes(name));
};

/** Family, full and PostScript names in every language, the Chinese family first. */
function namesOf(font: fontkit.Font): string[] {
  const { fontFamily = {}, preferredFamily = {}, fullName = {}, postscriptName = {} } = font.name.records;
  const chinese = Object.entries(fontFamily)
    .filter(([language]) => language.startsWith('zh'))
    .map(([, name]) => name);
  const all = [fontFamily, preferredFamily, fullName, postscriptName].flatMap((names) =>
    Object.values(names),
  );
  return [...chinese, ...all].filter((name) => typeof name === 'string' && name !== '');
}
