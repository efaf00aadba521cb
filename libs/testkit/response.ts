import type { Response } from './world.js';

/** The body of an answer that has to be a success. @throws Error that says what came instead */
export async function ok(answer: Promise<Response>): Promise<Response['body']> {
  const { status, text, body } = await answer;
  if (status >= 300) throw new Error(`a success was expected: ${status} ${text}`);
  return body;
}

/** A refusal in short: `403 issue.own_work`. */
export const refusal = ({ status, body }: Response): string => `${status} ${body.code}`;
