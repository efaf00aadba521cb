import sharp from 'sharp';
import { sniff, structureFault } from './formats.js';

const noise = (size: number): Buffer => {
  const out = Buffer.alloc(size);
  for (let i = 0, x = 7; i < size; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    out[i] = x >> 16;
  }
  return out;
};
const picture = () => sharp(noise(64 * 48 * 3), { raw: { width: 64, height: 48, channels: 3 } });
const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n');

describe('what a file is by its bytes', () => {
  const files: [string, () => Promise<Buffer>][] = [
    ['image/jpeg', () => picture().jpeg().toBuffer()],
    ['image/jpeg', () => picture().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['image/png', () => picture().png().toBuffer()],
    ['image/png', () => picture().png({ progressive: true }).toBuffer()],
    ['image/webp', () => picture().webp().toBuffer()],
    ['image/webp', () => picture().webp({ lossless: true }).toBuffer()],
    ['application/pdf', async () => pdf],
  ];

  test.each(files)('%s is known and whole; none of its beginnings is', async (type, make) => {
    const file = await make();
    expect(sniff(file)).toBe(type);
    expect(structureFault(file, type as 'image/jpeg')).toBeNull();
    const end = type === 'application/pdf' ? file.length - 2 : file.length - 1;
    for (let length = 16; length < end; length += Math.max(1, Math.floor(file.length / 200))) {
      expect([length, structureFault(file.subarray(0, length), type as 'image/jpeg')]).not.toEqual([
        length,
        null,
      ]);
    }
  });

  test.each(files)('%s with anything behind it is refused', async (type, make) => {
    const file = await make();
    for (const more of ['<html>', 'PK', '%PDF-1.4', '\u00ff\u00d8\u00ff', 'MZ\u0090']) {
      const both = Buffer.concat([file, Buffer.from(more, 'latin1')]);
      expect(structureFault(both, type as 'image/jpeg')).not.toBeNull();
    }
  });

  test('what phones put behind a photo is taken, a film or a page in its place is not', async () => {
    const photo = await picture().jpeg().toBuffer();
    const trailer = (text: string) =>
      Buffer.concat([photo, Buffer.from(`${text}SEFH\u0001\u0000SEFT`, 'latin1')]);
    expect(structureFault(trailer('Image_UTC_Data1700000000000'), 'image/jpeg')).toBeNull();
    expect(structureFault(trailer('MotionPhoto_Data....ftypmp42'), 'image/jpeg')).not.toBeNull();
    expect(structureFault(trailer('<script>'), 'image/jpeg')).not.toBeNull();
    expect(structureFault(Buffer.concat([photo, photo, Buffer.alloc(3), photo]), 'image/jpeg')).toBeNull();
  });

  test('nothing else is known', () => {
    for (const bytes of ['GIF89a', '<svg', 'BM', 'II*\0', 'RIFF\0\0\0\0WAVE', '\0\0\0\u0018ftypheic', '']) {
      expect(sniff(Buffer.from(bytes, 'latin1'))).toBeNull();
    }
  });

  test('bytes at random never make the reader of structure fail', () => {
    const bytes = noise(20_000);
    for (let i = 0; i < 2_000; i++) {
      const file = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), bytes.subarray(i, i + (i % 90))]);
      for (const type of ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const) {
        const fault = structureFault(file.length < 12 ? Buffer.concat([file, Buffer.alloc(12)]) : file, type);
        expect(fault === null || typeof fault === 'string').toBe(true);
      }
    }
  });
});
