/**
 * A ZIP archive as a stream of bytes, made entry by entry with nothing held but the piece at hand. Pieces are
 * deflated in the thread pool, each to a byte boundary, so that the next one is written meanwhile.
 */
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

export interface ZipEntry {
  name: string;
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const deflatePiece = promisify<Buffer, object, Buffer>(deflateRaw);
const PIECE = { level: 1, finishFlush: constants.Z_SYNC_FLUSH };
/** An empty last block: what ends a deflate stream whose pieces ended at byte boundaries. */
const LAST_BLOCK = Buffer.from([3, 0]);
const IN_FLIGHT = 3;
const MAX_32 = 0xffffffff;
/** Names in UTF-8, sizes after the data. */
const FLAGS = 0x0808;
/** 1980-01-01 00:00: an archive must not depend on when it was made. */
const DOS_TIME = 0;
const DOS_DATE = 0x21;

/** The archive's bytes. Throws where it would pass 4 GiB, the limit of what every spreadsheet program opens. */
export async function* zipBytes(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
): AsyncGenerator<Buffer> {
  const central: Buffer[] = [];
  let offset = 0;
  for await (const { name, pieces } of entries) {
    const label = Buffer.from(name);
    const local = header(30, 0x04034b50, 4, { crc: 0, packed: 0, size: 0, name: label });
    const start = offset;
    yield local;
    offset += local.length;
    const sums = { crc: 0, packed: 0, size: 0, name: label };
    for await (const packed of deflated(pieces, sums)) {
      yield packed;
      offset += packed.length;
    }
    if (offset > MAX_32 || sums.size > MAX_32)
      throw new RangeError('导出文件超过 4 GiB，请缩小筛选范围后分次导出');
    const descriptor = Buffer.alloc(16);
    for (const [i, value] of [0x08074b50, sums.crc, sums.packed, sums.size].entries()) {
      descriptor.writeUInt32LE(value, i * 4);
    }
    yield descriptor;
    offset += descriptor.length;
    const record = header(46, 0x02014b50, 6, sums);
    record.writeUInt16LE(20, 4);
    record.writeUInt32LE(start, 42);
    central.push(record);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  yield Buffer.concat([directory, end]);
}

interface Sums {
  crc: number;
  packed: number;
  size: number;
  name: Buffer;
}

async function* deflated(pieces: ZipEntry['pieces'], sums: Sums): AsyncGenerator<Buffer> {
  const waiting: Promise<Buffer>[] = [];
  const take = async (): Promise<Buffer> => {
    const packed = await (waiting.shift() as Promise<Buffer>);
    sums.packed += packed.length;
    return packed;
  };
  for await (const piece of pieces) {
    sums.crc = crc32(piece, sums.crc);
    sums.size += piece.length;
    waiting.push(deflatePiece(piece, PIECE));
    if (waiting.length === IN_FLIGHT) yield await take();
  }
  while (waiting.length > 0) yield await take();
  sums.packed += LAST_BLOCK.length;
  yield LAST_BLOCK;
}

/** A local or central header: the same fields, two bytes further on in the central one. */
function header(length: number, signature: number, at: number, sums: Sums): Buffer {
  const bytes = Buffer.alloc(length + sums.name.length);
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt16LE(20, at);
  bytes.writeUInt16LE(FLAGS, at + 2);
  bytes.writeUInt16LE(8, at + 4);
  bytes.writeUInt16LE(DOS_TIME, at + 6);
  bytes.writeUInt16LE(DOS_DATE, at + 8);
  bytes.writeUInt32LE(sums.crc, at + 10);
  bytes.writeUInt32LE(sums.packed, at + 14);
  bytes.writeUInt32LE(sums.size, at + 18);
  bytes.writeUInt16LE(sums.name.length, at + 22);
  sums.name.copy(bytes, length);
  return bytes;
}
