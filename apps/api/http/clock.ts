/** The one clock of the API; tests may set another to live through midnight and holidays. */
export type Clock = () => Date;
export const CLOCK = Symbol('clock');
