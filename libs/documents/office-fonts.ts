/**
 * The office's own licensed fonts (仿宋_GB2312, 方正小标宋简体 …), where it has them: which file holds which face, as plain
 * data that also goes to the threads that set documents. Nothing here opens a font, so that a process which never
 * sets a document does not load the font library.
 */

/** 仿宋, 楷体, 黑体, 小标宋, 宋体. */
export type Face = 'fang' | 'kai' | 'hei' | 'title' | 'song';

/** A file, and the PostScript name of one font where it holds several. */
export interface OfficeFont {
  file: string;
  postscriptName: string | null;
}
export type OfficeFonts = Partial<Record<Face, OfficeFont>>;

let fonts: OfficeFonts = {};
let changes = 0;

/** Sets every later document of this process in these fonts; the faces not given keep their stand-ins. */
export function setOfficeFonts(given: OfficeFonts): void {
  fonts = given;
  changes++;
}

export const officeFonts = (): OfficeFonts => fonts;

/** Grows each time the fonts are set: what was opened before is no longer right. */
export const officeFontsVersion = (): number => changes;

/**
 * Looks through a folder for the office's fonts, known by the names inside the files, and uses them from now on; without
 * a folder nothing happens. Says in one line what is used, and warns in one line of each file that cannot be.
 * @throws where the folder cannot be read.
 */
export async function useOfficeFonts(
  folder: string | undefined,
  log: { info(line: string): void; warn(line: string): void },
): Promise<void> {
  if (folder === undefined) return;
  const { FACE_TITLES, findOfficeFonts } = await import('./page/find-office-fonts.js');
  const { used, unusable } = findOfficeFonts(folder);
  for (const line of unusable) log.warn(line);
  const own = Object.entries(used).map(
    ([face, { file }]) => `${FACE_TITLES[face as Face]}用${file.slice(folder.length + 1)}`,
  );
  log.info(own.length > 0 ? `公文字体：${own.join('、')}，其余用替代字体` : '公文字体：全部用替代字体');
  setOfficeFonts(used);
}
