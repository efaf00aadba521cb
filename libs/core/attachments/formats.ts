/**
 * What a file is by its own bytes, and whether it is that and nothing else: whole to the end, and no second file of
 * another kind hidden in or behind it (polyglot). Cheap checks before anything is decoded.
 */
export const MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];
export const EXTENSION: Record<MediaType, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
};

const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex');
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/** The type that the first bytes name; null for anything that is not taken. */
export function sniff(file: Buffer): MediaType | null {
  if (file.subarray(0, 3).toString('hex') === 'ffd8ff') return 'image/jpeg';
  if (file.subarray(0, 8).equals(PNG_START)) return 'image/png';
  if (ascii(file, 0, 4) === 'RIFF' && ascii(file, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(file, 0, 5) === '%PDF-') return 'application/pdf';
  return null;
}

/** Why the file is not whole or not only what it claims, in words for the person who sent it; null when it is. */
export function structureFault(file: Buffer, type: MediaType): string | null {
  if (holdsZip(file)) return '文件中夹带了压缩包';
  if (type === 'application/pdf') return pdfFault(file);
  if (file.subarray(0, 1024).includes('%PDF-')) return '图片中夹带了其他文件';
  if (type === 'image/jpeg') return jpegFault(file);
  if (type === 'image/png') return file.subarray(-12).equals(PNG_END) ? pngFault(file) : TRUNCATED;
  return webpFault(file);
}

const TRUNCATED = '文件不完整，请重新上传';
const TRAILING = '图片之后附有其他内容（如动态照片的视频），请存为普通照片后再上传';

/** The directory at the end of a ZIP archive lies within its last 64 KiB, whatever stands before it. */
function holdsZip(file: Buffer): boolean {
  const tail = file.subarray(-66_000);
  return tail.includes(Buffer.from('504b050600000000', 'hex'));
}

function jpegFault(file: Buffer): string | null {
  let end = jpegEnd(file, 0);
  if (end === null) return TRUNCATED;
  // Phones put a second JPEG (depth, brightness) behind the first, and padding.
  while (end < file.length) {
    if (file[end] === 0) end++;
    else {
      const next = jpegEnd(file, end);
      if (next === null) return isSamsungTrailer(file.subarray(end)) ? null : TRAILING;
      end = next;
    }
  }
  return null;
}

/** Offset after the end marker of the JPEG that begins at `start`; null when it does not begin there or never ends. */
function jpegEnd(file: Buffer, start: number): number | null {
  if (file[start] !== 0xff || file[start + 1] !== 0xd8) return null;
  let at = start + 2;
  while (at + 1 < file.length) {
    if (file[at] !== 0xff) return null;
    const marker = file[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker === 0xd9) return at + 2;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else {
      if (at + 4 > file.length) return null;
      const length = file.readUInt16BE(at + 2);
      if (length < 2) return null;
      at += 2 + length;
      if (marker === 0xda) at = entropyEnd(file, at);
    }
  }
  return null;
}

/** Where compressed pixels end: at the next marker that is neither stuffing nor a restart. */
function entropyEnd(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at !== -1; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}

/** Notes of the camera that Samsung's phones put behind every photo. */
const isSamsungTrailer = (tail: Buffer): boolean =>
  ascii(tail, tail.length - 4, tail.length) === 'SEFT' &&
  !/<[a-z!?]|%PDF-|ftyp/i.test(tail.toString('latin1'));

function pngFault(file: Buffer): string | null {
  let at = 8;
  while (at + 12 <= file.length) {
    const end = at + 12 + file.readUInt32BE(at);
    const type = ascii(file, at + 4, at + 8);
    if (type === 'acTL') return '不支持动图，请上传静态图片';
    if (type === 'IEND') return end === file.length ? null : TRAILING;
    at = end;
  }
  return TRUNCATED;
}

function webpFault(file: Buffer): string | null {
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) return TRUNCATED;
  return file.length - end > 1 ? TRAILING : null;
}

function pdfFault(file: Buffer): string | null {
  const tail = file.subarray(-2048).toString('latin1');
  const found = /startxref\s+(\d+)\s+%%EOF\s*\0*$/.exec(tail);
  if (!found) return TRUNCATED;
  if (Number(found[1]) >= file.length) return '文件已损坏，请重新生成 PDF';
  if (file.includes('/Encrypt')) return 'PDF 已加密，请去除密码后再上传';
  if (file.includes('/Launch') || file.includes('/JavaScript'))
    return 'PDF 带有可执行的动作，请另存为普通 PDF';
  return null;
}

const ascii = (file: Buffer, from: number, to: number): string => file.subarray(from, to).toString('latin1');
