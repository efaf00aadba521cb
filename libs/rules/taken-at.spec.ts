import sharp, { type Exif } from 'sharp';
import { takenAt } from './taken-at.js';

const DAY = '2026:09:08 09:12:31';

async function exifOf(exif: Exif): Promise<Uint8Array> {
  const create = { width: 8, height: 8, channels: 3, background: '#888888' } as const;
  const file = await sharp({ create }).withExif(exif).jpeg().toBuffer();
  return (await sharp(file).metadata()).exif as Uint8Array;
}

test('the camera’s time is read, with or without the mark before it', async () => {
  const exif = await exifOf({ IFD0: { Model: 'Tablet' }, IFD2: { DateTimeOriginal: DAY } });
  expect(takenAt(exif)).toBe('2026-09-08 09:12');
  expect(takenAt(exif.subarray(6))).toBe('2026-09-08 09:12');
});

test('what says nothing, or nonsense, is no time', async () => {
  expect(takenAt(undefined)).toBeNull();
  expect(takenAt(await exifOf({ IFD0: { Model: 'Tablet' } }))).toBeNull();
  expect(takenAt(await exifOf({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } }))).toBeNull();
});

test('cut or spoilt bytes neither throw nor hang', async () => {
  const exif = await exifOf({ IFD0: { Model: 'Tablet' }, IFD2: { DateTimeOriginal: DAY } });
  for (let length = 0; length <= exif.length; length++) {
    expect(['2026-09-08 09:12', null]).toContain(takenAt(exif.subarray(0, length)));
  }
  for (let i = 0; i < exif.length; i++) {
    const spoilt = Uint8Array.from(exif);
    spoilt[i] = 0xff;
    expect(() => takenAt(spoilt)).not.toThrow();
  }
});
