/** When a photo was taken, as its camera wrote it into the file (EXIF, DateTimeOriginal). Bounds are checked: any bytes are safe. */

const EXIF_FOLDER = 0x8769;
const TAKEN = 0x9003;
/** Length of `2026:09:08 09:12:31`. */
const TEXT = 19;
const MOST_ENTRIES = 512;

/** `2026-09-08 09:12` by the camera's own clock, or null where the file does not say. `exif`: with or without its mark. */
export function takenAt(exif: Uint8Array | undefined): string | null {
  if (!exif) return null;
  const start = latin(exif, 0, 4) === 'Exif' ? 6 : 0;
  const tiff = exif.subarray(start);
  const order = latin(tiff, 0, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = order === 'II';
  const short = (at: number): number => (at + 2 > tiff.length ? 0 : view.getUint16(at, little));
  const long = (at: number): number => (at + 4 > tiff.length ? 0 : view.getUint32(at, little));
  /** The four bytes after tag, type and count of an entry: where its value stands. */
  const find = (folder: number, tag: number): number | null => {
    const entries = Math.min(short(folder), MOST_ENTRIES);
    for (let i = 0; i < entries; i++) {
      const at = folder + 2 + i * 12;
      if (short(at) === tag) return long(at + 8);
    }
    return null;
  };
  const folder = find(long(4), EXIF_FOLDER);
  const place = folder === null ? null : find(folder, TAKEN);
  if (place === null) return null;
  const parts = /^((?:19|20)\d\d):([01]\d):([0-3]\d) ([0-2]\d:[0-5]\d):/.exec(latin(tiff, place, TEXT));
  return parts && `${parts[1]}-${parts[2]}-${parts[3]} ${parts[4]}`;
}

const latin = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
