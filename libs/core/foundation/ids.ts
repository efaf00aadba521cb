import { v7 } from 'uuid';

/** A new server id: UUID v7, so that ids sort by time of making. `msecs` lets made-up history be sorted too. */
export const newId = (at?: Date): string => v7(at ? { msecs: at.getTime() } : undefined);
