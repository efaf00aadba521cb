import { Param, type PipeTransform } from '@nestjs/common';
import { problem } from '#rules/problems.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What is no UUID names nothing: 404 like any other id that is not there, and never a question to the database. */
class ExistingId implements PipeTransform {
  transform(value: unknown): string {
    const id = typeof value === 'string' ? value.toLowerCase() : '';
    if (!UUID.test(id)) throw problem('resource.not_found', '没有这个编号');
    return id;
  }
}

/** A UUID in the path, in lower case: `@IdParam() id: string`. */
export const IdParam = (name = 'id') => Param(name, new ExistingId());
