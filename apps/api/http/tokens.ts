/** Injection tokens of things that are not classes. */
export const CONFIG = Symbol('config');
export const FILES = Symbol('files');
export const LOG = Symbol('log');
