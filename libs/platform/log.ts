import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.js';

export type Log = Logger;

/** Fields that are never written, wherever in a logged object they stand (three levels deep). */
const SECRETS = [
  'password',
  'newPassword',
  'oldPassword',
  'currentPassword',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'authorization',
  'cookie',
  'auditKey',
  'accessKey',
  'secretKey',
  'databaseUrl',
  'redisUrl',
];
const redactPaths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["${name}"]`]);

/** A password inside a connection string, and a bearer token, session token or API key inside any text. */
const IN_TEXT = /(\w+:\/\/[^:/\s]*:)[^@\s]+(?=@)|(Bearer\s+)\S+|(dd[akr]_)[\w-]+/g;

/** Text without the secrets that connection strings and headers carry. */
function withoutSecrets(text: string): string {
  return text.replace(IN_TEXT, (_all, url = '', bearer = '', key = '') => `${url}${bearer}${key}***`);
}

/**
 * The log of one process: a JSON object a line on standard output, or short lines when a person watches.
 * Callers bind what identifies their work: `log.child({ requestId })`.
 */
export function createLog(
  config: Pick<Config, 'logLevel'>,
  service: string,
  destination: DestinationStream = process.stdout.isTTY ? forPeople(process.stdout) : process.stdout,
): Log {
  return pino(
    {
      level: config.logLevel,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor: '***' },
      serializers: { err: errorWithoutSecrets, error: errorWithoutSecrets },
      hooks: { streamWrite: withoutSecrets },
    },
    destination,
  );
}

/** What of an error is written. A driver's error carries its query, the values and its connection: they stay out of the log. */
function errorWithoutSecrets(error: Error & { code?: unknown; cause?: unknown }): object {
  const { name, message, stack, code, cause } = error;
  return {
    type: name,
    message,
    ...(code !== undefined ? { code } : {}),
    stack,
    ...(cause instanceof Error ? { cause: errorWithoutSecrets(cause) } : {}),
  };
}

const MARK: Record<string, string> = {
  fatal: '致命',
  error: '错误',
  warn: '警告',
  info: '信息',
  debug: '调试',
};

/** Turns each JSON line into `10:20:30 信息 api text (key=value …)`. */
export function forPeople(out: { write(text: string): unknown }): DestinationStream {
  return {
    write(line: string) {
      const { level, time, service, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const facts = Object.entries(rest).map(([key, value]) =>
        typeof value === 'object' ? `${key}=${JSON.stringify(value)}` : `${key}=${value}`,
      );
      const stack = err && typeof err === 'object' && 'stack' in err ? `\n${err.stack}` : '';
      const tail = facts.length > 0 ? ` (${facts.join(' ')})` : '';
      const clock = new Date(String(time)).toTimeString().slice(0, 8);
      out.write(`${clock} ${MARK[String(level)] ?? level} ${service} ${msg ?? ''}${tail}${stack}\n`);
    },
  };
}
